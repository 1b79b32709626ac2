import type { HostArray } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { columnName, columnOf, FeatureMatrix } from '../array/feature-matrix.js'
import { unequal, wrongShape } from '../check/errors.js'
import { toColumn, type Cell, type Column } from './column.js'
import type { Table } from './table.js'

/**
 * Columns of numbers or of text: a {@link Table} (all but its target), one column (an array of strings or of numbers), or rows
 * (`[['red', 'S'], ['blue', 'M']]`, a matrix).
 */
export type ColumnsLike = HostArray | readonly string[] | readonly (readonly (string | number)[])[]

/** Columns that were read. */
export interface Columns {
  /** Undefined where the data came without names. */
  readonly names: readonly string[] | undefined
  readonly list: readonly Column[]
  readonly shape: readonly number[]
}

/** @throws NeuriteError `INVALID_ARGUMENT` for what holds no columns, `SHAPE_MISMATCH` for ragged rows or more than two axes */
export function columnsOf(where: string, x: ColumnsLike): Columns {
  if (isTable(x)) {
    const names = x.featureNames
    return { names, list: names.map((name) => x.column(name)), shape: [x.numRows, names.length] }
  }
  const rows = textRows(x)
  if (rows === undefined) {
    const array = hostArray(`${where}: x`, x)
    const { shape } = array
    if (shape.length !== 1 && shape.length !== 2) throw wrongShape(where, '[rows] or [rows, columns]', shape)
    const list = Array.from({ length: shape[1] ?? 1 }, (_, j) => columnOf(array, j))
    return { names: array instanceof FeatureMatrix ? array.columns : undefined, list, shape }
  }
  const width = rows[0]!.length
  const odd = rows.findIndex((row) => row.length !== width)
  if (odd >= 0) throw unequal(`${where}: row ${odd}`, rows[odd]!.length, 'cells', `${width} columns`)
  const list = rows[0]!.map((_, j) => {
    const cells = rows.map((row) => row[j])
    return toColumn(`${where}: ${columnName(undefined, j)}`, cells)
  })
  return { names: undefined, list, shape: [rows.length, width] }
}

/** Known by what it has: two copies of this package may meet, and whoever has no table does not bundle it. */
export function isTable(x: unknown): x is Table {
  return typeof x === 'object' && x !== null && 'featureNames' in x && 'column' in x
}

/** Rows with text, as of one column too; undefined for anything else. */
function textRows(x: ColumnsLike): readonly (readonly Cell[])[] | undefined {
  if (!Array.isArray(x)) return undefined
  const rows = (x as readonly unknown[]).map((row) => (Array.isArray(row) ? (row as readonly Cell[]) : [row as Cell]))
  return rows[0]?.some((cell) => typeof cell === 'string') === true ? rows : undefined
}
