import { NeuriteError, type ArrayData } from '@neurite/core'
import { requireFitted } from '../transform/learned-columns.js'
import { choiceOption } from '../transform/options.js'
import type { Transformer, TransformerJSON } from '../transform/transformer.js'
import { givenCategories, learnCategories, unknownCategory, type Categories } from './categories.js'
import { toLabels, type Category, type Labels } from './labels.js'

/** What an encoder does with a category that `fit` did not see. */
export type Unknown = 'error' | 'ignore'

/** A fitted encoder as plain data. */
export interface EncoderJSON extends TransformerJSON {
  readonly categories: readonly Category[]
}

/** What the encoders share: the categories of one column, learned or given, each with a place. */
export abstract class CategoryEncoder<Out extends ArrayData> implements Transformer<'labels', Out> {
  readonly kind: string
  readonly takes = 'labels'
  /** What `transform` does with a category that `fit` did not see. */
  readonly unknown: Unknown
  readonly #given: Categories | undefined
  #categories: Categories | undefined

  /** The options, as plain data. */
  readonly #options: Readonly<Record<string, unknown>>

  /** @param options - with `unknown` only where the encoder has that option */
  constructor(kind: string, categories: Labels | undefined, options: { readonly unknown?: Unknown }) {
    this.kind = kind
    this.unknown = choiceOption(kind, 'unknown', options.unknown, ['error', 'ignore'], 'error')
    this.#options = options
    this.#given = categories === undefined ? undefined : givenCategories(`${kind}: categories`, categories)
    this.#categories = this.#given
  }

  abstract transform(labels: Labels): Out

  /** The categories in the order of their places. */
  get categories(): readonly Category[] {
    return requireFitted(this.kind, 'categories', this.#categories).list
  }

  /** Learns the categories; where they were given, checks that the labels have no others, unless these are ignored. */
  fit(labels: Labels): this {
    if (this.#given === undefined) this.#categories = learnCategories(`${this.kind}.fit`, labels)
    else this.places('fit', labels)
    return this
  }

  /** `fit(labels)`, then `transform(labels)`. */
  fitTransform(labels: Labels): Out {
    return this.fit(labels).transform(labels)
  }

  /** What was learned, as plain data for `JSON.stringify`. */
  toJSON(): EncoderJSON {
    return { kind: this.kind, options: this.#options, categories: this.categories }
  }

  /**
   * Takes over what another encoder of this kind learned.
   *
   * @internal
   */
  restore(categories: Labels): this {
    this.#categories = givenCategories(`transformerFromJSON: ${this.kind}`, categories)
    return this
  }

  /** Each label's place, -1 for one that is unknown and ignored. */
  protected places(method: string, labels: Labels): Int32Array {
    const where = `${this.kind}.${method}`
    const categories = requireFitted(this.kind, method, this.#categories)
    return Int32Array.from(toLabels(where, labels), (label, row) => {
      const place = categories.index.get(label)
      if (place === undefined && this.unknown === 'error') throw unknownCategory(where, label, row, categories)
      return place ?? -1
    })
  }

  /** The category of a place. */
  protected categoryAt(place: number, row: number): Category {
    const { categories } = this
    const category = categories[place]
    if (category !== undefined) return category
    const message = `${this.kind}.inverseTransform: row ${row} is ${place}; the categories are numbered 0 to ${categories.length - 1}.`
    throw new NeuriteError('UNKNOWN_CATEGORY', message, { row, number: place })
  }
}
