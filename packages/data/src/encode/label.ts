import { checkOptions, NeuriteError, type ArrayData, type TypedArray } from '@neurite/core'
import { isArrayData } from '../array/take-rows.js'
import { givenCategories, learnCategories, requireFitted, unknownCategory, type Categories } from './categories.js'
import { toLabels, type Category, type Labels } from './labels.js'
import type { EncoderJSON } from './one-hot.js'

/** Options of {@link labelEncoder}. */
export interface LabelEncoderOptions {
  /** The categories in the order of their numbers. Default: those that `fit` sees, sorted. */
  readonly categories?: Labels
}

/** See {@link labelEncoder}. */
export class LabelEncoder {
  readonly kind = 'labelEncoder'
  readonly #given: Categories | undefined
  #categories: Categories | undefined

  constructor(options: LabelEncoderOptions = {}) {
    checkOptions('labelEncoder', options, ['categories'])
    const { categories } = options
    this.#given = categories === undefined ? undefined : givenCategories('labelEncoder: categories', categories)
    this.#categories = this.#given
  }

  /** The categories; their places are their numbers. */
  get categories(): readonly Category[] {
    return requireFitted(this.kind, 'categories', this.#categories).list
  }

  /** Learns the categories; where they were given, checks that the labels have no others. */
  fit(labels: Labels): this {
    if (this.#given === undefined) this.#categories = learnCategories('labelEncoder.fit', labels)
    else this.transform(labels)
    return this
  }

  /** [rows], int32: each label's number. */
  transform(labels: Labels): ArrayData {
    const where = 'labelEncoder.transform'
    const categories = requireFitted(this.kind, 'transform', this.#categories)
    const values = toLabels(where, labels)
    const data = Int32Array.from(values, (label, row) => {
      const place = categories.index.get(label)
      if (place === undefined) throw unknownCategory(where, label, row, categories)
      return place
    })
    return { shape: [data.length], data }
  }

  /** `fit(labels)`, then `transform(labels)`. */
  fitTransform(labels: Labels): ArrayData {
    return this.fit(labels).transform(labels)
  }

  /** The categories of numbers. */
  inverseTransform(numbers: ArrayData | TypedArray | readonly number[]): Category[] {
    const { list } = requireFitted(this.kind, 'inverseTransform', this.#categories)
    return Array.from<number, Category>(isArrayData(numbers) ? numbers.data : numbers, (number, row) => {
      const category = list[number]
      if (category !== undefined) return category
      const message = `labelEncoder.inverseTransform: row ${row} is ${number}; the numbers are 0 to ${list.length - 1}.`
      throw new NeuriteError('UNKNOWN_CATEGORY', message, { row, number })
    })
  }

  /** What was learned, as plain data for `JSON.stringify`. */
  toJSON(): EncoderJSON {
    return { kind: this.kind, options: {}, categories: this.categories }
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
