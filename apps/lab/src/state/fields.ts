/**
 * One quantity of a lab that its link holds. What a link says is hostile input: `parse` gives nothing for whatever is not
 * exactly a value that the lab can have.
 */
export interface Field<T> {
  readonly initial: T
  parse(text: string): T | undefined
  format(value: T): string
  /** Whether a reset leaves it. Default false. */
  readonly staysAtReset?: boolean
}

const NUMBER = /^-?\d{1,9}(\.\d{1,9})?(e-?\d{1,2})?$/

function finite(text: string, min: number, max: number): number | undefined {
  if (!NUMBER.test(text)) return undefined
  const value = Number(text)
  return value >= min && value <= max ? value : undefined
}

const plain = (value: number): string => String(Number(value.toPrecision(6)))

/** A whole number in [min, max]. */
export function whole(
  min: number,
  max: number,
  initial: number,
): Field<number> & { readonly min: number; readonly max: number } {
  return {
    min,
    max,
    initial,
    parse(text) {
      const value = finite(text, min, max)
      return Number.isInteger(value) ? value : undefined
    },
    format: String,
  }
}

/** A number in [min, max], kept to six digits. */
export function real(
  min: number,
  max: number,
  initial: number,
): Field<number> & { readonly min: number; readonly max: number } {
  return { min, max, initial, parse: (text) => finite(text, min, max), format: plain }
}

/** One of some names. */
export function choice<const T extends string>(
  options: readonly T[],
  initial: NoInfer<T>,
): Field<T> & { readonly options: readonly T[] } {
  return { options, initial, parse: (text) => options.find((option) => option === text), format: String }
}

export function flag(initial: boolean): Field<boolean> {
  return {
    initial,
    parse: (text) => (text === '1' ? true : text === '0' ? false : undefined),
    format: (value) => (value ? '1' : '0'),
  }
}

/** Numbers in [min, max], at most `most` of them. */
export function numbers(min: number, max: number, most: number, initial: readonly number[]): Field<readonly number[]> {
  return {
    initial,
    parse(text) {
      if (text === '') return []
      const parts = text.slice(0, 16 * most).split(',')
      const values = parts.map((part) => finite(part, min, max))
      return parts.length <= most && values.every((value) => value !== undefined) ? values : undefined
    },
    format: (values) => values.map(plain).join(','),
  }
}

/** Text of at most `most` characters that a test accepts. */
export function text(most: number, accepts: (text: string) => boolean, initial: string): Field<string> {
  return {
    initial,
    parse: (given) => (given.length <= most && accepts(given) ? given : undefined),
    format: String,
  }
}
