import { power } from '@neurite/core'
import { oneOf, or, readOptions } from '@neurite/core/arguments'
import { FeatureMatrix, rowOf } from '../array/feature-matrix.js'
import { finiteMatrix } from '../transform/checked-matrix.js'
import { defineTransformer } from '../transform/define.js'
import type { FittedTransformer } from '../transform/transformer.js'

/** The length by which {@link normalizer} divides a row: sum of absolute values, Euclidean, greatest absolute value. */
export type Norm = 'l1' | 'l2' | 'max'

/** Options of {@link normalizer}. */
export interface NormalizerOptions {
  /** Default: 'l2'. */
  readonly norm?: Norm
}

const NORMS: Readonly<Record<Norm, (row: Float64Array) => number>> = {
  l1: (row) => row.reduce((sum, value) => sum + Math.abs(value), 0),
  // Math.hypot takes its numbers as arguments: not more than a stack holds.
  l2: (row) => row.reduce((length, value) => Math.hypot(length, value), 0),
  max: (row) => row.reduce((max, value) => Math.max(max, Math.abs(value)), 0),
}

/** A power of two that brings a row near 1, where neither sums nor lengths leave float64; no digit changes. */
function unitOf(row: Float64Array): number {
  const largest = NORMS.max(row)
  return largest === 0 ? 1 : power(2, -Math.max(-1022, Math.min(1021, Math.floor(Math.log2(largest)))))
}

/** A fitted {@link normalizer}. */
export interface Normalizer extends FittedTransformer {
  readonly kind: 'normalizer'
  readonly options: Required<NormalizerOptions>
}

/**
 * Divides each row by its length, so that rows differ in direction only. A row of zeros stays. Learns nothing: `fit`
 * only checks. Cannot be undone: the lengths are gone. As scikit-learn's Normalizer.
 *
 * @param options - `norm`: 'l2' (default), 'l1' or 'max'
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `NON_FINITE` for infinities and NaN
 * @example
 * ```ts
 * import { normalizer } from '@neurite/data'
 * normalizer().fitTransform([[3, 4], [0, 0]]).toArray() // => [[0.6, 0.8], [0, 0]]
 * normalizer({ norm: 'max' }).fitTransform([[3, 4]]).toArray() // => [[0.75, 1]]
 * ```
 */
export const normalizer = /* @__PURE__ */ defineTransformer<NormalizerOptions, Normalizer>({
  kind: 'normalizer',
  takes: 'matrix',
  options: (where, given) => readOptions(where, given, { norm: or('l2', oneOf('l2', 'l1', 'max')) }),
  learn: (where, x) => {
    finiteMatrix(where, x)
    return {}
  },
  state: (where, json) => readOptions(where, json, {}),
  use: (_, { norm }) => ({
    transform: (x) => {
      const { data, shape, columns } = finiteMatrix('normalizer.transform', x)
      const out = new FeatureMatrix(data.slice(), shape, columns)
      for (let i = 0; i < shape[0]; i++) {
        const row = rowOf(out, i)
        const unit = unitOf(row)
        const scaled = row.map((value) => value * unit)
        const length = NORMS[norm](scaled)
        if (length > 0) scaled.forEach((value, j) => (row[j] = value / length))
      }
      return out
    },
  }),
})
