import { NeuriteError } from '@neurite/core'
import { columnName, toMatrix, type FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { invalid, wrongShape } from '../check/errors.js'

/** Which values count as missing, where any may be. */
export type IsMissing = (value: unknown) => boolean

/**
 * `x` as a matrix of finite numbers and missing values.
 *
 * @throws NeuriteError `NON_FINITE` naming the first place, `SHAPE_MISMATCH`
 */
export function finiteMatrix(where: string, x: MatrixLike, isMissing?: IsMissing): FeatureMatrix {
  const matrix = toMatrix(where, x)
  const { data, shape, columns } = matrix
  const i = data.findIndex((value) => !Number.isFinite(value) && !isMissing?.(value))
  if (i < 0) return matrix
  const column = i % shape[1]
  const row = (i - column) / shape[1]
  const expected = isMissing ? ', or NaN where a value is missing' : ''
  const message = `${where}: row ${row}, ${columnName(columns, column)} is ${data[i]}; expected a finite number${expected}.`
  throw new NeuriteError('NON_FINITE', message, { row, column, value: data[i] })
}

/**
 * The same, with the columns that `fit` saw: others, or the same in another order, give numbers that look right and are not.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` for another number of columns, `INVALID_ARGUMENT` for other names
 */
export function fittedMatrix(
  where: string,
  x: MatrixLike,
  width: number,
  fitted: readonly string[] | undefined,
  isMissing?: IsMissing,
): FeatureMatrix {
  const matrix = finiteMatrix(where, x, isMissing)
  const { shape, columns: given } = matrix
  if (shape[1] !== width) throw wrongShape(where, `[rows, ${width}], as in fit`, shape)
  const odd = (fitted && given?.findIndex((name, j) => name !== fitted[j])) ?? -1
  if (odd < 0) return matrix
  const message = `${where}: column ${odd} is '${given?.[odd]}', in fit it was '${fitted?.[odd]}'; pass the same columns in the same order.`
  throw invalid(message, { fitted, given })
}
