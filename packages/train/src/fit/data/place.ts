import {
  isFinite as isFiniteTensor,
  all,
  defaultBackend,
  isTensor,
  NeuriteError,
  reshape,
  tensor,
  tensorsIn,
  tidy,
  type ArrayData,
  type ArraySource,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { readArray } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import { checkIndices } from '@neurite/nn'
import { readRows, type Dataset } from './dataset.js'
import { checkFinite, type Precision } from './finite.js'
import { labelCheck } from './labels.js'
import { checkWeighs } from './loss.js'

/** Where features go, and in which precision. */
export interface Features extends Place {
  /** How many things they are indices of, where the model takes indices. */
  readonly indices: number | undefined
}

/** Where a run takes place, and in which precision. */
export interface Place {
  readonly backend: Backend
  readonly dtype: Precision
}

/** What decides how rows are put on a device. */
export interface Placement extends Features {
  readonly loss: Loss | undefined
  /** Of one example, as the model gives it. */
  readonly outputShape: (inputShape: readonly number[]) => readonly number[]
}

/** Rows on a device, as a step takes them. */
export interface PlacedRows {
  readonly rows: number
  readonly x: Tensor
  readonly y: Tensor
  /** Undefined where they came as a tensor that was not read. */
  readonly hostTargets: ArrayData['data'] | undefined
  readonly sampleWeights: ArrayData['data'] | undefined
  /** Made here, to be disposed by whoever asked. */
  readonly owned: readonly Tensor[]
}

/** A whole dataset on a device, with its targets on the host as well. */
export interface Loaded extends Omit<PlacedRows, 'hostTargets'> {
  readonly targets: ArrayData
}

/** What is given decides where a run takes place, else tensors, else the default. */
export function placeOf(
  where: string,
  {
    backend,
    dtype,
    params,
  }: {
    readonly backend?: Backend | undefined
    readonly dtype?: 'float32' | 'float64' | undefined
    readonly params?: Tree | undefined
  },
  data: Partial<Dataset>,
): Place {
  const weights = params === undefined ? [] : tensorsIn(params)
  const given = [...weights, data?.x, data?.y].find((value) => isTensor(value))
  const floating = weights.map((leaf) => leaf.dtype).find((kind) => kind === 'float32' || kind === 'float64')
  if (dtype !== undefined && floating !== undefined && dtype !== floating) {
    throw new NeuriteError(
      'DTYPE_MISMATCH',
      `${where}: dtype is ${dtype}, but params are ${floating}; leave dtype out, or cast the params.`,
      { dtype, params: floating },
    )
  }
  return {
    backend: backend ?? (isTensor(given) ? given.backend : defaultBackend()),
    dtype: dtype ?? floating ?? 'float32',
  }
}

/**
 * Checks a dataset and puts it on the device as a whole.
 *
 * @param where - names the function in errors: `fit`
 */
export async function load(where: string, data: Dataset, placement: Placement): Promise<Loaded> {
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

/** Checks rows and puts them on the device, reading back as little as checks need. */
export async function placeRows(where: string, data: Dataset, placement: Placement): Promise<PlacedRows> {
  const read = await readRows(where, data)
  if (read.rows === 0)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: x has no rows; there is nothing to learn from.`)
  if (read.sampleWeights !== undefined) {
    checkFinite(`${where}: sampleWeights`, read.sampleWeights, placement.dtype)
    if (placement.loss !== undefined) checkWeighs(`${where}: sampleWeights`, placement.loss)
  }
  await checkFeatures(`${where}: x`, read.x, placement)
  const owned: Tensor[] = []
  const place = async (name: 'x' | 'y', wanted: Wanted): Promise<Tensor> => {
    const placed = await placeArray(`${where}: ${name}`, read[name], placement, wanted)
    if (placed.owned) owned.push(placed.tensor)
    return placed.tensor
  }
  try {
    const x = await place('x', placement.dtype)
    const given = await place('y', targetDType(placement))
    const y = asColumn(x, given, placement)
    if (y !== given) owned.push(y)
    const check = placement.loss && labelCheck(placement.loss, placement.outputShape(x.shape.slice(1)).at(-1))
    const hostTargets = isTensor(read.y) ? check && (await y.data()) : read.y.data
    if (hostTargets !== undefined) check?.(`${where}: y`, { shape: y.shape, data: hostTargets })
    return { rows: read.rows, x, y, hostTargets, sampleWeights: read.sampleWeights?.data, owned }
  } catch (error) {
    for (const own of owned) own.dispose()
    throw error
  }
}

/** An array on the device. */
export interface Placed {
  readonly tensor: Tensor
  readonly owned: boolean
}

/** Features alone, checked and on the device. */
export async function placeFeatures(where: string, x: ArraySource, features: Features): Promise<Placed> {
  const read = isTensor(x) ? x : await readArray(where, x)
  await checkFeatures(where, read, features)
  return placeArray(where, read, features, features.dtype)
}

async function checkFeatures(where: string, x: Tensor | ArrayData, { indices }: Features): Promise<void> {
  if (indices !== undefined) checkIndices(where, isTensor(x) ? await x.toHost() : x, indices)
}

/** Undefined keeps int32 and makes anything else the model's dtype. */
type Wanted = 'int32' | 'float32' | 'float64' | undefined

async function placeArray(
  where: string,
  source: ArraySource,
  { backend, dtype }: Place,
  wanted: Wanted,
): Promise<Placed> {
  if (isTensor(source)) {
    await checkFiniteTensor(where, source)
    return { tensor: source, owned: false }
  }
  const host = await readArray(where, source)
  const target = wanted ?? (host.data instanceof Int32Array ? 'int32' : dtype)
  checkFinite(where, host, target === 'int32' ? undefined : target)
  if (target === 'int32') checkWhole(where, host)
  return { tensor: tensor(host, { dtype: target, backend }), owned: true }
}

async function checkFiniteTensor(where: string, source: Tensor): Promise<void> {
  if (source.dtype !== 'float32' && source.dtype !== 'float64') return
  const verdict = tidy(() => all(isFiniteTensor(source)))
  const finite = (await verdict.item()) !== 0
  verdict.dispose()
  if (!finite) checkFinite(where, await source.toHost())
}

/** Class indices stay whole numbers; all other targets are compared with predictions, so they get the predictions' dtype. */
function targetDType({ loss, dtype }: Placement): Wanted {
  const targets = loss?.targets
  return targets === 'indices' ? 'int32' : targets && dtype
}

function checkWhole(where: string, { shape, data }: ArrayData): void {
  const at = data.findIndex((value) => !Number.isInteger(value))
  if (at < 0) return
  const row = Math.floor((at * shape[0]!) / data.length)
  const message = `${where}: this loss takes class indices, whole numbers from 0, but row ${row} has ${data[at]}; for one-hot rows use crossEntropy.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { row, value: data[at] })
}

/**
 * Targets of shape [rows] as [rows, 1] where the model's outputs are that: against [rows] they would broadcast to a
 * [rows, rows] table of differences.
 */
function asColumn(x: Tensor, y: Tensor, { loss, outputShape }: Placement): Tensor {
  if (y.rank !== 1 || loss?.targets === 'indices') return y
  const output = outputShape(x.shape.slice(1))
  return output.length === 1 && output[0] === 1 ? reshape(y, [y.size, 1]) : y
}
