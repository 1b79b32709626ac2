// What users named (labels, columns) and numbers, as text that is JavaScript and TypeScript wherever it stands.

/** Ends of scripts and comments in HTML, and what older engines take for ends of lines. */
const RISKY = /[<>\u2028\u2029]/g

/** A string in quotes: nothing in it can end it, nor a `<script>` around it. */
export function stringText(value: string): string {
  // JSON escapes quotes, control characters and halves of surrogate pairs.
  return JSON.stringify(value).replace(RISKY, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A number, all of it: NaN, infinities and -0 as well. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** A string, a number, or a list of them. */
export type Plain = string | number | readonly Plain[]

export function plainText(value: Plain): string {
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') return numberText(value)
  return `[${value.map(plainText).join(', ')}]`
}

/** Words for a comment of one line. */
export function commentText(words: string): string {
  return words.replaceAll(/[^\w[\]., ]/g, '').slice(0, 80)
}
