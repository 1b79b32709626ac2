import { Fragment, type ComponentChildren, type JSX } from 'preact'

/** `_term_` behind a Korean word is the English one beside it. Not what stands so in data: `sepal_length_cm` is a name. */
const TERM = /(?<=[\uac00-\ud7a3])_([^_]+)_/g

/** Said where there is only plain text, as in a list of choices: the English word in brackets. */
export const plain = (text: string): string => text.replace(TERM, ' ($1)')

/** Without English words: where they have been said before. */
export const korean = (text: string): string => text.replace(TERM, '')

/** What belongs to the number or the word before it: 로 behind `0.03`, %일 behind `90`. */
const PARTICLE = /^(?=\S?[\uac00-\ud7a3])\S{1,8}(?=\s|$)/

/**
 * A message with things in it: `{name}` becomes one of `parts`, and `_term_` is the English word beside a Korean one. No line begins with a
 * particle, or with what an equation equals.
 */
export function Rich({
  text,
  parts = {},
}: {
  readonly text: string
  readonly parts?: Readonly<Record<string, ComponentChildren>>
}): JSX.Element {
  // Text, and by turns a thing and the text behind it.
  const [before = '', ...pieces] = text.split(/(\{\w+\}|(?<=[\uac00-\ud7a3])_[^_]+_)/)
  const pairs = pieces.flatMap((thing, i) => (i % 2 === 0 ? [[thing, pieces[i + 1] ?? ''] as const] : []))
  return (
    <>
      {glued(before)}
      {pairs.map(([thing, behind], i) => {
        const particle = PARTICLE.exec(behind)?.[0] ?? ''
        const name = /^\{(\w+)\}$/.exec(thing)?.[1]
        return (
          <Fragment key={i}>
            <span class="together">
              {name === undefined ? <English term={thing.slice(1, -1)} /> : <span>{parts[name] ?? thing}</span>}
              {particle}
            </span>
            {glued(behind.slice(particle.length))}
          </Fragment>
        )
      })}
    </>
  )
}

const glued = (text: string): string => text.replace(/ = $/, '\u00a0=\u00a0')

/** It may be broken between its words; its closing bracket stays with what follows. */
function English({ term }: { readonly term: string }): JSX.Element {
  return (
    <>
      <span class="english" lang="en">
        ({term}
      </span>
      <span class="english-end">)</span>
    </>
  )
}
