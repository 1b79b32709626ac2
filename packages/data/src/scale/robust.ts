import { aBoolean, or, readOptions } from '@neurite/core/arguments'
import { columnScaler } from '../transform/columnwise.js'
import { divisor, quantiles } from '../transform/statistics.js'
import type { FittedScaler } from '../transform/transformer.js'
import { ascendingPair } from './ascending-pair.js'

/** Options of {@link robustScaler}. */
export interface RobustScalerOptions {
  /** Subtracts each column's median. Default: true. */
  readonly withCentering?: boolean
  /** Divides by each column's distance between the two quantiles. Default: true. */
  readonly withScaling?: boolean
  /** The two quantiles in percent. Default: [25, 75], the quartiles. */
  readonly quantileRange?: readonly [low: number, high: number]
}

/** A fitted {@link robustScaler}. */
export interface RobustScaler extends FittedScaler {
  readonly kind: 'robustScaler'
  readonly options: Required<RobustScalerOptions>
  /** Each column's median in `fit`. */
  readonly center: readonly number[]
  /** Each column's distance between the two quantiles in `fit`; 1 where that is 0. */
  readonly scale: readonly number[]
}

/**
 * Scales each column by statistics that outliers do not move: (x - median) / (75 % quantile - 25 % quantile).
 *
 * A column whose quantiles are equal is only centered. NaN (missing) is ignored by `fit` and kept by `transform`.
 * As scikit-learn's RobustScaler, but for columns of small units, as with {@link minMaxScaler}; quantiles between two values are interpolated linearly.
 *
 * @param options - `withCentering`, `withScaling` (default true), `quantileRange` in percent (default [25, 75])
 * @throws NeuriteError `INVALID_ARGUMENT` for a range that is none, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH`,
 * `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { robustScaler } from '@neurite/data'
 * const scaler = robustScaler().fit([[0], [1], [2], [3], [100]])
 * scaler.center // => [2]
 * scaler.transform([[0], [3], [100]]).toArray() // => [[-1], [0.5], [49]]
 * ```
 */
export const robustScaler = /* @__PURE__ */ columnScaler<RobustScalerOptions, RobustScaler>({
  kind: 'robustScaler',
  options: (where, given) =>
    readOptions(where, given, {
      withCentering: or(true, aBoolean),
      withScaling: or(true, aBoolean),
      quantileRange: or([25, 75] as const, ascendingPair(0, 100)),
    }),
  names: ['center', 'scale'],
  learn: (values, { quantileRange }) => {
    const [low, center, high] = quantiles(values, quantileRange[0] / 100, 0.5, quantileRange[1] / 100)
    return { center, scale: divisor(high - low, low, high) }
  },
  isPossible: ({ scale }) => !(scale <= 0),
  scaling: ({ center, scale }, { withCentering, withScaling }) => [withCentering ? center : 0, withScaling ? scale : 1],
})
