import type { ArrayData, TypedArray } from '@neurite/core'
import { isArrayData } from '../array/take-rows.js'
import { CategoryEncoder } from './category-encoder.js'
import type { Category, Labels } from './labels.js'

/** Options of {@link labelEncoder}. */
export interface LabelEncoderOptions {
  /** The categories in the order of their numbers. Default: those that `fit` sees, sorted. */
  readonly categories?: Labels
}

/** See {@link labelEncoder}. */
export class LabelEncoder extends CategoryEncoder<ArrayData> {
  constructor(options: LabelEncoderOptions = {}) {
    super('labelEncoder', options, {})
  }

  /** The categories of numbers. */
  inverseTransform(numbers: ArrayData | TypedArray | readonly number[]): Category[] {
    return this.decode(isArrayData(numbers) ? numbers.data : numbers)
  }

  /** [rows], int32: each label's number. */
  protected override encode(data: Int32Array): ArrayData {
    return { shape: [data.length], data }
  }
}

/**
 * Numbers labels 0, 1, 2, ... in the order of the sorted categories: the target of sparse cross-entropy, and what metrics
 * count with. Not for features: the numbers would claim an order and distances.
 *
 * @param options - `categories`: an order of your own
 * @throws NeuriteError `INVALID_ARGUMENT` for missing or mixed labels, `UNKNOWN_OPTION`; later `UNKNOWN_CATEGORY`,
 * `NOT_FITTED`
 * @example
 * ```ts
 * import { labelEncoder } from '@neurite/data'
 * const encoder = labelEncoder().fit(['no', 'yes', 'no'])
 * encoder.transform(['yes', 'no']).data // => [1, 0]
 * encoder.inverseTransform([0, 1]) // => ['no', 'yes']
 * ```
 */
export function labelEncoder(options: LabelEncoderOptions = {}): LabelEncoder {
  return new LabelEncoder(options)
}
