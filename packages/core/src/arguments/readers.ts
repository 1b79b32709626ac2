import { isRecord, isStrayPromise } from '../errors/check.js'
import { NeuriteError } from '../errors/index.js'
import { isTensor, type Tree } from '../tensor/tree.js'

/** Gives a value its type, or throws. `where` names the function, `name` the argument or option. */
export type Reader<T> = (where: string, name: string, value: unknown) => T

/**
 * The error for a value that is not what it must be: `INVALID_ARGUMENT`, naming the function, the argument, what was expected
 * and what came.
 */
export function mustBe(where: string, name: string, expected: string, value: unknown): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', `${where}: ${name} must be ${expected}, got ${show(value)}.`, {
    [name]: value,
  })
}

/** A value in a few words, whatever it is: it may be a large array, or come from a file. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}...'` : `'${value}'`
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value !== 'object' || value === null) return String(value)
  if (isStrayPromise(value)) return 'a promise (await it)'
  if (!Array.isArray(value)) {
    const { constructor } = value
    // An object may come without a prototype, or with anything under that name.
    return typeof constructor === 'function' && constructor !== Object
      ? `an instance of ${constructor.name}`
      : 'an object'
  }
  return value.length > 4
    ? `an array of ${value.length}`
    : `[${value.map((item: unknown) => (typeof item === 'object' ? '...' : show(item))).join(', ')}]`
}

/** Reads what fits, as it is. */
export function must<T>(expected: string, fits: (value: unknown) => value is T): Reader<T> {
  return (where, name, value) => {
    if (fits(value)) return value
    throw mustBe(where, name, expected, value)
  }
}

/** What is absent is the fallback, which is not read. */
export function or<T, const F>(fallback: F, read: Reader<T>): Reader<T | F> {
  return (where, name, value) => (value === undefined ? fallback : read(where, name, value))
}

/** What may be absent, without a default. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return or(undefined, read)
}

/** What is read where it is used. Name the type: `asGiven<Backend>`. */
export function asGiven<T>(_: string, __: string, value: unknown): T {
  return value as T
}

export const aBoolean = /* @__PURE__ */ must('true or false', (value) => typeof value === 'boolean')

export const aString = /* @__PURE__ */ must('a string', (value) => typeof value === 'string')

/** Name the type where it is called: `aFunction<(loss: number) => void>`. */
export function aFunction<F extends (...args: never[]) => unknown>(where: string, name: string, value: unknown): F {
  if (typeof value !== 'function') throw mustBe(where, name, 'a function', value)
  return value as F
}

export const aTensor = /* @__PURE__ */ must('a tensor, as tensor(value) makes', isTensor)

export const anObject = /* @__PURE__ */ must('an object', isRecord)

/**
 * An object with these members, known by what it has: two copies of a package may meet in one program.
 *
 * @param expected - what it is, in words: `an AbortSignal`
 */
export function having<T extends object>(expected: string, ...members: readonly (keyof T & string)[]): Reader<T> {
  return must(
    expected,
    (value): value is T =>
      ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      members.every((member) => member in value),
  )
}

/** Nested objects and arrays; what they hold is read where it is used. */
export const aTree = /* @__PURE__ */ must(
  'a tree of tensors',
  (value): value is Tree => isRecord(value) || Array.isArray(value),
)

/** As {@link aTree}, for params or a state: not all that `init` or `fit` returned. */
export const aModelTree: Reader<Tree> = (where, name, value) => {
  const tree = aTree(where, name, value)
  if ('params' in tree && 'state' in tree)
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: ${name} is all that fit or init returned, { ${Object.keys(tree).join(', ')} }; give its ${name}: result.${name}.`,
    )
  return tree
}

export const aDType = /* @__PURE__ */ oneOf('float32', 'float64', 'int32', 'bool')

/** Any number, also NaN and infinities. */
export const aNumber = /* @__PURE__ */ must('a number', (value) => typeof value === 'number')

/** A whole number that a key can be made of; 0 is one like any other. */
export const aSeed = /* @__PURE__ */ must('a whole number within ±(2^53 - 1)', (value): value is number =>
  Number.isSafeInteger(value),
)

/**
 * A finite number within limits, written as intervals are: `number('[0, 1)')`.
 *
 * @param interval - for example `'(0, Infinity)'`; default: any finite number
 */
export function number(interval = '(-Infinity, Infinity)'): Reader<number> {
  const [least, most] = interval.slice(1, -1).split(', ').map(Number) as [number, number]
  const above = interval.startsWith('[') ? (x: number) => x >= least : (x: number) => x > least
  const below = interval.endsWith(']') ? (x: number) => x <= most : (x: number) => x < most
  const range =
    most === Infinity ? (least === -Infinity ? '' : ` ${interval.startsWith('[') ? '>=' : '>'} ${least}`) : undefined
  return must(
    range === undefined ? `a number in ${interval}` : `a finite number${range}`,
    (value): value is number => Number.isFinite(value) && above(Number(value)) && below(Number(value)),
  )
}

/** A whole number within limits, both included. */
export function whole(least: number, most = Infinity): Reader<number> {
  const range = most === Infinity ? `>= ${least}` : `from ${least} to ${most}`
  return must(
    `a whole number ${range}`,
    (value): value is number => Number.isInteger(value) && least <= Number(value) && Number(value) <= most,
  )
}

/** One of some words (or other plain values). */
export function oneOf<const T extends string | number | boolean>(...words: readonly T[]): Reader<T> {
  const list = words.map(show)
  const expected = list.length < 2 ? list.join() : `${list.slice(0, -1).join(', ')} or ${list.at(-1)!}`
  return must(expected, (value): value is T => words.some((word) => word === value))
}

/** An array of such values. */
export function listOf<T>(read: Reader<T>): Reader<T[]> {
  return (where, name, value) => {
    if (!Array.isArray(value)) throw mustBe(where, name, 'an array', value)
    return value.map((item: unknown, i) => read(where, `${name}[${i}]`, item))
  }
}

/** The first reading that succeeds; else the error says `expected`. */
export function either<A, B>(expected: string, first: Reader<A>, second: Reader<B>): Reader<A | B> {
  return (where, name, value) => {
    for (const read of [first, second]) {
      try {
        return read(where, name, value)
      } catch {
        // The next may read it.
      }
    }
    throw mustBe(where, name, expected, value)
  }
}
