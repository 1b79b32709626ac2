import { aBoolean, ascendingPair, or, readOptions } from '../check/read.js'
import { divisor, quantiles } from '../transform/statistics.js'
import { ColumnScaler } from './column-scaler.js'

/** Options of {@link robustScaler}. */
export interface RobustScalerOptions {
  /** Subtracts each column's median. Default: true. */
  readonly withCentering?: boolean
  /** Divides by each column's distance between the two quantiles. Default: true. */
  readonly withScaling?: boolean
  /** The two quantiles in percent. Default: [25, 75], the quartiles. */
  readonly quantileRange?: readonly [low: number, high: number]
}

/** See {@link robustScaler}. */
export interface RobustScaler extends ColumnScaler {
  readonly kind: 'robustScaler'
  /** Each column's median in `fit`. */
  readonly center: readonly number[]
  /** Each column's distance between the two quantiles in `fit`; 1 where that is 0. */
  readonly scale: readonly number[]
}

/**
 * Scales each column by statistics that outliers do not move: (x - median) / (75 % quantile - 25 % quantile).
 *
 * A column whose quantiles are equal is only centered. NaN (missing) is ignored by `fit` and kept by `transform`.
 * As scikit-learn's RobustScaler; quantiles between two values are interpolated linearly.
 *
 * @param options - `withCentering`, `withScaling` (default true), `quantileRange` in percent (default [25, 75])
 * @throws NeuriteError `INVALID_ARGUMENT` for a range that is none, `UNKNOWN_OPTION`; later `NOT_FITTED`, `SHAPE_MISMATCH`,
 * `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { robustScaler } from '@neurite/data'
 * const scaler = robustScaler().fit([[0], [1], [2], [3], [100]])
 * scaler.center // => [2]
 * scaler.transform([[0], [3], [100]]).toArray() // => [[-1], [0.5], [49]]
 * ```
 */
export function robustScaler(options: RobustScalerOptions = {}): RobustScaler {
  const checked = readOptions<Required<RobustScalerOptions>>('robustScaler', options, {
    withCentering: or(true, aBoolean),
    withScaling: or(true, aBoolean),
    quantileRange: or([25, 75], ascendingPair(0, 100)),
  })
  const { withCentering, withScaling, quantileRange } = checked
  return new ColumnScaler('robustScaler', checked, {
    names: ['center', 'scale'],
    learn: (values) => {
      const [low, median, high] = quantiles(values, quantileRange[0] / 100, 0.5, quantileRange[1] / 100)
      return [median, divisor(high - low)]
    },
    isPossible: (_, scale: number) => !(scale <= 0),
    scaling: (center: number, scale: number) => [withCentering ? center : 0, withScaling ? scale : 1],
  }) as RobustScaler
}
