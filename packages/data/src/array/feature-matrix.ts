import { formatShape, sizeOf, type ArrayData } from '@neurite/core'
import { mustBe, unequal, wrongShape } from '../check/errors.js'

/** What a transformer takes as a matrix: host data of shape [rows, columns], or an array of rows. */
export type MatrixLike = ArrayData | readonly (readonly number[])[]

/**
 * A float64 matrix on the host, [rows, columns], row-major, that remembers what its columns are called. It is an
 * `ArrayData`: `tensor(matrix)` and `fit(model, { x: matrix, ... })` take it as it is.
 *
 * @example
 * ```ts
 * import { FeatureMatrix } from '@neurite/data'
 * const x = FeatureMatrix.from([[180, 75], [165, 60]], ['height', 'weight'])
 * x.shape // => [2, 2]
 * x.columns // => ['height', 'weight']
 * x.toArray() // => [[180, 75], [165, 60]]
 * ```
 */
export class FeatureMatrix implements ArrayData {
  readonly shape: readonly [rows: number, columns: number]
  readonly data: Float64Array
  /** One name a column, or undefined where the data came without names. */
  readonly columns: readonly string[] | undefined

  /**
   * @param data - row-major, rows * columns long; kept, not copied
   * @throws NeuriteError `SHAPE_MISMATCH` if the data does not fill the shape or the names are not one a column
   */
  constructor(data: Float64Array, shape: readonly [rows: number, columns: number], columns?: readonly string[]) {
    const [rows, width] = shape
    checkFilled('FeatureMatrix', { shape, data })
    if (columns !== undefined && columns.length !== width) {
      throw unequal('FeatureMatrix', columns.length, 'names', `${width} columns`)
    }
    this.data = data
    this.shape = [rows, width]
    this.columns = columns
  }

  /**
   * A matrix from rows of numbers or from host data of shape [rows, columns].
   *
   * @param columns - names; default: those of the source, if it is a FeatureMatrix
   * @throws NeuriteError `SHAPE_MISMATCH` for ragged rows or a shape that is not [rows, columns]
   */
  static from(source: MatrixLike, columns?: readonly string[]): FeatureMatrix {
    return toMatrix('FeatureMatrix.from', source, columns)
  }

  /** The numbers as an array of rows. */
  toArray(): number[][] {
    return Array.from({ length: this.shape[0] }, (_, i) => Array.from(rowOf(this, i)))
  }
}

/** A view of the source as a float64 matrix; data that is one already is not copied. `where` names the caller in errors. */
export function toMatrix(where: string, source: MatrixLike, columns?: readonly string[]): FeatureMatrix {
  if (!('shape' in source)) return fromRows(where, source, columns)
  if (source instanceof FeatureMatrix && columns === undefined) return source
  const [rows, width] = source.shape
  if (rows === undefined || width === undefined || source.shape.length !== 2) {
    throw wrongShape(where, '[rows, columns], for a single feature [rows, 1]', source.shape)
  }
  checkFilled(where, source)
  const data = source.data instanceof Float64Array ? source.data : Float64Array.from(source.data)
  return new FeatureMatrix(data, [rows, width], columns)
}

/** @throws NeuriteError `SHAPE_MISMATCH` unless the data holds as many elements as the shape says */
export function checkFilled(where: string, { shape, data }: ArrayData): void {
  if (sizeOf(shape) === data.length) return
  throw unequal(where, data.length, 'elements', `the shape ${formatShape(shape)}`)
}

/** Zeros, to be written into. */
export function zeroMatrix(rows: number, columns: readonly string[]): FeatureMatrix {
  return new FeatureMatrix(new Float64Array(rows * columns.length), [rows, columns.length], columns)
}

/** A row, not copied. */
export function rowOf({ data, shape: [, width] }: FeatureMatrix, i: number): Float64Array {
  return data.subarray(i * width, (i + 1) * width)
}

/** A column in words: by its name, if it has one. */
export function columnName(columns: readonly string[] | undefined, j: number): string {
  return columns === undefined ? `column ${j}` : `column '${columns[j]}'`
}

function fromRows(where: string, rows: readonly (readonly number[])[], columns?: readonly string[]): FeatureMatrix {
  const width = rows[0]?.length ?? columns?.length ?? 0
  const data = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    if (!Array.isArray(row)) throw mustBe(where, `row ${i}`, 'an array of numbers', row)
    if (row.length !== width) throw unequal(`${where}: row ${i}`, row.length, 'numbers', `${width} columns`)
    data.set(row, i * width)
  })
  return new FeatureMatrix(data, [rows.length, width], columns)
}
