import type { Capabilities, DType } from '@neurite/core'
import { unflatten, type HostArray } from '../reference/host.js'
import { roundingError, type Tolerance } from './tolerance.js'

/** A result that is not what it should be. The message says where first, what came and what was expected. */
export class ConformanceError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConformanceError'
  }
}

/** Ends the test that runs. */
export function fail(message: string): never {
  throw new ConformanceError(message)
}

/** Ends the test that runs unless the condition holds. */
export function check(condition: boolean, message: () => string): asserts condition {
  if (!condition) fail(message())
}

/** Two plain values, compared as JSON-like data. */
export function checkEqual(what: string, got: unknown, expected: unknown): void {
  const [a, b] = [show(got), show(expected)]
  check(a === b, () => `${what}: got ${a}, expected ${b}`)
}

/** A value on one line; -0, NaN and the infinities as JavaScript writes them. */
export function show(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return show(Array.from(value as Float64Array))
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, part]) => `${name}: ${show(part)}`)
      .join(', ')}}`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function ulpsOf(tolerance: Exclude<Tolerance, string>, dtype: DType): number {
  return dtype === 'float64' ? (tolerance.float64Ulps ?? tolerance.ulps) : tolerance.ulps
}

/** How results are compared: how far they may be off, and on what device. */
export interface Comparison {
  readonly tolerance: Tolerance
  readonly capabilities: Pick<Capabilities, 'float32Precision'>
  /** For tolerances `of: 'terms'`: the sum of the terms' magnitudes, element by element. */
  readonly terms?: HostArray
  /** Zeros must have the expected sign even where other numbers may be off. */
  readonly exactZeros?: boolean
}

/**
 * Ends the test unless `got` is `expected`: the same shape and dtype, every element within the tolerance.
 * NaN must meet NaN and an infinity the same infinity, however wide the tolerance.
 */
export function checkClose(
  what: string,
  got: HostArray,
  expected: HostArray,
  { tolerance, capabilities, terms, exactZeros = false }: Comparison,
): void {
  check(got.dtype === expected.dtype, () => `${what}: got dtype ${got.dtype}, expected ${expected.dtype}`)
  checkEqual(`${what}: shape`, got.shape, expected.shape)
  check(
    got.data.length === expected.data.length,
    () => `${what}: got ${got.data.length} elements, expected ${expected.data.length}`,
  )
  check(
    got.data.constructor === expected.data.constructor,
    () => `${what}: got a ${got.data.constructor.name}, expected a ${expected.data.constructor.name}`,
  )
  const floating = expected.dtype === 'float32' || expected.dtype === 'float64'
  const unit = roundingError(expected.dtype, capabilities)
  for (let place = 0; place < expected.data.length; place++) {
    const a = got.data[place]!
    const b = expected.data[place]!
    const exact = typeof tolerance === 'string' || !floating || !Number.isFinite(b) || (exactZeros && b === 0)
    const bound = exact
      ? 0
      : ulpsOf(tolerance, expected.dtype) *
        unit *
        Math.max(terms === undefined ? Math.abs(b) : terms.data[place]!, tolerance.floor ?? 0)
    const good = exact ? Object.is(a, b) || (a === b && tolerance === 'equal') : Math.abs(a - b) <= bound
    check(good, () => {
      const by = exact ? 'exactly' : `within ${bound.toPrecision(2)} (off by ${Math.abs(a - b).toPrecision(2)})`
      return `${what}: first wrong at index [${unflatten(place, expected.shape).join(', ')}] of ${expected.dtype}[${expected.shape.join(', ')}]: got ${show(a)}, expected ${show(b)} ${by}`
    })
  }
}
