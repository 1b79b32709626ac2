import fc from 'fast-check'
import type { Numbers } from './call.js'

/** An element type: the suffix of its kernels, and how its arrays are made. */
export interface Kind {
  readonly suffix: 'f32' | 'f64' | 'i32'
  readonly from: (values: Iterable<number>) => Numbers
  /** Values that sums and comparisons have trouble with, among others. */
  readonly value: fc.Arbitrary<number>
}

const float = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, -0))

export const KINDS: readonly Kind[] = [
  { suffix: 'f32', from: (values) => Float32Array.from(values), value: float },
  { suffix: 'f64', from: (values) => Float64Array.from(values), value: float },
  {
    suffix: 'i32',
    from: (values) => Int32Array.from(values),
    value: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  },
]

/** A shape seen along one axis, and its elements. */
export interface Along {
  readonly outer: number
  readonly extent: number
  readonly inner: number
  readonly values: readonly number[]
}

/** @param least - the smallest extent */
export function along(value: fc.Arbitrary<number>, least = 0): fc.Arbitrary<Along> {
  return fc
    .record({
      outer: fc.nat(4),
      extent: fc.integer({ min: least, max: 9 }),
      inner: fc.nat(6),
    })
    .chain((sizes) => {
      const length = sizes.outer * sizes.extent * sizes.inner
      return fc.array(value, { minLength: length, maxLength: length }).map((values) => ({ ...sizes, values }))
    })
}

/** The elements of each line along the middle axis, with where each is. */
export function lines({ outer, extent, inner }: Omit<Along, 'values'>): number[][] {
  const each = (count: number): number[] => [...Array(count).keys()]
  return each(outer).flatMap((i) => each(inner).map((j) => each(extent).map((k) => (i * extent + k) * inner + j)))
}
