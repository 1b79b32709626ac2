import { checkArgument, checkOptions } from '@neurite/core'
import { FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { LearnedColumns } from '../transform/learned-columns.js'
import { choiceOption } from '../transform/options.js'
import { moments, quantile } from '../transform/statistics.js'

const METHODS = ['iqr', 'zScore'] as const

/** Options of {@link outlierClipper}. */
export interface OutlierClipperOptions {
  /** How the limits are found. Default: 'iqr'. */
  readonly method?: (typeof METHODS)[number]
  /** How many quartile distances or standard deviations are let through, above 0. Default: 1.5 for 'iqr', 3 for 'zScore'. */
  readonly factor?: number
}

/** See {@link outlierClipper}. */
export class OutlierClipper extends LearnedColumns<'low' | 'high'> {
  readonly kind = 'outlierClipper'
  protected readonly options: Required<OutlierClipperOptions>
  protected readonly stateNames = ['low', 'high'] as const

  constructor(options: OutlierClipperOptions = {}) {
    super()
    checkOptions('outlierClipper', options, ['method', 'factor'])
    const method = choiceOption('outlierClipper', 'method', options.method, METHODS, 'iqr')
    const { factor = method === 'iqr' ? 1.5 : 3 } = options
    checkArgument(
      Number.isFinite(factor) && factor > 0,
      () => `outlierClipper: factor must be a finite number > 0, got ${String(factor)}.`,
      { factor },
    )
    this.options = { method, factor }
  }

  /** Each column's lower limit. */
  get low(): readonly number[] {
    return this.learned('low')
  }

  /** Each column's upper limit. */
  get high(): readonly number[] {
    return this.learned('high')
  }

  transform(x: MatrixLike): FeatureMatrix {
    const { matrix, state, columns } = this.check('transform', x)
    const { low, high } = state
    const width = matrix.shape[1]
    // Comparisons leave a NaN alone, on either side.
    const data = matrix.data.map((value, i) => {
      const [least, most] = [low[i % width]!, high[i % width]!]
      if (value < least) return least
      return value > most ? most : value
    })
    return new FeatureMatrix(data, matrix.shape, columns)
  }

  protected learn(values: Float64Array): { low: number; high: number } {
    const { method, factor } = this.options
    if (method === 'zScore') {
      const { mean, variance } = moments(values)
      const reach = factor * Math.sqrt(variance)
      return { low: mean - reach, high: mean + reach }
    }
    const sorted = values.slice().sort()
    const [first, third] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
    const reach = factor * (third - first)
    return { low: first - reach, high: third + reach }
  }

  protected isPossible({ low, high }: { low: number; high: number }): boolean {
    return !(low > high)
  }
}

/**
 * Holds each column within limits that `fit` learned, so that one outlier does not crowd all other values at one end (the
 * chapter's section 4.3.1): put it before a {@link minMaxScaler}. The limits are Tukey's fences, 1.5 quartile distances
 * beyond the quartiles ('iqr'), or three standard deviations from the mean ('zScore'), which an outlier itself widens.
 *
 * NaN (missing) is ignored by `fit` and kept by `transform`. Cannot be undone.
 *
 * @param options - `method`: 'iqr' (default) or 'zScore'; `factor` (default 1.5 or 3)
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `NOT_FITTED`, `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { outlierClipper } from '@neurite/data'
 * const clipper = outlierClipper().fit([[0], [0], [1], [1], [1], [2], [2], [2], [3], [100]])
 * clipper.high // => [3.5]
 * clipper.transform([[2], [100]]).toArray() // => [[2], [3.5]]
 * ```
 */
export function outlierClipper(options: OutlierClipperOptions = {}): OutlierClipper {
  return new OutlierClipper(options)
}
