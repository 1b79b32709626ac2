import { checkOptions } from '@neurite/core'
import type { State } from '../transform/learned-columns.js'
import { ColumnScaler, type Scaling } from './column-scaler.js'
import { booleanOption, rangeOption } from '../transform/options.js'
import { divisor, quantile } from '../transform/statistics.js'

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
export class RobustScaler extends ColumnScaler<'center' | 'scale'> {
  readonly kind = 'robustScaler'
  protected readonly options: Required<RobustScalerOptions>
  protected readonly stateNames = ['center', 'scale'] as const

  constructor(options: RobustScalerOptions = {}) {
    super()
    checkOptions('robustScaler', options, ['withCentering', 'withScaling', 'quantileRange'])
    this.options = {
      withCentering: booleanOption('robustScaler', 'withCentering', options.withCentering, true),
      withScaling: booleanOption('robustScaler', 'withScaling', options.withScaling, true),
      quantileRange: rangeOption('robustScaler', 'quantileRange', options.quantileRange, [25, 75], [0, 100]),
    }
  }

  /** Each column's median in `fit`. */
  get center(): readonly number[] {
    return this.learned('center')
  }

  /** Each column's distance between the two quantiles in `fit`; 1 where that is 0. */
  get scale(): readonly number[] {
    return this.learned('scale')
  }

  protected learn(values: Float64Array): { center: number; scale: number } {
    const [low, high] = this.options.quantileRange
    const sorted = values.slice().sort()
    return { center: quantile(sorted, 0.5), scale: divisor(quantile(sorted, high / 100) - quantile(sorted, low / 100)) }
  }

  protected isPossible({ scale }: { scale: number }): boolean {
    return !(scale <= 0)
  }

  protected scaling({ center, scale }: State<'center' | 'scale'>): Scaling {
    const { withCentering, withScaling } = this.options
    return {
      shift: withCentering ? center : center.map(() => 0),
      divisor: withScaling ? scale : scale.map(() => 1),
      gain: 1,
      offset: 0,
    }
  }
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
  return new RobustScaler(options)
}
