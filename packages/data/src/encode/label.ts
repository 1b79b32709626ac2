import type { ArrayData, HostArray } from '@neurite/core'
import { hostArray, optional, readOptions } from '@neurite/core/arguments'
import { wrongShape } from '../check/errors.js'
import { defineTransformer, type Learned } from '../transform/define.js'
import type { FittedTransformer } from '../transform/transformer.js'
import { aCategoryList, categoriesAt, placesOf } from './categories.js'
import { distinct, toLabels, type LabelList } from './labels.js'

/** Options of {@link labelEncoder}. */
export interface LabelEncoderOptions {
  /** The categories in the order of their numbers. Default: those that `fit` sees, sorted. */
  readonly categories?: LabelList | undefined
}

/** A fitted {@link labelEncoder}. */
export interface LabelEncoder extends FittedTransformer<'labels', ArrayData> {
  readonly kind: 'labelEncoder'
  readonly options: Required<LabelEncoderOptions>
  /** The categories in the order of their numbers. */
  readonly categories: LabelList
  /** The categories of numbers. */
  inverseTransform(numbers: HostArray): LabelList
}

/**
 * Numbers labels 0, 1, 2, ... in the order of the sorted categories: the target of sparse cross-entropy, and what metrics
 * count with. Not for features: the numbers would claim an order and distances.
 *
 * @param options - `categories`: an order of your own
 * @throws NeuriteError `INVALID_ARGUMENT` for mixed labels, `NON_FINITE` for numbers with gaps, `UNKNOWN_OPTION`; later
 * `UNKNOWN_CATEGORY`
 * @example
 * ```ts
 * import { labelEncoder } from '@neurite/data'
 * const encoder = labelEncoder().fit(['no', 'yes', 'no'])
 * encoder.transform(['yes', 'no']).data // => [1, 0]
 * encoder.inverseTransform([0, 1]) // => ['no', 'yes']
 * ```
 */
export const labelEncoder = /* @__PURE__ */ defineTransformer<LabelEncoderOptions, LabelEncoder>({
  kind: 'labelEncoder',
  takes: 'labels',
  options: (where, given) => readOptions(where, given, { categories: optional(aCategoryList) }),
  learn: (where, x, { categories }) => {
    const labels = toLabels(where, x)
    if (labels.length === 0) throw wrongShape(where, '[rows] with something to learn from', [0])
    placesOf(where, labels, categories ?? labels, 'error')
    return { categories: categories ?? distinct(labels as string[]) }
  },
  state: (where, json) => readOptions(where, json as Learned<LabelEncoder>, { categories: aCategoryList }),
  use: ({ categories }) => ({
    transform: (x) => {
      const where = 'labelEncoder.transform'
      const data = placesOf(where, toLabels(where, x), categories, 'error')
      return { shape: [data.length], data }
    },
    inverseTransform: (numbers) => {
      const where = 'labelEncoder.inverseTransform'
      return categoriesAt(where, hostArray(`${where}: numbers`, numbers).data, categories)
    },
  }),
})
