import { aPositiveNumber, oneOf, or, readOptions } from '../check/read.js'
import { LearnedColumns } from '../transform/learned-columns.js'
import { moments, quantiles } from '../transform/statistics.js'

/** Options of {@link outlierClipper}. */
export interface OutlierClipperOptions {
  /** How the limits are found. Default: 'iqr'. */
  readonly method?: 'iqr' | 'zScore'
  /** How many quartile distances or standard deviations are let through, above 0. Default: 1.5 for 'iqr', 3 for 'zScore'. */
  readonly factor?: number
}

/** See {@link outlierClipper}. */
export interface OutlierClipper extends LearnedColumns {
  readonly kind: 'outlierClipper'
  /** Each column's lower limit. */
  readonly low: readonly number[]
  /** Each column's upper limit. */
  readonly high: readonly number[]
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
  const checked = readOptions<Required<OutlierClipperOptions>>('outlierClipper', options, {
    method: or('iqr', oneOf('iqr', 'zScore')),
    factor: or(options.method === 'zScore' ? 3 : 1.5, aPositiveNumber),
  })
  const { method, factor } = checked
  return new LearnedColumns('outlierClipper', checked, {
    names: ['low', 'high'],
    learn: (values) => {
      if (method === 'zScore') {
        const { mean, variance } = moments(values)
        const reach = factor * Math.sqrt(variance)
        return [mean - reach, mean + reach]
      }
      const [first, third] = quantiles(values, 0.25, 0.75)
      const reach = factor * (third - first)
      return [first - reach, third + reach]
    },
    isPossible: (low: number, high: number) => !(low > high),
    // Comparisons leave a NaN alone, on either side.
    forward: (low: number, high: number) => (x) => {
      if (x < low) return low
      return x > high ? high : x
    },
  }) as OutlierClipper
}
