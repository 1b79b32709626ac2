import { rowOf, zeroMatrix, type FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { wrongShape } from '../check/errors.js'
import { finiteMatrix } from '../transform/checked-matrix.js'
import { extreme } from '../transform/statistics.js'
import { unknownCategory, type Unknown } from './categories.js'
import { CategoryEncoder, anUnknown } from './category-encoder.js'
import type { Category, Labels } from './labels.js'

/** Options of {@link oneHotEncoder}. */
export interface OneHotEncoderOptions {
  /** What `transform` does with a category that `fit` did not see. Default: 'error'; 'ignore' gives a row of zeros. */
  readonly unknown?: Unknown
  /** The categories in the order of the columns. Default: those that `fit` sees, sorted. */
  readonly categories?: Labels
}

/** See {@link oneHotEncoder}. */
export class OneHotEncoder extends CategoryEncoder<FeatureMatrix> {
  constructor(options: OneHotEncoderOptions = {}) {
    super('oneHotEncoder', options, anUnknown)
  }

  /** Each row's category: that of its greatest value, the first of equals, so that probabilities and scores work too. */
  inverseTransform(x: MatrixLike): Category[] {
    const where = 'oneHotEncoder.inverseTransform'
    const list = this.categories
    const matrix = finiteMatrix(where, x)
    const [rows, width] = matrix.shape
    if (width !== list.length && rows > 0) {
      throw wrongShape(where, `[rows, ${list.length}], a column for each category`, matrix.shape)
    }
    return Array.from({ length: rows }, (_, row) => {
      const values = rowOf(matrix, row)
      if (values.some((value) => value !== 0)) return list[values.indexOf(extreme(values, Math.max))]!
      throw unknownCategory(`${where}: row ${row} is all zeros, no category.`, { row })
    })
  }

  /** [rows, categories], float64: 1 in the column of the row's category, 0 elsewhere. */
  protected override encode(places: Int32Array, categories: readonly Category[]): FeatureMatrix {
    const matrix = zeroMatrix(places.length, categories.map(String))
    places.forEach((place, row) => {
      if (place >= 0) rowOf(matrix, row)[place] = 1
    })
    return matrix
  }
}

/**
 * Turns labels into rows with a single 1: the target of a classifier with cross-entropy (the chapter's section 4.3.3).
 * Categories are sorted: numbers by size, strings by code unit. The empty string is a category like any other.
 *
 * @param options - `unknown`: 'error' (default) or 'ignore'; `categories`: an order of your own
 * @throws NeuriteError `INVALID_ARGUMENT` for missing or mixed labels, `UNKNOWN_OPTION`; later `UNKNOWN_CATEGORY`,
 * `NOT_FITTED`
 * @example
 * ```ts
 * import { oneHotEncoder } from '@neurite/data'
 * const encoder = oneHotEncoder().fit(['setosa', 'virginica', 'setosa', 'versicolor'])
 * encoder.categories // => ['setosa', 'versicolor', 'virginica']
 * encoder.transform(['virginica', 'setosa']).toArray() // => [[0, 0, 1], [1, 0, 0]]
 * encoder.inverseTransform([[0.1, 0.7, 0.2]]) // => ['versicolor']
 * encoder.transform(['rose']) // => throws UNKNOWN_CATEGORY
 * ```
 */
export function oneHotEncoder(options: OneHotEncoderOptions = {}): OneHotEncoder {
  return new OneHotEncoder(options)
}
