import type { HostArray } from '@neurite/core'
import type { Reader } from '@neurite/core/arguments'
import { wrongShape } from '../check/errors.js'
import type { Column } from '../table/column.js'
import { columnsOf, type ColumnsLike } from '../table/columns.js'
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
  const { list, shape } = columnsOf(where, given)
  if (list.length !== 1) throw wrongShape(where, '[rows] or [rows, 1], one label a row', shape)
  return labelsOf(where, list[0]!)
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
