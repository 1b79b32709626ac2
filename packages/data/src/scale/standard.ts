import { checkOptions } from '@neurite/core'
import type { State } from '../transform/learned-columns.js'
import { ColumnScaler, type Scaling } from './column-scaler.js'
import { booleanOption } from '../transform/options.js'
import { moments } from '../transform/statistics.js'

/** Options of {@link standardScaler}. */
export interface StandardScalerOptions {
  /** Subtracts each column's mean. Default: true. */
  readonly withMean?: boolean
  /** Divides by each column's standard deviation. Default: true. */
  readonly withStd?: boolean
}

/** See {@link standardScaler}. */
export class StandardScaler extends ColumnScaler<'mean' | 'variance' | 'scale'> {
  readonly kind = 'standardScaler'
  protected readonly options: Required<StandardScalerOptions>
  protected readonly stateNames = ['mean', 'variance', 'scale'] as const

  constructor(options: StandardScalerOptions = {}) {
    super()
    checkOptions('standardScaler', options, ['withMean', 'withStd'])
    this.options = {
      withMean: booleanOption('standardScaler', 'withMean', options.withMean, true),
      withStd: booleanOption('standardScaler', 'withStd', options.withStd, true),
    }
  }

  /** Each column's mean in `fit`. */
  get mean(): readonly number[] {
    return this.learned('mean')
  }

  /** Each column's population variance in `fit` (divided by n, not n - 1). */
  get variance(): readonly number[] {
    return this.learned('variance')
  }

  /** Each column's standard deviation in `fit`; 1 for a constant column. */
  get scale(): readonly number[] {
    return this.learned('scale')
  }

  protected learn(values: Float64Array): { mean: number; variance: number; scale: number } {
    const { mean, variance } = moments(values)
    return { mean, variance, scale: isConstant(mean, variance, values.length) ? 1 : Math.sqrt(variance) }
  }

  protected isPossible({ variance, scale }: { variance: number; scale: number }): boolean {
    return !(variance < 0) && !(scale <= 0)
  }

  protected scaling({ mean, scale }: State<'mean' | 'scale'>): Scaling {
    const { withMean, withStd } = this.options
    return {
      shift: withMean ? mean : mean.map(() => 0),
      divisor: withStd ? scale : scale.map(() => 1),
      gain: 1,
      offset: 0,
    }
  }
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
 * @param options - `withMean` (default true), `withStd` (default true)
 * @throws NeuriteError `UNKNOWN_OPTION`; later `NOT_FITTED`, `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { standardScaler } from '@neurite/data'
 * const scaler = standardScaler().fit([[180, 75], [160, 55]])
 * scaler.mean // => [170, 65]
 * scaler.scale // => [10, 10]
 * scaler.transform([[175, 50]]).toArray() // => [[0.5, -1.5]]
 * ```
 */
export function standardScaler(options: StandardScalerOptions = {}): StandardScaler {
  return new StandardScaler(options)
}
