import { NeuriteError, type HostArray } from '@neurite/core'
import { aString, either, listOf, mustBe, number, oneOf, or, readOptions } from '@neurite/core/arguments'
import { columnName, fromColumns, type FeatureMatrix } from '../array/feature-matrix.js'
import { invalid, wrongShape } from '../check/errors.js'
import { distinct, type Category } from '../encode/labels.js'
import { asText, type Column } from '../table/column.js'
import { columnsOf, isTable, type ColumnsLike } from '../table/columns.js'
import { Table } from '../table/table.js'
import { checkColumns, checkFinite, readLists } from '../transform/checked-matrix.js'
import { defineTransformer, type Learned } from '../transform/define.js'
import { moments, quantiles } from '../transform/statistics.js'
import type { FittedTransformer } from '../transform/transformer.js'

/** What {@link imputer} puts in the place of a missing value. */
export type ImputerStrategy = 'mean' | 'median' | 'mostFrequent' | 'constant'

/** Options of {@link imputer}. */
export interface ImputerOptions {
  /** Default: 'mean'. Text has no mean and no median. */
  readonly strategy?: ImputerStrategy
  /** The number or the text for the strategy 'constant'. Default: 0. */
  readonly value?: number | string
}

/** A fitted {@link imputer}. */
export interface Imputer extends FittedTransformer<'columns', FeatureMatrix | Table> {
  readonly kind: 'imputer'
  readonly options: Required<ImputerOptions>
  /** The names of the columns it was fitted to, if they had any. */
  readonly columns: readonly string[] | undefined
  /** What goes into each column's gaps. */
  readonly fill: readonly Category[]
  transform(x: Table): Table
  transform(x: HostArray): FeatureMatrix
  transform(x: ColumnsLike): FeatureMatrix | Table
}

/**
 * Fills gaps: missing numbers (NaN) and missing text (''), with what `fit` took from the column's other values, or with a
 * constant. As scikit-learn's SimpleImputer.
 *
 * @param options - `strategy`: 'mean' (default), 'median', 'mostFrequent' (the least of equals) or 'constant' with `value`
 * (default 0). Text takes the last two
 * @returns a description. Fitted, it makes a Table of a Table, its target untouched, and a matrix of numbers without names
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; `fit`: `INVALID_ARGUMENT` for a column without values, or a strategy
 * that its values do not have; later `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { imputer, Table } from '@neurite/data'
 * const gaps = imputer({ strategy: 'median' }).fit([[1], [NaN], [3], [100]])
 * gaps.fill // => [3]
 * gaps.transform([[NaN], [7]]).toArray() // => [[3], [7]]
 * const people = Table.fromRows([{ age: 20, city: 'Seoul' }, { age: 20, city: null }, { age: null, city: 'Seoul' }])
 * imputer({ strategy: 'mostFrequent' }).fitTransform(people).row(1) // => { age: 20, city: 'Seoul' }
 * ```
 */
export const imputer = /* @__PURE__ */ defineTransformer<ImputerOptions, Imputer>({
  kind: 'imputer',
  takes: 'columns',
  options: (where, given) =>
    readOptions(where, given, {
      strategy: or('mean', oneOf('mean', 'median', 'mostFrequent', 'constant')),
      value: or(0, either('a finite number or text', number(), aString)),
    }),
  learn: (where, x, options) => {
    const { names, list, shape } = columnsOf(where, x)
    if (shape.includes(0)) throw wrongShape(where, '[rows, columns] with something to learn from', shape)
    return {
      columns: names,
      fill: list.map((column, j) => fillOf(`${where}: ${columnName(names, j)}`, column, options)),
    }
  },
  state: (where, json) =>
    readLists<Learned<Imputer>>(where, json, { fill: listOf(either('a finite number or text', number(), aString)) }),
  use: ({ columns, fill }) => {
    const where = 'imputer.transform'
    const transform = (x: ColumnsLike): FeatureMatrix | Table => {
      const { names = columns, list, shape } = columnsOf(where, x)
      checkColumns(where, names, shape, { columns, width: fill.length })
      const filled = list.map((column, j) => fillColumn(`${where}: ${columnName(names, j)}`, column, fill[j]!))
      if (!isTable(x) && filled.every((column) => column instanceof Float64Array)) {
        return fromColumns(filled, names)
      }
      const made = new Map(filled.map((column, j) => [names?.[j] ?? `column${j}`, column]))
      if (!isTable(x)) return new Table(made)
      return new Table(new Map(x.columnNames.map((name) => [name, made.get(name) ?? x.column(name)])), x)
    }
    return { transform: transform as Imputer['transform'] }
  },
})

const STATISTICS = {
  mean: (values: Float64Array) => moments(values).mean,
  median: (values: Float64Array) => quantiles(values, 0.5)[0],
}

/** What goes into a column's gaps. */
function fillOf(where: string, given: Column, { strategy, value }: Required<ImputerOptions>): Category {
  const column = checked(where, given, strategy === 'constant' && typeof value === 'string')
  const isText = !(column instanceof Float64Array)
  if (strategy === 'constant') {
    if ((typeof value === 'string') === isText) return value
    throw mustBe(where, 'value', isText ? 'text' : 'a number', value)
  }
  const values = Array.from<Category>(column).filter((cell) => cell !== '' && !Number.isNaN(cell))
  if (values.length === 0) throw invalid(`${where} has no values; leave it out, or use strategy: 'constant'.`)
  if (strategy === 'mostFrequent') return mostFrequent(values)
  if (isText) throw invalid(`${where} is text; use strategy: 'mostFrequent' or 'constant'.`)
  const fill = STATISTICS[strategy](Float64Array.from(values as number[]))
  if (Number.isFinite(fill)) return fill
  throw new NeuriteError('NON_FINITE', `${where} has values too large for their ${strategy}; scale them down first.`)
}

/** The least of the most frequent values, as in scikit-learn. */
function mostFrequent(values: readonly Category[]): Category {
  const counts = new Map<Category, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return distinct(values).reduce((best, value) => (counts.get(value)! > counts.get(best)! ? value : best))
}

function fillColumn(where: string, given: Column, fill: Category): Column {
  const column = checked(where, given, typeof fill === 'string')
  if (column instanceof Float64Array) {
    if (typeof fill === 'number') return column.map((cell) => (Number.isNaN(cell) ? fill : cell))
  } else if (typeof fill === 'string') return column.map((cell) => cell || fill)
  throw invalid(
    `${where} is ${typeof fill === 'string' ? 'numbers, in fit it was text' : 'text, in fit it was numbers'}.`,
  )
}

/** The column without infinities, as text if it is to be text and has no value that says otherwise. */
function checked(where: string, column: Column, isText: boolean): Column {
  const cells = isText ? asText(column) : column
  if (cells instanceof Float64Array) checkFinite(where, cells, true)
  return cells
}
