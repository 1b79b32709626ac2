import { formatShape, sizeOf, type ArrayData, type HostArray } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'
import { unequal, wrongShape } from '../check/errors.js'

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
    if (sizeOf(shape) !== data.length) {
      throw unequal('FeatureMatrix', data.length, 'elements', `the shape ${formatShape(shape)}`)
    }
    if (columns !== undefined && columns.length !== width) {
      throw unequal('FeatureMatrix', columns.length, 'names', `${width} columns`)
    }
    this.data = data
    this.shape = [rows, width]
    this.columns = columns
  }

  /**
   * A matrix from whatever is [rows, columns] on the host: rows of numbers, `{ shape, data }`, a table of numbers.
   *
   * @param columns - names; default: those of the source, if it has any
   * @throws NeuriteError `SHAPE_MISMATCH` for ragged rows or a shape that is not [rows, columns], `INVALID_ARGUMENT` for what is
   * no numbers
   */
  static from(source: HostArray, columns?: readonly string[]): FeatureMatrix {
    return toMatrix('FeatureMatrix.from', source, columns)
  }

  /** The numbers as an array of rows. */
  toArray(): number[][] {
    return Array.from({ length: this.shape[0] }, (_, i) => Array.from(rowOf(this, i)))
  }
}

/** The source as a float64 matrix; data that is float64 already is not copied. `where` names the caller in errors. */
export function toMatrix(where: string, source: unknown, columns?: readonly string[]): FeatureMatrix {
  const array = hostArray(`${where}: x`, source)
  if (array instanceof FeatureMatrix && columns === undefined) return array
  const { shape, data } = array
  // Without rows nothing says how many columns there are.
  const [rows, width] = shape.length === 1 && shape[0] === 0 ? [0, columns?.length ?? 0] : shape
  if (rows === undefined || width === undefined || shape.length > 2) {
    throw wrongShape(where, '[rows, columns], for a single feature [rows, 1]', shape)
  }
  return new FeatureMatrix(data instanceof Float64Array ? data : Float64Array.from(data), [rows, width], columns)
}

/** Zeros, to be written into. */
export function zeroMatrix(rows: number, columns: readonly string[]): FeatureMatrix {
  return new FeatureMatrix(new Float64Array(rows * columns.length), [rows, columns.length], columns)
}

/** Columns of equal length side by side. */
export function fromColumns(columns: readonly Float64Array[], names: readonly string[] | undefined): FeatureMatrix {
  const rows = columns[0]?.length ?? 0
  const width = columns.length
  const data = new Float64Array(rows * width)
  columns.forEach((column, j) => column.forEach((value, i) => (data[i * width + j] = value)))
  return new FeatureMatrix(data, [rows, width], names)
}

/** A row, not copied. */
export function rowOf({ data, shape: [, width] }: FeatureMatrix, i: number): Float64Array {
  return data.subarray(i * width, (i + 1) * width)
}

/** A column, copied: every value that many places after the one before. */
export function columnOf({ data, shape }: ArrayData, j: number): Float64Array {
  const [rows = 0, width = 1] = shape
  return Float64Array.from({ length: rows }, (_, i) => data[i * width + j]!)
}

/** A column in words: by its name, if it has one. */
export function columnName(columns: readonly string[] | undefined, j: number): string {
  return columns === undefined ? `column ${j}` : `column '${columns[j]}'`
}
