import { allocate, dtypeOf, NeuriteError, type ArrayData } from '@neurite/core'
import { checkFilled, FeatureMatrix } from './feature-matrix.js'

/** Arrays of equal row counts under names: features `x`, targets `y`, and whatever else goes with a row. */
export type Arrays = Readonly<Record<string, ArrayData>>

/** The same names with other rows: matrices keep their column names, everything keeps its element type. */
export type RowsOf<T extends Arrays> = { [Name in keyof T]: T[Name] extends FeatureMatrix ? FeatureMatrix : ArrayData }

/**
 * The rows at `indices`, in that order, copied; the element type stays.
 *
 * @param array - shape [rows, ...]
 * @param indices - each in [0, rows); an index may come more than once
 * @throws NeuriteError `INVALID_ARGUMENT` for an index that is no row, `SHAPE_MISMATCH` for a 0-d array
 * @example
 * ```ts
 * import { takeRows } from '@neurite/data'
 * const y = { shape: [4], data: Int32Array.of(10, 11, 12, 13) }
 * takeRows(y, [3, 0]).data // => [13, 10]
 * ```
 */
export function takeRows(array: FeatureMatrix, indices: ArrayLike<number>): FeatureMatrix
export function takeRows(array: ArrayData, indices: ArrayLike<number>): ArrayData
export function takeRows(array: ArrayData, indices: ArrayLike<number>): ArrayData {
  const rows = countRows('takeRows', array)
  checkIndices('takeRows', indices, rows)
  const size = rows === 0 ? 0 : array.data.length / rows
  const data =
    array instanceof FeatureMatrix
      ? new Float64Array(indices.length * size)
      : allocate(dtypeOf(array.data), indices.length * size)
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * size
    if (size === 1) data[i] = array.data[start]!
    else data.set(array.data.subarray(start, start + size), i * size)
  }
  if (array instanceof FeatureMatrix && data instanceof Float64Array) {
    return new FeatureMatrix(data, [indices.length, array.shape[1]], array.columns)
  }
  return { shape: [indices.length, ...array.shape.slice(1)], data }
}

/** The rows at `indices` of every array. */
export function takeRowsOfAll<T extends Arrays>(arrays: T, indices: ArrayLike<number>): RowsOf<T> {
  const entries = Object.entries(arrays).map(([name, array]) => [name, takeRows(array, indices)] as const)
  // fromEntries forgets the names' types; each name keeps the kind of array it had.
  return Object.fromEntries(entries) as RowsOf<T>
}

/** @throws NeuriteError `INVALID_ARGUMENT` unless every index is one of the `rows` rows */
export function checkIndices(where: string, indices: ArrayLike<number>, rows: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    if (Number.isInteger(index) && index >= 0 && index < rows) continue
    const range = rows === 0 ? 'there are no rows' : `rows are numbered 0 to ${rows - 1}`
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: indices[${i}] is ${index}; ${range}.`, { index, rows })
  }
}

/** The length of the first axis. */
function countRows(where: string, array: ArrayData): number {
  const rows = array.shape[0]
  if (rows === undefined) {
    throw new NeuriteError('SHAPE_MISMATCH', `${where}: the array is 0-d and has no rows; expected shape [rows, ...].`)
  }
  return rows
}

/**
 * The number of rows that all arrays share.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` if they differ, `INVALID_ARGUMENT` for no arrays
 */
export function commonRows(where: string, arrays: Arrays): number {
  const counts = Object.entries(arrays).map(([name, array]) => {
    if (!isArrayData(array)) {
      const message = `${where}: '${name}' must be host data { shape, data }, got ${array === null ? 'null' : typeof array}.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { name })
    }
    checkFilled(`${where}: '${name}'`, array)
    return { name, rows: countRows(`${where}: '${name}'`, array) }
  })
  const [first, ...others] = counts
  if (first === undefined)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: there are no arrays; expected { x, y }.`)
  const odd = others.find(({ rows }) => rows !== first.rows)
  if (odd !== undefined) {
    const message = `${where}: '${first.name}' has ${first.rows} rows, '${odd.name}' has ${odd.rows}; they must have the same number.`
    throw new NeuriteError('SHAPE_MISMATCH', message, {
      rows: Object.fromEntries(counts.map(({ name, rows }) => [name, rows])),
    })
  }
  return first.rows
}

/** Whether a value has a shape and data. */
export function isArrayData(value: unknown): value is ArrayData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'shape' in value &&
    'data' in value &&
    Array.isArray(value.shape) &&
    ArrayBuffer.isView(value.data)
  )
}
