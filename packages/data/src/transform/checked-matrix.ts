import { NeuriteError, type HostArray } from '@neurite/core'
import { aString, listOf, optional, readOptions, type Reader } from '@neurite/core/arguments'
import { columnName, toMatrix, type FeatureMatrix } from '../array/feature-matrix.js'
import { invalid, wrongShape } from '../check/errors.js'

/** The columns that `fit` saw. */
export interface FittedColumns {
  readonly columns: readonly string[] | undefined
  readonly width: number
}

/**
 * @param gaps - whether NaN is let through, for a missing value
 * @param nameOf - of a matrix, what a column is called
 * @throws NeuriteError `NON_FINITE` naming the first place
 */
export function checkFinite(
  where: string,
  data: Float64Array,
  gaps = false,
  width = 1,
  nameOf?: (column: number) => string,
): void {
  const i = data.findIndex((value) => !Number.isFinite(value) && !(gaps && Number.isNaN(value)))
  if (i < 0) return
  const column = i % width
  const row = (i - column) / width
  const place = nameOf === undefined ? '' : `, ${nameOf(column)}`
  const expected = gaps ? ', or NaN where a value is missing' : ''
  const message = `${where}: row ${row}${place} is ${data[i]}; expected a finite number${expected}.`
  throw new NeuriteError('NON_FINITE', message, { row, column, value: data[i] })
}

/**
 * `x` as a matrix of finite numbers, and of gaps where there may be any.
 *
 * @throws NeuriteError `NON_FINITE`, `SHAPE_MISMATCH`
 */
export function finiteMatrix(where: string, x: HostArray, gaps = false): FeatureMatrix {
  const matrix = toMatrix(where, x)
  const { data, shape, columns } = matrix
  checkFinite(where, data, gaps, shape[1], (j) => columnName(columns, j))
  return matrix
}

/** The same, with the columns that `fit` saw. */
export function fittedMatrix(where: string, x: HostArray, fit: FittedColumns, gaps = false): FeatureMatrix {
  const matrix = finiteMatrix(where, x, gaps)
  checkColumns(where, matrix.columns, matrix.shape, fit)
  return matrix
}

/**
 * Others, or the same in another order, give numbers that look right and are not.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` for another number of columns, `INVALID_ARGUMENT` for other names
 */
export function checkColumns(
  where: string,
  given: readonly string[] | undefined,
  shape: readonly number[],
  { columns, width }: FittedColumns,
): void {
  if ((shape[1] ?? 1) !== width) throw wrongShape(where, `[rows, ${width}], as in fit`, shape)
  const odd = (columns && given?.findIndex((name, j) => name !== columns[j])) ?? -1
  if (odd < 0) return
  const message = `${where}: column ${odd} is '${given?.[odd]}', in fit it was '${columns?.[odd]}'; pass the same columns in the same order.`
  throw invalid(message, { columns, given })
}

/** The names of columns, where there are any. */
export const someNames: Reader<readonly string[] | undefined> = (where, name, value) =>
  optional(listOf(aString))(where, name, value)

/**
 * What was learned of columns, from an object that anyone may have written: under each name a list with an item a column.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for lists that are empty or of different lengths, and what the readers throw
 */
export function readLists<L extends object>(
  where: string,
  json: object,
  readers: Readonly<Record<string, Reader<readonly unknown[]>>>,
): L {
  const lists = readOptions<object, object>(where, json, { columns: someNames, ...readers })
  const [columns, ...others] = Object.values<readonly unknown[] | undefined>({ ...lists })
  const width = others[0]?.length ?? 0
  // Each of L's lists was read by its reader.
  if (width > 0 && [columns ?? others[0], ...others].every((list) => list?.length === width)) return lists as L
  throw invalid(`${where}: what was learned has lists that are empty or of different lengths.`)
}
