import { inspect } from 'node:util'

/** Relative tolerance of numbers, and the absolute one beside zero: float32 has 7 digits. */
const RELATIVE = 1e-6
const ABSOLUTE = 1e-7

interface TensorLike {
  readonly shape: readonly number[]
  toArray(): Promise<unknown>
}

/** Plain data for comparison: promises awaited, tensors and typed arrays as nested arrays. */
export async function plain(value: unknown): Promise<unknown> {
  const settled: unknown = await value
  if (isTensor(settled)) return settled.toArray()
  if (isTypedArray(settled)) return Array.from<number | bigint>(settled)
  if (Array.isArray(settled)) return Promise.all(settled.map(plain))
  if (settled instanceof Map || settled instanceof Set || settled instanceof Error) return settled
  if (typeof settled === 'object' && settled !== null) {
    const entries = Object.entries(settled).map(async ([name, member]) => [name, await plain(member)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  return settled
}

/** Whether two plain values are equal: deeply, numbers within the tolerance, NaN equal to NaN, -0 unlike 0. */
export function equal(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') return close(actual, expected)
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.length === expected.length && actual.every((value, i) => equal(value, expected[i]))
  }
  if (isRecord(actual) && isRecord(expected)) {
    const names = Object.keys(expected)
    return (
      names.length === Object.keys(actual).length &&
      names.every((name) => name in actual && equal(actual[name], expected[name]))
    )
  }
  return Object.is(actual, expected)
}

/** One line if it fits. */
export function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 100, maxArrayLength: 50 })
}

function close(actual: number, expected: number): boolean {
  if (Object.is(expected, -0)) return Object.is(actual, -0)
  return Object.is(actual, expected) || Math.abs(actual - expected) <= RELATIVE * Math.abs(expected) + ABSOLUTE
}

function isTypedArray(value: unknown): value is Iterable<number | bigint> & ArrayLike<number | bigint> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

function isTensor(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toArray' in value &&
    'shape' in value &&
    typeof value.toArray === 'function'
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
