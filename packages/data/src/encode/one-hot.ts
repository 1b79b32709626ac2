import { checkOptions, NeuriteError } from '@neurite/core'
import { FeatureMatrix, toMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { checkValues } from '../transform/finite.js'
import { CategoryEncoder, type Unknown } from './category-encoder.js'
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
    checkOptions('oneHotEncoder', options, ['unknown', 'categories'])
    super('oneHotEncoder', options.categories, { unknown: options.unknown ?? 'error' })
  }

  /** [rows, categories], float64: 1 in the column of the row's category, 0 elsewhere. */
  transform(labels: Labels): FeatureMatrix {
    const places = this.places('transform', labels)
    const width = this.categories.length
    const data = new Float64Array(places.length * width)
    places.forEach((place, row) => {
      if (place >= 0) data[row * width + place] = 1
    })
    return new FeatureMatrix(data, [places.length, width], this.categories.map(String))
  }

  /** Each row's category: that of its greatest value, the first of equals, so that probabilities and scores work too. */
  inverseTransform(x: MatrixLike): Category[] {
    const where = 'oneHotEncoder.inverseTransform'
    const list = this.categories
    const matrix = toMatrix(where, x)
    const [rows, width] = matrix.shape
    if (width !== list.length && rows > 0) {
      const message = `${where}: the matrix has ${width} columns, there are ${list.length} categories.`
      throw new NeuriteError('SHAPE_MISMATCH', message, { shape: matrix.shape })
    }
    checkValues(where, matrix, { allowNaN: false })
    return Array.from({ length: rows }, (_, i) => {
      const row = matrix.data.subarray(i * width, (i + 1) * width)
      if (row.every((value) => value === 0)) {
        throw new NeuriteError('UNKNOWN_CATEGORY', `${where}: row ${i} is all zeros and stands for no category.`, {
          row: i,
        })
      }
      return list[argMax(row)]!
    })
  }
}

function argMax(values: Float64Array): number {
  let best = 0
  for (let j = 1; j < values.length; j++) if (values[j]! > values[best]!) best = j
  return best
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
