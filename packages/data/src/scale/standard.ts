import { aBoolean, or, readOptions } from '@neurite/core/arguments'
import { columnScaler } from '../transform/columnwise.js'
import { moments } from '../transform/statistics.js'
import type { FittedScaler } from '../transform/transformer.js'

/** Options of {@link standardScaler}. */
export interface StandardScalerOptions {
  /** Subtracts each column's mean. Default: true. */
  readonly withMean?: boolean
  /** Divides by each column's standard deviation. Default: true. */
  readonly withStandardDeviation?: boolean
}

/** A fitted {@link standardScaler}. */
export interface StandardScaler extends FittedScaler {
  readonly kind: 'standardScaler'
  readonly options: Required<StandardScalerOptions>
  /** Each column's mean in `fit`. */
  readonly mean: readonly number[]
  /** Each column's population variance in `fit` (divided by n, not n - 1). */
  readonly variance: readonly number[]
  /** Each column's standard deviation in `fit`; 1 for a constant column. */
  readonly scale: readonly number[]
}

/**
 * Whether a variance is nothing but rounding: scikit-learn's `_is_constant_feature`, after the error bound of the
 * two-pass algorithm in Chan, Golub & LeVeque (1983).
 */
function isConstant(mean: number, variance: number, n: number): boolean {
  return variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2
}

/**
 * Scales each column to mean 0 and standard deviation 1: the z-score (x - mean) / deviation (the chapter's section
 * 4.3.1 (2)). The deviation is the population's (divided by n), as in scikit-learn's StandardScaler.
 *
 * A constant column goes to 0. NaN (missing) is ignored by `fit` and kept by `transform`.
 *
 * @param options - `withMean` (default true), `withStandardDeviation` (default true)
 * @throws NeuriteError `UNKNOWN_OPTION`; later `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { standardScaler } from '@neurite/data'
 * const scaler = standardScaler().fit([[180, 75], [160, 55]])
 * scaler.mean // => [170, 65]
 * scaler.scale // => [10, 10]
 * scaler.transform([[175, 50]]).toArray() // => [[0.5, -1.5]]
 * ```
 */
export const standardScaler = /* @__PURE__ */ columnScaler<StandardScalerOptions, StandardScaler>({
  kind: 'standardScaler',
  options: (where, given) =>
    readOptions(where, given, { withMean: or(true, aBoolean), withStandardDeviation: or(true, aBoolean) }),
  names: ['mean', 'variance', 'scale'],
  learn: (values) => {
    const { mean, variance } = moments(values)
    return { mean, variance, scale: isConstant(mean, variance, values.length) ? 1 : Math.sqrt(variance) }
  },
  isPossible: ({ variance, scale }) => !(variance < 0) && !(scale <= 0),
  scaling: ({ mean, scale }, options) => [options.withMean ? mean : 0, options.withStandardDeviation ? scale : 1],
})
