import { checkOptions } from '@neurite/core'
import { mustBe } from './errors.js'

/** Gives a value its type, or throws `INVALID_ARGUMENT`. `where` names the reader, `name` the value. */
export type Reader<T> = (where: string, name: string, value: unknown) => T

/** What is checked where it is used. */
export function asGiven<T>(_: string, __: string, value: unknown): T {
  return value as T
}

/** Reads what fits, as it is. */
export function must<T>(expected: string, fits: (value: unknown) => value is T): Reader<T> {
  return (where, name, value) => {
    if (fits(value)) return value
    throw mustBe(where, name, expected, value)
  }
}

export const aBoolean = /* @__PURE__ */ must('true or false', (value) => typeof value === 'boolean')
export const aString = /* @__PURE__ */ must('a string', (value) => typeof value === 'string')
export const anObject = /* @__PURE__ */ must(
  'an object',
  (value): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
)
export const aFiniteNumber = /* @__PURE__ */ must('a finite number', (value): value is number => Number.isFinite(value))
export const aPositiveNumber = /* @__PURE__ */ must(
  'a finite number > 0',
  (value): value is number => Number.isFinite(value) && Number(value) > 0,
)

/** A whole number within limits. */
export function whole(least: number, most = Infinity): Reader<number> {
  const range = most === Infinity ? `>= ${least}` : `from ${least} to ${most}`
  return must(
    `a whole number ${range}`,
    (value): value is number => Number.isInteger(value) && least <= Number(value) && Number(value) <= most,
  )
}

/** Two finite numbers within limits, the smaller first. */
export function ascendingPair(least = -Infinity, most = Infinity): Reader<readonly [number, number]> {
  const limits = most === Infinity ? '' : ` within [${least}, ${most}]`
  return must(`two finite numbers${limits}, the smaller first`, (value): value is readonly [number, number] => {
    if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isFinite)) return false
    const [low, high] = value as [number, number]
    return least <= low && low < high && high <= most
  })
}

/** One of some words. */
export function oneOf<T extends string>(...words: readonly T[]): Reader<T> {
  return must(words.map((word) => `'${word}'`).join(' or '), (value): value is T =>
    words.some((word) => word === value),
  )
}

/** An array of such values. */
export function listOf<T>(read: Reader<T>): Reader<T[]> {
  return (where, name, value) => {
    if (!Array.isArray(value)) throw mustBe(where, name, 'an array', value)
    return value.map((item: unknown, i) => read(where, `${name}[${i}]`, item))
  }
}

/** What is absent is the fallback. */
export function or<T, F>(fallback: F, read: Reader<T>): Reader<T | F> {
  return (where, name, value) => (value === undefined ? fallback : read(where, name, value))
}

/**
 * Options with their defaults. They may come from a file: their types are checked, too.
 *
 * @throws NeuriteError `UNKNOWN_OPTION` for an option that has no reader, `INVALID_ARGUMENT`
 */
export function readOptions<T extends object>(
  where: string,
  options: object,
  readers: { readonly [Name in keyof T]: Reader<T[Name]> },
): T {
  checkOptions(where, options, Object.keys(readers))
  const given: Readonly<Record<string, unknown>> = { ...options }
  const entries = Object.entries<Reader<unknown>>(readers)
  // fromEntries forgets which names there are.
  return Object.fromEntries(entries.map(([name, read]) => [name, read(where, name, given[name])])) as T
}
