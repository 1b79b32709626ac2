import { NeuriteError, sizeOf, type ArrayData } from '@neurite/core'

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
      const message = `FeatureMatrix: ${columns.length} names for ${width} columns; give one a column.`
      throw new NeuriteError('SHAPE_MISMATCH', message, { shape, columns })
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
    const [rows, width] = this.shape
    return Array.from({ length: rows }, (_, i) => Array.from(this.data.subarray(i * width, (i + 1) * width)))
  }
}

/** A view of the source as a float64 matrix; data that is one already is not copied. `where` names the caller in errors. */
export function toMatrix(where: string, source: MatrixLike, columns?: readonly string[]): FeatureMatrix {
  if (isRows(source)) return fromRows(where, source, columns)
  if (source instanceof FeatureMatrix && columns === undefined) return source
  const [rows, width] = source.shape
  if (rows === undefined || width === undefined || source.shape.length !== 2) {
    const message = `${where}: expected a matrix of shape [rows, columns], got shape [${source.shape.join(', ')}]; a single feature has shape [rows, 1].`
    throw new NeuriteError('SHAPE_MISMATCH', message, { shape: source.shape })
  }
  checkFilled(where, source)
  const data = source.data instanceof Float64Array ? source.data : Float64Array.from(source.data)
  return new FeatureMatrix(data, [rows, width], columns ?? namesOf(source))
}

/** @throws NeuriteError `SHAPE_MISMATCH` unless the data holds as many elements as the shape says */
export function checkFilled(where: string, { shape, data }: ArrayData): void {
  if (sizeOf(shape) === data.length) return
  const message = `${where}: the shape [${shape.join(', ')}] holds ${sizeOf(shape)} elements, the data has ${data.length}.`
  throw new NeuriteError('SHAPE_MISMATCH', message, { shape, length: data.length })
}

function isRows(source: MatrixLike): source is readonly (readonly number[])[] {
  return Array.isArray(source)
}

function fromRows(where: string, rows: readonly (readonly number[])[], columns?: readonly string[]): FeatureMatrix {
  const width = rows[0]?.length ?? columns?.length ?? 0
  const data = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== width) {
      const got = Array.isArray(row) ? `${row.length} numbers` : typeof row
      throw new NeuriteError('SHAPE_MISMATCH', `${where}: row ${i} has ${got}, the first row has ${width}.`, { row: i })
    }
    data.set(row, i * width)
  })
  return new FeatureMatrix(data, [rows.length, width], columns)
}

function namesOf(source: ArrayData): readonly string[] | undefined {
  return source instanceof FeatureMatrix ? source.columns : undefined
}
