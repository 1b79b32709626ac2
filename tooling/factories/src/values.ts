import { isTensor } from '@neurite/core'

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)

/**
 * A value as plain data, to compare and to keep: tensors and typed arrays as the bits of their numbers, functions by name alone.
 * Async, as tensors are read so.
 */
export async function plain(value: unknown): Promise<unknown> {
  if (isTensor(value)) return { tensor: value.shape, dtype: value.dtype, data: bits([...(await value.data())]) }
  if (typeof value === 'number') return bits([value])[0]
  if (ArrayBuffer.isView(value)) return { typed: value.constructor.name, data: bits([...(value as Float64Array)]) }
  if (Array.isArray(value)) return Promise.all(value.map(plain))
  if (typeof value === 'function') return 'a function'
  if (value instanceof Error) return { error: value.message }
  if (value instanceof Map) return plain([...(value as Map<unknown, unknown>)])
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([name, item]) => [name, await plain(item)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  return value
}

const bits = (numbers: readonly (number | boolean | bigint)[]): unknown[] =>
  numbers.map((x) => (Object.is(x, -0) ? '-0' : typeof x === 'number' && !Number.isFinite(x) ? String(x) : x))

/** A copy as far as there is plain data: what it holds besides (tensors, layers, functions) is shared. */
export function copy<T>(value: T): T {
  if (value instanceof Float64Array || value instanceof Uint8Array) return value.slice() as T & typeof value
  if (Array.isArray(value)) return value.map(copy) as T
  if (isOpen(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item)])) as T
  return value
}

const things = new WeakSet()

/** Says of a plain object that it is a thing of its own, as a node of a graph is, and not data to be copied. */
export function thing<T extends object>(value: T): T {
  things.add(value)
  return value
}

/** Plain data without functions: what has some is a thing, such as a layer, and may be kept as it is. */
const isOpen = (value: unknown): value is Record<string, unknown> =>
  isPlain(value) &&
  !things.has(value) &&
  Object.values(value).every((item) => typeof item !== 'function') &&
  !('apply' in value)

/** Freezes what `copy` copies. */
export function freeze<T>(value: T): T {
  if (Array.isArray(value)) value.forEach(freeze)
  else if (isOpen(value)) Object.values(value).forEach(freeze)
  else return value
  return Object.freeze(value)
}

/** Changes all plain data that `copy` copies, in place: whoever keeps a reference to it will notice. */
export function spoil(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(spoil)
    value.reverse().push('spoiled')
  } else if (isOpen(value)) {
    for (const name of Object.keys(value)) {
      spoil(value[name])
      value[name] = 'spoiled'
    }
  } else if (ArrayBuffer.isView(value)) (value as Float64Array).fill(7)
}
