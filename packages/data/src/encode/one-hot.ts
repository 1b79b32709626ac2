import { checkOptions, NeuriteError } from '@neurite/core'
import { FeatureMatrix, toMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { checkValues } from '../scale/finite.js'
import { givenCategories, learnCategories, requireFitted, unknownCategory, type Categories } from './categories.js'
import { toLabels, type Category, type Labels } from './labels.js'

/** Options of {@link oneHotEncoder}. */
export interface OneHotEncoderOptions {
  /** What `transform` does with a category that `fit` did not see. Default: 'error'; 'ignore' gives a row of zeros. */
  readonly unknown?: 'error' | 'ignore'
  /** The categories in the order of the columns. Default: those that `fit` sees, sorted. */
  readonly categories?: Labels
}

/** A fitted encoder as plain data. */
export interface EncoderJSON {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly categories: readonly Category[]
}

/** See {@link oneHotEncoder}. */
export class OneHotEncoder {
  readonly kind = 'oneHotEncoder'
  readonly unknown: 'error' | 'ignore'
  readonly #given: Categories | undefined
  #categories: Categories | undefined

  constructor(options: OneHotEncoderOptions = {}) {
    checkOptions('oneHotEncoder', options, ['unknown', 'categories'])
    const { unknown = 'error', categories } = options
    if (unknown !== 'error' && unknown !== 'ignore') {
      const message = `oneHotEncoder: unknown must be 'error' or 'ignore', got '${String(unknown)}'.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { unknown })
    }
    this.unknown = unknown
    this.#given = categories === undefined ? undefined : givenCategories('oneHotEncoder: categories', categories)
    this.#categories = this.#given
  }

  /** The categories in the order of the columns. */
  get categories(): readonly Category[] {
    return requireFitted(this.kind, 'categories', this.#categories).list
  }

  /** Learns the categories; where they were given, checks that the labels have no others. */
  fit(labels: Labels): this {
    if (this.#given === undefined) this.#categories = learnCategories('oneHotEncoder.fit', labels)
    else this.transform(labels)
    return this
  }

  /** [rows, categories], float64: 1 in the column of the row's category, 0 elsewhere. */
  transform(labels: Labels): FeatureMatrix {
    const where = 'oneHotEncoder.transform'
    const categories = requireFitted(this.kind, 'transform', this.#categories)
    const values = toLabels(where, labels)
    const width = categories.list.length
    const data = new Float64Array(values.length * width)
    values.forEach((label, row) => {
      const column = categories.index.get(label)
      if (column !== undefined) data[row * width + column] = 1
      else if (this.unknown === 'error') throw unknownCategory(where, label, row, categories)
    })
    return new FeatureMatrix(data, [values.length, width], categories.list.map(String))
  }

  /** `fit(labels)`, then `transform(labels)`. */
  fitTransform(labels: Labels): FeatureMatrix {
    return this.fit(labels).transform(labels)
  }

  /** Each row's category: that of its greatest value, the first of equals, so that probabilities and scores work too. */
  inverseTransform(x: MatrixLike): Category[] {
    const where = 'oneHotEncoder.inverseTransform'
    const { list } = requireFitted(this.kind, 'inverseTransform', this.#categories)
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
        throw new NeuriteError('UNKNOWN_CATEGORY', `${where}: row ${i} is all zeros and stands for no category.`, { row: i })
      }
      return list[argMax(row)]!
    })
  }

  /** What was learned, as plain data for `JSON.stringify`. */
  toJSON(): EncoderJSON {
    return { kind: this.kind, options: { unknown: this.unknown }, categories: this.categories }
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
