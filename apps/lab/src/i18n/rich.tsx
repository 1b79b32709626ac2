import type { ComponentChildren, JSX } from 'preact'

/** `_term_` behind a Korean word is the English one beside it. Not what stands so in data: `sepal_length_cm` is a name. */
const TERM = /(?<=[\uac00-\ud7a3])_([^_]+)_/g

/** Said where there is only plain text, as in a list of choices: the English word in brackets. */
export const plain = (text: string): string => text.replace(TERM, ' ($1)')

/** Without English words: where they have been said before. */
export const korean = (text: string): string => text.replace(TERM, '')

/** Keeps a particle on the line of the number or the word that it belongs to: `0.03` and 로, `90` and %일 때. */
const JOINER = '\u2060'
const PARTICLE = /^[^\s\uac00-\ud7a3]?(?=[\uac00-\ud7a3])/

/** Text between things, so that no line begins with a particle or with what an equation equals. */
const together = (text: string, behind: boolean): string =>
  (behind ? text.replace(PARTICLE, (mark) => [...mark, ''].join(JOINER)) : text).replace(/ = $/, '\u00a0=\u00a0')

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
  const pieces = text.split(/(\{\w+\}|(?<=[\uac00-\ud7a3])_[^_]+_)/)
  return (
    <>
      {pieces.map((piece, i) => {
        const name = /^\{(\w+)\}$/.exec(piece)?.[1]
        if (name !== undefined) return <span key={i}>{parts[name] ?? piece}</span>
        const term = /^_([^_]+)_$/.exec(piece)?.[1]
        if (term === undefined) return together(piece, i > 0)
        return (
          <span key={i} class="english" lang="en">
            {term}
          </span>
        )
      })}
    </>
  )
}
