import { number, oneOf, optional, or, readOptions } from '@neurite/core/arguments'
import { columnwise } from '../transform/columnwise.js'
import { moments, quantiles } from '../transform/statistics.js'
import type { FittedTransformer } from '../transform/transformer.js'

/** Options of {@link outlierClipper}. */
export interface OutlierClipperOptions {
  /** How the limits are found. Default: 'iqr'. */
  readonly method?: 'iqr' | 'zScore'
  /** How many quartile distances or standard deviations are let through, above 0. Default: 1.5 for 'iqr', 3 for 'zScore'. */
  readonly factor?: number
}

/** A fitted {@link outlierClipper}. */
export interface OutlierClipper extends FittedTransformer {
  readonly kind: 'outlierClipper'
  readonly options: Required<OutlierClipperOptions>
  /** The names of the columns it was fitted to, if they had any. */
  readonly columns: readonly string[] | undefined
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
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { outlierClipper } from '@neurite/data'
 * const clipper = outlierClipper().fit([[0], [0], [1], [1], [1], [2], [2], [2], [3], [100]])
 * clipper.high // => [3.5]
 * clipper.transform([[2], [100]]).toArray() // => [[2], [3.5]]
 * ```
 */
export const outlierClipper = /* @__PURE__ */ columnwise<OutlierClipperOptions, OutlierClipper>({
  kind: 'outlierClipper',
  options: (where, given) => {
    const { method, factor } = readOptions(where, given, {
      method: or('iqr', oneOf('iqr', 'zScore')),
      factor: optional(number('(0, Infinity)')),
    })
    return { method, factor: factor ?? (method === 'zScore' ? 3 : 1.5) }
  },
  names: ['low', 'high'],
  learn: (values, { method, factor }) => {
    if (method === 'zScore') {
      const { mean, variance } = moments(values)
      const reach = factor * Math.sqrt(variance)
      return { low: mean - reach, high: mean + reach }
    }
    const [first, third] = quantiles(values, 0.25, 0.75)
    const reach = factor * (third - first)
    return { low: first - reach, high: third + reach }
  },
  isPossible: ({ low, high }) => !(low > high),
  // Comparisons leave a NaN alone, on either side.
  forward:
    ({ low, high }) =>
    (x) => {
      if (x < low) return low
      return x > high ? high : x
    },
})
