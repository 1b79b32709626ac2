import type { ComponentChildren, JSX } from 'preact'

/**
 * A message with things in it: `{name}` becomes one of `parts`, and `_term_` is the English word beside a Korean one.
 */
export function Rich({
  text,
  parts = {},
}: {
  readonly text: string
  readonly parts?: Readonly<Record<string, ComponentChildren>>
}): JSX.Element {
  const pieces = text.split(/(\{\w+\}|_[^_]+_)/)
  return (
    <>
      {pieces.map((piece, i) => {
        const name = /^\{(\w+)\}$/.exec(piece)?.[1]
        if (name !== undefined) return <span key={i}>{parts[name] ?? piece}</span>
        const term = /^_([^_]+)_$/.exec(piece)?.[1]
        if (term === undefined) return piece
        return (
          <span key={i} class="english" lang="en">
            {term}
          </span>
        )
      })}
    </>
  )
}
