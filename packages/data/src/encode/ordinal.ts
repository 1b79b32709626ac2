import { FeatureMatrix, toMatrix, type MatrixLike } from '../array/feature-matrix.js'
import type { Unknown } from './categories.js'
import { CategoryEncoder, anUnknown } from './category-encoder.js'
import type { Category, Labels } from './labels.js'

/** Options of {@link ordinalEncoder}. */
export interface OrdinalEncoderOptions {
  /** The categories from the least to the greatest. Default: those that `fit` sees, sorted. */
  readonly categories?: Labels
  /** What `transform` does with a category that `fit` did not see. Default: 'error'; 'ignore' gives NaN, a missing value. */
  readonly unknown?: Unknown
}

/** See {@link ordinalEncoder}. */
export class OrdinalEncoder extends CategoryEncoder<FeatureMatrix> {
  constructor(options: OrdinalEncoderOptions = {}) {
    super('ordinalEncoder', options, anUnknown)
  }

  /** The categories of places. */
  inverseTransform(x: MatrixLike): Category[] {
    return this.decode(toMatrix('ordinalEncoder.inverseTransform', x).data)
  }

  /** [rows, 1], float64: each category's place, 0 for the least. */
  protected override encode(places: Int32Array): FeatureMatrix {
    const data = Float64Array.from(places, (place) => (place < 0 ? NaN : place))
    return new FeatureMatrix(data, [data.length, 1])
  }
}

/**
 * Turns categories that have an order into one feature 0, 1, 2, ...: say `categories` from the least to the greatest. For
 * categories without an order see {@link oneHotEncoder}; for targets {@link labelEncoder}.
 *
 * @param options - `categories` (default: sorted), `unknown`: 'error' (default), or 'ignore' for NaN, which an
 * {@link imputer} can then fill
 * @throws NeuriteError `INVALID_ARGUMENT` for missing or mixed labels, `UNKNOWN_OPTION`; later `UNKNOWN_CATEGORY`,
 * `NOT_FITTED`
 * @example
 * ```ts
 * import { ordinalEncoder } from '@neurite/data'
 * const encoder = ordinalEncoder({ categories: ['small', 'medium', 'large'] })
 * encoder.transform(['large', 'small']).toArray() // => [[2], [0]]
 * encoder.inverseTransform([[1]]) // => ['medium']
 * ```
 */
export function ordinalEncoder(options: OrdinalEncoderOptions = {}): OrdinalEncoder {
  return new OrdinalEncoder(options)
}
