import { allocate, dtypeOf, sizeOf, type ArrayData, type HostArray } from '@neurite/core'
import { anObject, hostArray, show } from '@neurite/core/arguments'
import { equalRows, invalid, wrongShape } from '../check/errors.js'
import { FeatureMatrix } from './feature-matrix.js'

/** Arrays of equal row counts under names: features `x`, targets `y`, and whatever else goes with a row. */
export type Arrays = Readonly<Record<string, HostArray>>

/** The same names with other rows: matrices keep their column names, everything keeps its element type. */
export type RowsOf<T extends Arrays> = { [Name in keyof T]: T[Name] extends FeatureMatrix ? FeatureMatrix : ArrayData }

/**
 * The rows at `indices`, in that order, copied; the element type stays.
 *
 * @param array - whatever is [rows, ...] on the host: `{ shape, data }`, a FeatureMatrix, nested arrays
 * @param indices - each in [0, rows); an index may come more than once
 * @throws NeuriteError `INVALID_ARGUMENT` for an index that is no row, `SHAPE_MISMATCH` for a 0-d array
 * @example
 * ```ts
 * import { takeRows } from '@neurite/data'
 * const y = { shape: [4], data: Int32Array.of(10, 11, 12, 13) }
 * takeRows(y, [3, 0]).data // => [13, 10]
 * takeRows([[1, 2], [3, 4]], [1]) // => { shape: [1, 2], data: [3, 4] }
 * ```
 */
export function takeRows(array: FeatureMatrix, indices: ArrayLike<number>): FeatureMatrix
export function takeRows(array: HostArray, indices: ArrayLike<number>): ArrayData
export function takeRows(source: HostArray, indices: ArrayLike<number>): ArrayData {
  const array = withRows('takeRows: array', source)
  checkIndices('takeRows', indices, array.shape[0]!)
  const item = array.shape.slice(1)
  const size = sizeOf(item)
  const data = allocate(dtypeOf(array.data), indices.length * size)
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * size
    if (size === 1) data[i] = array.data[start]!
    else data.set(array.data.subarray(start, start + size), i * size)
  }
  if (array instanceof FeatureMatrix && data instanceof Float64Array) {
    return new FeatureMatrix(data, [indices.length, size], array.columns)
  }
  return { shape: [indices.length, ...item], data }
}

/** The rows at `indices` of every array. */
export function takeRowsOfAll<T extends Arrays>(arrays: T, indices: ArrayLike<number>): RowsOf<T> {
  const entries = Object.entries(arrays).map(([name, array]) => [name, takeRows(array, indices)] as const)
  // fromEntries forgets the names' types; each name keeps the kind of array it had.
  return Object.fromEntries(entries) as RowsOf<T>
}

/** @throws NeuriteError `INVALID_ARGUMENT` unless every index is one of the `rows` rows */
export function checkIndices(where: string, indices: ArrayLike<number>, rows: number): void {
  if (!Number.isInteger((indices as ArrayLike<number> | undefined)?.length))
    throw invalid(`${where}: indices must be an array of row numbers, got ${show(indices)}.`)
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    if (Number.isInteger(index) && index >= 0 && index < rows) continue
    throw invalid(`${where}: indices[${i}] is ${index}; there are ${rows} rows, numbered from 0.`, { index, rows })
  }
}

/**
 * The arrays as host data, read once, and the number of rows that all share.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` if the numbers of rows differ, `INVALID_ARGUMENT` for no arrays
 */
export function readArrays<T extends Arrays>(
  where: string,
  given: T,
): { readonly arrays: RowsOf<T>; readonly rows: number } {
  const entries = Object.entries(anObject(where, 'data', given) as T).map(
    ([name, array]) => [name, withRows(`${where}: '${name}'`, array)] as const,
  )
  if (entries.length === 0) throw invalid(`${where}: data has no arrays; expected { x, y }.`)
  const rows = equalRows(
    where,
    entries.map(([name, { shape }]) => [name, shape[0]!]),
  )
  return { arrays: Object.fromEntries(entries) as RowsOf<T>, rows }
}

function withRows(where: string, source: unknown): ArrayData {
  const array = hostArray(where, source)
  if (array.shape.length === 0) throw wrongShape(where, '[rows, ...], not 0-d', array.shape)
  return array
}
