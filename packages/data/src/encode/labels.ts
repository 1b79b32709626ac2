import type { HostArray } from '@neurite/core'
import { hostArray, type Reader } from '@neurite/core/arguments'
import { wrongShape } from '../check/errors.js'
import { toColumn, type Cell, type Column } from '../table/column.js'
import { isTable, type ColumnsLike } from '../table/columns.js'
import { checkFinite } from '../transform/checked-matrix.js'

/** What a label can be. */
export type Category = string | number

/** One label a row: strings or numbers, a column of a table, or host data of shape [rows] or [rows, 1]. */
export type Labels = readonly string[] | HostArray

/** Labels that were read: all of one kind. */
export type LabelList = readonly string[] | readonly number[]

/**
 * The labels as a plain array, all of one kind.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where kinds are mixed, or a label is neither text nor number; `NON_FINITE` for NaN;
 * `SHAPE_MISMATCH` for more than one label a row
 */
export function toLabels(where: string, given: ColumnsLike): LabelList {
  // Not by way of `columnsOf`: who only has labels, as `fit` does, does not bundle what tables and matrices need.
  const ofShape = (shape: readonly number[]): void => {
    if (shape.length !== 1 && (shape.length !== 2 || shape[1] !== 1))
      throw wrongShape(where, '[rows] or [rows, 1], one label a row', shape)
  }
  if (isTable(given)) {
    const { featureNames, numRows } = given
    ofShape([numRows, featureNames.length])
    return labelsOf(where, given.column(featureNames[0]!))
  }
  const rows: readonly unknown[] = Array.isArray(given) ? given : []
  const cells = rows.map((row) => (Array.isArray(row) && row.length === 1 ? (row as unknown[])[0] : row))
  if (typeof cells[0] === 'string') return labelsOf(where, toColumn(`${where}: column 0`, cells as readonly Cell[]))
  const { shape, data } = hostArray(`${where}: x`, given)
  ofShape(shape)
  return labelsOf(where, Float64Array.from(data))
}

/** {@link toLabels} of an option, or of what comes from a file. */
export const aLabelList: Reader<LabelList> = (where, name, value) => toLabels(`${where}: ${name}`, value as ColumnsLike)

/** The labels of a column. */
export function labelsOf(where: string, column: Column): LabelList {
  if (!(column instanceof Float64Array)) return column
  checkFinite(where, column)
  return Array.from(column)
}

/** The different labels in order: numbers by size, strings by UTF-16 code units, which no locale changes. */
export function distinct<C extends Category>(labels: readonly C[]): C[] {
  return [...new Set(labels)].sort(byOrder)
}

/** -1, 0 or 1. */
function byOrder(a: Category, b: Category): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
