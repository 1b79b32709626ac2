import type { ArrayData, TypedArray } from '@neurite/core'
import { isArrayData } from '../array/take-rows.js'
import { mustBe, wrongShape } from '../check/errors.js'

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
export function toLabels(where: string, given: Labels): readonly Category[] {
  const { shape, data } = isArrayData(given) ? given : { shape: [given.length], data: given }
  if (data.length !== shape[0]) throw wrongShape(where, '[rows] or [rows, 1], one label a row', shape)
  const labels = Array.from<Category>(data)
  const kind = typeof labels[0]
  labels.forEach((label: unknown, row) => {
    if (typeof label === kind && (kind === 'string' || (kind === 'number' && !Number.isNaN(label)))) return
    throw mustBe(where, `the label of row ${row}`, 'a string or a number, of one kind in all rows', label)
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
