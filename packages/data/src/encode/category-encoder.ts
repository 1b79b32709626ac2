import type { ArrayData } from '@neurite/core'
import { asGiven, listOf, oneOf, or, readOptions, type Reader } from '../check/read.js'
import { FittedTransformer, type Json } from '../transform/fitted.js'
import type { TransformerJSON } from '../transform/transformer.js'
import { categoriesOf, placesOf, unknownCategory, type Categories, type Unknown } from './categories.js'
import type { Category, Labels } from './labels.js'

/** A fitted encoder as plain data. */
export interface EncoderJSON extends TransformerJSON {
  readonly categories: readonly Category[]
}

type Plain = Omit<EncoderJSON, keyof TransformerJSON>

interface Options {
  readonly categories: Labels | undefined
  readonly unknown?: Unknown
}

/** The option `unknown`, for encoders that have it. */
export const anUnknown: { readonly unknown: Reader<Unknown> } = {
  unknown: /* @__PURE__ */ or('error', /* @__PURE__ */ oneOf('error', 'ignore')),
}

/** What the encoders share: the categories of one column, learned or given, each with a place. */
export abstract class CategoryEncoder<Out extends ArrayData> extends FittedTransformer<
  'labels',
  Categories,
  Plain,
  Out
> {
  /** What `transform` does with a category that `fit` did not see. */
  readonly unknown: Unknown
  readonly #given: Categories | undefined

  /** @param more - readers of the options that the encoder has besides `categories` */
  constructor(kind: string, options: object, more: { readonly unknown?: Reader<Unknown> }) {
    const { categories, ...plain } = readOptions<Options>(kind, options, { ...more, categories: asGiven })
    super(kind, 'labels', plain)
    this.unknown = plain.unknown ?? 'error'
    if (categories === undefined) return
    this.#given = categoriesOf(`${kind}: categories`, categories, true)
    this.hold(this.#given)
  }

  /** The categories in the order of their places. */
  get categories(): readonly Category[] {
    return this.state('categories').list
  }

  /** Learns the categories; where they were given, checks that the labels have no others, unless these are ignored. */
  protected override learn(where: string, labels: Labels): Categories {
    if (this.#given === undefined) return categoriesOf(where, labels, false)
    placesOf(where, labels, this.#given, this.unknown)
    return this.#given
  }

  protected override apply(where: string, labels: Labels, categories: Categories): Out {
    return this.encode(placesOf(where, labels, categories, this.unknown), categories.list)
  }

  protected override plain({ list }: Categories): Plain {
    return { categories: list }
  }

  protected override read(where: string, { categories }: Json): Categories {
    return categoriesOf(where, listOf(asGiven<string>)(where, 'categories', categories), true)
  }

  /** What the labels become; a place is -1 for a category that is unknown and ignored. */
  protected abstract encode(places: Int32Array, categories: readonly Category[]): Out

  /** The categories of places. */
  protected decode(places: ArrayLike<number>): Category[] {
    const { categories } = this
    return Array.from(places, (place, row) => {
      const category = categories[place]
      if (category !== undefined) return category
      const message = `${this.kind}.inverseTransform: row ${row} is ${place}; there are ${categories.length} categories, numbered from 0.`
      throw unknownCategory(message, { row, number: place })
    })
  }
}
