import { NeuriteError, type ArrayData, type TypedArray } from '@neurite/core'
import { isArrayData } from '../array/take-rows.js'

/** What a label can be. */
export type Category = string | number

/** One label a row: strings, whole or other numbers, a column of a table, or host data of shape [rows] or [rows, 1]. */
export type Labels = readonly string[] | readonly number[] | TypedArray | ArrayData

/**
 * The labels as a plain array, all of one kind.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where a label is NaN, or neither text nor number, or the kinds are mixed;
 * `SHAPE_MISMATCH` for more than one label a row
 */
export function toLabels(where: string, labels: Labels): readonly Category[] {
  if (isArrayData(labels)) {
    const { shape, data } = labels
    if (data.length !== shape[0]) {
      const message = `${where}: expected one label a row, shape [rows] or [rows, 1], got shape [${shape.join(', ')}].`
      throw new NeuriteError('SHAPE_MISMATCH', message, { shape })
    }
    return checkLabels(where, Array.from(data))
  }
  return checkLabels(where, Array.from<Category>(labels))
}

function checkLabels(where: string, labels: readonly Category[]): readonly Category[] {
  const kind = typeof labels[0]
  labels.forEach((label: unknown, row) => {
    if (typeof label === kind && (typeof label === 'string' || (typeof label === 'number' && !Number.isNaN(label))))
      return
    const got = typeof label === 'number' || label === null ? String(label) : `a ${typeof label}`
    const message = `${where}: the label of row ${row} is ${got}; labels are all strings or all numbers, none missing.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { row })
  })
  return labels
}

/** The different labels in order: numbers by size, strings by UTF-16 code units, which no locale changes. */
export function distinct(labels: readonly Category[]): readonly Category[] {
  return Object.freeze([...new Set(labels)].sort(byOrder))
}

/** -1, 0 or 1. */
export function byOrder(a: Category, b: Category): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
