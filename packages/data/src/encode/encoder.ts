import type { HostArray } from '@neurite/core'
import { listOf, oneOf, optional, or, readOptions, type Reader } from '@neurite/core/arguments'
import { columnName, type FeatureMatrix } from '../array/feature-matrix.js'
import { unequal, wrongShape } from '../check/errors.js'
import { asText } from '../table/column.js'
import { columnsOf, type Columns } from '../table/columns.js'
import { checkColumns, finiteMatrix, readLists } from '../transform/checked-matrix.js'
import { defineTransformer, type Learned, type TransformerFactory } from '../transform/define.js'
import type { FittedTransformer } from '../transform/transformer.js'
import { aCategoryList, placesOf, type Unknown } from './categories.js'
import { distinct, labelsOf, type LabelList } from './labels.js'

/** Options of {@link oneHotEncoder} and {@link ordinalEncoder}. */
export interface EncoderOptions {
  /** What `transform` does with a category that `fit` did not see. Default: 'error'. */
  readonly unknown?: Unknown
  /** The categories in order: one list, of every column, or a list for each. Default: those that `fit` sees, sorted. */
  readonly categories?: LabelList | readonly LabelList[] | undefined
}

/** An encoder that has seen the categories of each column. */
export interface FittedEncoder extends FittedTransformer<'columns'> {
  readonly options: Required<EncoderOptions>
  /** The names of the columns it was fitted to, if they had any. */
  readonly columns: readonly string[] | undefined
  /** The categories of each column, in the order of their places. */
  readonly categories: readonly LabelList[]
  /** The labels of each column. */
  inverseTransform(x: HostArray): readonly LabelList[]
}

/** What one encoder does otherwise than another. */
interface Encoding {
  readonly kind: string
  /** @param places - of each column; -1 for a category that is unknown and ignored */
  readonly encode: (
    places: readonly Int32Array[],
    categories: readonly LabelList[],
    names: readonly string[] | undefined,
  ) => FeatureMatrix
  /** The labels of each column. */
  readonly decode: (where: string, x: FeatureMatrix, categories: readonly LabelList[]) => readonly LabelList[]
}

const oneListOrMore: Reader<LabelList | readonly LabelList[]> = (where, name, value) =>
  (Array.isArray(value) && Array.isArray(value[0]) ? listOf(aCategoryList) : aCategoryList)(where, name, value)

/** What the encoders of features share: the categories of each column, learned or given. */
export function defineEncoder<F extends FittedEncoder>({
  kind,
  encode,
  decode,
}: Encoding & { readonly kind: F['kind'] }): TransformerFactory<EncoderOptions, F> {
  return defineTransformer<EncoderOptions, FittedEncoder>({
    kind,
    takes: 'columns',
    options: (where, given) =>
      readOptions(where, given, {
        unknown: or('error', oneOf('error', 'ignore')),
        categories: optional(oneListOrMore),
      }),
    learn: (where, x, { categories: given, unknown }) => {
      const columns = columnsOf(where, x)
      const { names, list, shape } = columns
      if (shape.includes(0)) throw wrongShape(where, '[rows, columns] with something to learn from', shape)
      if (given === undefined) {
        return { columns: names, categories: allLabels(where, columns).map((labels) => distinct(labels as string[])) }
      }
      const categories = isOneList(given) ? list.map(() => given) : given
      if (categories.length !== list.length) {
        throw unequal(`${where}: categories`, categories.length, 'lists', `${list.length} columns`)
      }
      allPlaces(where, columns, categories, unknown)
      return { columns: names, categories }
    },
    state: (where, json) => readLists<Learned<FittedEncoder>>(where, json, { categories: listOf(aCategoryList) }),
    use: (fit, { unknown }) => ({
      transform: (x) => {
        const where = `${kind}.transform`
        const columns = columnsOf(where, x)
        checkColumns(where, columns.names, columns.shape, { columns: fit.columns, width: fit.categories.length })
        const places = allPlaces(where, columns, fit.categories, unknown)
        return encode(places, fit.categories, columns.names ?? fit.columns)
      },
      inverseTransform: (x) => {
        const where = `${kind}.inverseTransform`
        return decode(where, finiteMatrix(where, x), fit.categories)
      },
    }),
  }) as TransformerFactory<EncoderOptions, F>
}

function isOneList(given: LabelList | readonly LabelList[]): given is LabelList {
  return !Array.isArray(given[0])
}

/** The labels of each column. */
function allLabels(where: string, { names, list }: Columns): LabelList[] {
  return list.map((column, j) => labelsOf(`${where}: ${columnName(names, j)}`, asText(column)))
}

/** The places of all labels of all columns. */
function allPlaces(where: string, columns: Columns, categories: readonly LabelList[], unknown: Unknown): Int32Array[] {
  return allLabels(where, columns).map((labels, j) =>
    placesOf(`${where}: ${columnName(columns.names, j)}`, labels, categories[j]!, unknown),
  )
}
