import { isTensor, NeuriteError, sizeOf, type ArrayData, type ArraySource, type Tensor } from '@neurite/core'
import { anObject, asGiven, mustBe, readArray, readOptions, type Reader } from '@neurite/core/arguments'
import { checkFinite } from './finite.js'

/** Rows to learn from, or to be judged on. */
export interface Dataset {
  /** Features, [rows, ...]. */
  readonly x: ArraySource
  /** Targets, [rows, ...] or [rows]. */
  readonly y: ArraySource
  /** How much each row counts, in the loss and in metrics: one number >= 0 a row. Default: 1 each. */
  readonly sampleWeights?: ArraySource
}

/** A dataset that was read: numbers on a device or in typed arrays, with as many targets and weights as rows. */
export interface Rows extends Dataset {
  /** Names it in errors: `fit: batch 3 of epoch 0`. */
  readonly where: string
  readonly rows: number
  readonly x: Tensor | ArrayData
  readonly y: Tensor | ArrayData
  readonly sampleWeights?: ArrayData
}

/**
 * The one reading of what a user gives as rows.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, `SHAPE_MISMATCH`; `NON_FINITE` for weights
 */
export async function readRows(where: string, data: Dataset): Promise<Rows> {
  if (isTensor(data)) throw mustBe(where, 'the data', '{ x, y }', data)
  anObject(where, 'the data, { x, y },', data)
  const given = readOptions(where, data, {
    x: columns,
    y: columns,
    sampleWeights: asGiven<ArraySource | undefined>,
  })
  const x = await readColumns(`${where}: x`, given.x)
  const y = await readColumns(`${where}: y`, given.y)
  const rows = x.shape[0]!
  if (rows !== y.shape[0] || (rows > 0 && sizeOf(y.shape) === 0)) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: x has ${rows} rows, y has ${sizeOf(y.shape) === 0 ? 'no numbers' : y.shape[0]}; give one target for each row.`,
      { x: x.shape, y: y.shape },
    )
  }
  if (given.sampleWeights === undefined) return { where, rows, x, y }
  return { where, rows, x, y, sampleWeights: await readWeights(`${where}: sampleWeights`, given.sampleWeights, rows) }
}

const columns: Reader<ArraySource> = (where, name, value) => {
  if (value === undefined)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: the data has no ${name}; give { x, y }.`)
  return value as ArraySource
}

/** Names of classes, or rows that begin with text. */
function isText(source: unknown): boolean {
  if (!Array.isArray(source)) return false
  const first: unknown = Array.isArray(source[0]) ? source[0][0] : source[0]
  return typeof first === 'string'
}

async function readColumns(where: string, source: ArraySource): Promise<Tensor | ArrayData> {
  if (isText(source)) {
    const way = where.endsWith('y') ? 'labelEncoder' : 'oneHotEncoder'
    throw new NeuriteError('INVALID_ARGUMENT', `${where} is text; make it numbers, as ${way} of @neurite/data does.`)
  }
  const array = isTensor(source) ? source : await readArray(where, source)
  if (array.shape.length === 0)
    throw new NeuriteError('SHAPE_MISMATCH', `${where} is a single number; expected shape [rows, ...].`)
  return array
}

/** One finite number >= 0 a row. */
async function readWeights(where: string, weights: ArraySource, rows: number): Promise<ArrayData> {
  const { shape, data } = await readArray(where, weights)
  if (data.length !== rows) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where} has shape [${shape.join(', ')}]; expected one weight for each of the ${rows} rows.`,
      { shape, rows },
    )
  }
  checkFinite(where, { shape: [rows], data })
  const negative = data.findIndex((weight) => weight < 0)
  if (negative >= 0)
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: row ${negative} has weight ${data[negative]}; weights are >= 0.`,
      { row: negative },
    )
  return { shape: [rows], data }
}
