import {
  isFinite as isFiniteTensor,
  all,
  isTensor,
  NeuriteError,
  reshape,
  tensor,
  tidy,
  type ArrayData,
  type Backend,
  type Tensor,
} from '@neurite/core'
import type { Loss } from '@neurite/losses'
import { checkFinite } from '../host/finite.js'
import { toHost, type ArraySource, type HostArray } from '../host/to-host.js'

/** Rows to learn from, or to be judged on. */
export interface Dataset {
  /** Features, [rows, ...]. */
  readonly x: ArraySource
  /** Targets, [rows, ...] or [rows]. */
  readonly y: ArraySource
  /** How much each row counts, in the loss and in metrics: one number >= 0 a row. Default: 1 each. */
  readonly sampleWeights?: HostArray
}

/** A dataset on a device, with what the host needs to know of it. */
export interface Loaded {
  readonly rows: number
  readonly x: Tensor
  readonly y: Tensor
  /** The targets, for metrics. */
  readonly targets: ArrayData
  readonly sampleWeights: ArrayData['data'] | undefined
  /** Made here, to be disposed by whoever loaded. */
  readonly owned: readonly Tensor[]
}

/** Rows of a dataset on a device, as a step takes them. */
export type PlacedRows = Omit<Loaded, 'targets'> & { readonly hostTargets: ArrayData['data'] | undefined }

/** What decides how data is put on a device. */
export interface Placement {
  readonly backend: Backend
  readonly dtype: 'float32' | 'float64'
  readonly loss: Loss | undefined
  /** Of one example, as the model gives it. */
  readonly outputShape: (inputShape: readonly number[]) => readonly number[]
}

const DATASET_FIELDS: readonly string[] = ['x', 'y', 'sampleWeights']

/**
 * Checks a dataset and puts it on the device as a whole.
 *
 * @param where - names function and argument in errors: `fit: x`
 */
export async function load(where: string, data: Dataset, placement: Placement): Promise<Loaded> {
  checkFields(where, data)
  const { hostTargets, ...placed } = await placeRows(where, data, placement)
  try {
    if (placed.sampleWeights?.every((weight) => weight === 0) === true)
      throw new NeuriteError('INVALID_ARGUMENT', `${where}: sampleWeights are all 0; at least one row must count.`)
    return { ...placed, targets: { shape: placed.y.shape, data: hostTargets ?? (await placed.y.data()) } }
  } catch (error) {
    for (const own of placed.owned) own.dispose()
    throw error
  }
}

/** Checks rows and puts them on the device, without reading anything back. */
export async function placeRows(where: string, data: Dataset, placement: Placement): Promise<PlacedRows> {
  const owned: Tensor[] = []
  try {
    const x = await placeArray(`${where}: x`, data.x, placement, placement.dtype)
    if (x.owned) owned.push(x.tensor)
    const y = await placeArray(`${where}: y`, data.y, placement, targetDType(placement))
    if (y.owned) owned.push(y.tensor)
    const rows = rowsOf(`${where}: x`, x.tensor)
    const targetRows = rowsOf(`${where}: y`, y.tensor)
    if (rows !== targetRows) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${where}: x has ${rows} rows, y has ${targetRows}; give one target for each row.`,
        { x: x.tensor.shape, y: y.tensor.shape },
      )
    }
    if (rows === 0)
      throw new NeuriteError('INVALID_ARGUMENT', `${where}: x has no rows; there is nothing to learn from.`)
    const column = asColumn(x.tensor, y.tensor, placement)
    if (column !== y.tensor) owned.push(column)
    const sampleWeights =
      data.sampleWeights === undefined
        ? undefined
        : checkWeights(`${where}: sampleWeights`, data.sampleWeights, rows).data
    return { rows, x: x.tensor, y: column, hostTargets: y.host?.data, sampleWeights, owned }
  } catch (error) {
    for (const own of owned) own.dispose()
    throw error
  }
}

export function checkFields(where: string, data: Dataset): void {
  if (typeof data !== 'object' || data === null || isTensor(data) || Array.isArray(data)) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: the data must be { x, y }, got ${isTensor(data) ? 'a tensor' : Array.isArray(data) ? 'an array' : String(data)}.`,
    )
  }
  const unknown = Object.keys(data).find((name) => !DATASET_FIELDS.includes(name))
  if (unknown !== undefined) {
    throw new NeuriteError(
      'UNKNOWN_OPTION',
      `${where}: the data has an unknown field '${unknown}'; known: ${DATASET_FIELDS.join(', ')}.`,
      { option: unknown, allowed: DATASET_FIELDS },
    )
  }
  for (const name of ['x', 'y'] as const) {
    if (data[name] === undefined)
      throw new NeuriteError('INVALID_ARGUMENT', `${where}: the data has no ${name}; give { x, y }.`)
  }
}

