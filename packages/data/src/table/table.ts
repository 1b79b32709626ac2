import type { ArrayData, HostLike } from '@neurite/core'
import { fromColumns, zeroMatrix, type FeatureMatrix } from '../array/feature-matrix.js'
import { checkIndices } from '../array/take-rows.js'
import { anObject, aString, listOf } from '@neurite/core/arguments'
import { equalRows, invalid, missing } from '../check/errors.js'
import { takeCells, toColumn, type Cell, type Column } from './column.js'

/**
 * Named columns of equal length, each of numbers (Float64Array, missing: NaN) or of text (strings, missing: ''). A table
 * does not change: every method that selects gives a new one.
 *
 * @example
 * ```ts
 * import { Table } from '@neurite/data'
 * const people = Table.fromRows([
 *   { height: 180, weight: 75, team: 'red' },
 *   { height: 165, weight: null, team: 'blue' },
 * ])
 * people.columnNames // => ['height', 'weight', 'team']
 * people.column('weight') // => [75, NaN]
 * people.row(1) // => { height: 165, weight: NaN, team: 'blue' }
 * people.withTarget('team').features.toArray() // => [[180, 75], [165, NaN]]
 * ```
 */
export class Table implements HostLike {
  /** In order. */
  readonly columnNames: readonly string[]
  readonly numRows: number
  /** The column to be predicted, which `features` leaves out; undefined if none was named. */
  readonly target: string | undefined
  readonly #columns: ReadonlyMap<string, Column>

  /**
   * @param columns - kept, not copied; `Table.fromColumns` and `Table.fromRows` take plainer things
   * @throws NeuriteError `SHAPE_MISMATCH` for columns of different lengths, `INVALID_ARGUMENT` for a target that is none
   */
  constructor(columns: ReadonlyMap<string, Column>, options: { readonly target?: string | undefined } = {}) {
    this.#columns = columns
    this.columnNames = Object.freeze([...columns.keys()])
    this.numRows = equalRows(
      'Table',
      Array.from(columns, ([name, { length }]) => [name, length]),
    )
    this.target = options.target
    if (options.target !== undefined) this.column(options.target)
  }

  /**
   * A table from arrays by name: numbers or typed arrays, or strings; null and undefined are missing.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` where a column mixes numbers and text, `SHAPE_MISMATCH` for unequal lengths
   */
  static fromColumns(columns: Readonly<Record<string, ArrayLike<Cell>>>): Table {
    return new Table(
      new Map(Object.entries(columns).map(([name, cells]) => [name, toColumn(`Table: column '${name}'`, cells)])),
    )
  }

  /**
   * A table from objects. The columns are the keys in order of appearance; a key that an object lacks is missing there.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` where a column mixes numbers and text
   */
  static fromRows(rows: readonly Readonly<Record<string, Cell>>[]): Table {
    const objects = listOf(anObject)('Table.fromRows', 'rows', rows)
    const names = new Set(objects.flatMap((row) => Object.keys(row)))
    if (names.size === 0 && objects.length > 0)
      throw invalid(`Table.fromRows: the ${objects.length} rows have no keys, of which columns are made.`)
    const cells = (name: string): Cell[] => rows.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined))
    return new Table(new Map([...names].map((name) => [name, toColumn(`Table: column '${name}'`, cells(name))])))
  }

  /**
   * The column's values, not copied: do not write to them.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` naming the columns there are
   */
  column(name: string): Column {
    const column = this.#columns.get(name)
    if (column !== undefined) return column
    throw missing('Table', 'column', name, this.columnNames)
  }

  /** Row `i` as a plain object, a key for each column. */
  row(i: number): Record<string, number | string> {
    checkIndices('Table.row', [i], this.numRows)
    return Object.fromEntries(this.columnNames.map((name) => [name, this.column(name)[i]!]))
  }

  /** The rows at `indices`, in that order. */
  rows(indices: ArrayLike<number>): Table {
    checkIndices('Table.rows', indices, this.numRows)
    return this.#with(this.columnNames, (column) => takeCells(column, indices))
  }

  /**
   * Only these columns, in this order.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` for a column that there is not, or that is named twice
   */
  select(names: readonly string[]): Table {
    const chosen = someNames('Table.select', names)
    const twice = chosen.find((name, i) => chosen.indexOf(name) < i)
    if (twice !== undefined) throw invalid(`Table.select: the column '${twice}' is named twice; a table has each once.`)
    return this.#with(chosen, (column) => column)
  }

  /** All columns but these. */
  drop(names: readonly string[]): Table {
    for (const name of someNames('Table.drop', names)) this.column(name)
    const dropped = new Set(names)
    return this.select(this.columnNames.filter((name) => !dropped.has(name)))
  }

  /** The same table with the column that is to be predicted named. */
  withTarget(name: string): Table {
    return new Table(this.#columns, { target: name })
  }

  /** All columns but the target. */
  get featureNames(): readonly string[] {
    return this.columnNames.filter((name) => name !== this.target)
  }

  /** All columns but the target as a matrix [rows, columns], float64, in the table's order. See {@link Table.toMatrix}. */
  get features(): FeatureMatrix {
    return this.toMatrix(this.featureNames)
  }

  /**
   * {@link Table.features}: so that whatever takes numbers takes a table of numbers.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` for a column of text that is not the target
   */
  toHost(): ArrayData {
    return this.features
  }

  /**
   * Columns of numbers side by side, [rows, columns], float64.
   *
   * @param names - default: all
   * @throws NeuriteError `INVALID_ARGUMENT` for a column of text: encode it, or leave it out
   */
  toMatrix(names: readonly string[] = this.columnNames): FeatureMatrix {
    const columns = someNames('Table.toMatrix', names).map((name) => {
      const column = this.column(name)
      if (column instanceof Float64Array) return column
      const message = `Table: column '${name}' is text; encode it, as with oneHotEncoder, or leave it out: drop(['${name}']).`
      throw invalid(message, { column: name })
    })
    // Even without columns there are rows.
    return columns.length === 0 ? zeroMatrix(this.numRows, []) : fromColumns(columns, [...names])
  }

  #with(names: readonly string[], change: (column: Column) => Column): Table {
    const target = names.find((name) => name === this.target)
    return new Table(new Map(names.map((name) => [name, change(this.column(name))])), { target })
  }
}

function someNames(where: string, names: readonly string[]): readonly string[] {
  return listOf(aString)(where, 'names', names)
}