/** Class indices stay whole numbers; all other targets are compared with predictions, so they get the predictions' dtype. */
function targetDType({ loss, dtype }: Placement): 'int32' | 'float32' | 'float64' | undefined {
  if (loss?.kind === 'sparseCrossEntropy') return 'int32'
  return loss?.kind === undefined ? undefined : dtype
}

/** An array on the device. */
export interface Placed {
  readonly tensor: Tensor
  readonly host: ArrayData | undefined
  readonly owned: boolean
}

/** Features alone, checked and on the device. */
export function placeFeatures(
  where: string,
  x: ArraySource,
  place: Pick<Placement, 'backend' | 'dtype'>,
): Promise<Placed> {
  return placeArray(where, x, place, place.dtype)
}

/** @param wanted - undefined keeps int32 and makes anything else the model's dtype */
async function placeArray(
  where: string,
  source: ArraySource,
  { backend, dtype }: Pick<Placement, 'backend' | 'dtype'>,
  wanted: 'int32' | 'float32' | 'float64' | undefined,
): Promise<Placed> {
  if (isTensor(source)) {
    await checkFiniteTensor(where, source)
    return { tensor: source, host: undefined, owned: false }
  }
  const host = toHost(where, source)
  checkFinite(where, host)
  const target = wanted ?? (host.data instanceof Int32Array ? 'int32' : dtype)
  if (target === 'int32') checkWhole(where, host)
  return { tensor: tensor(host, { dtype: target, backend }), host, owned: true }
}

async function checkFiniteTensor(where: string, source: Tensor): Promise<void> {
  if (source.dtype !== 'float32' && source.dtype !== 'float64') return
  const verdict = tidy(() => all(isFiniteTensor(source)))
  const finite = (await verdict.item()) !== 0
  verdict.dispose()
  if (!finite) checkFinite(where, { shape: source.shape, data: await source.data() })
}

function checkWhole(where: string, { data }: ArrayData): void {
  const row = data.findIndex((value) => !Number.isInteger(value))
  if (row < 0) return
  const message = `${where}: this loss takes class indices, whole numbers from 0, but row ${row} is ${data[row]}; for one-hot rows use crossEntropy.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { row, value: data[row] })
}

function rowsOf(where: string, { shape }: Tensor): number {
  const [rows] = shape
  if (rows === undefined)
    throw new NeuriteError('SHAPE_MISMATCH', `${where} is a single number; expected shape [rows, ...].`)
  return rows
}

/**
 * Targets of shape [rows] as [rows, 1] where the model's outputs are that: against [rows] they would broadcast to a
 * [rows, rows] table of differences.
 */
function asColumn(x: Tensor, y: Tensor, { loss, outputShape }: Placement): Tensor {
  if (y.rank !== 1 || loss?.kind === 'sparseCrossEntropy') return y
  const output = outputShape(x.shape.slice(1))
  return output.length === 1 && output[0] === 1 ? reshape(y, [y.size, 1]) : y
}

/** One finite number >= 0 a row. */
export function checkWeights(where: string, weights: HostArray, rows: number): ArrayData {
  const { shape, data } = toHost(where, weights)
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
