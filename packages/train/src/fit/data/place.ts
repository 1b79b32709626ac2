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
import { asDType } from './host.js'
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

/** Rows that were checked: tensors as they came, all else in typed arrays of the dtypes that a step takes. */
export interface CheckedRows {
  readonly rows: number
  readonly x: Tensor | ArrayData
  readonly y: Tensor | ArrayData
  /** The shape that y gets where the model gives one number a row; else its own. */
  readonly targetShape: readonly number[]
  /** Undefined where they came as a tensor that was not read. */
  readonly hostTargets: ArrayData['data'] | undefined
  readonly sampleWeights: ArrayData['data'] | undefined
}

/** Rows on a device. */
export interface PlacedRows {
  readonly x: Tensor
  readonly y: Tensor
  /** Made here, to be disposed by whoever asked. */
  readonly owned: readonly Tensor[]
}

/** A whole dataset, with its targets on the host as well. */
export interface Loaded {
  readonly rows: number
  /** Both on the device, or both on the host. */
  readonly x: Tensor | ArrayData
  readonly y: Tensor | ArrayData
  readonly sampleWeights: ArrayData['data'] | undefined
  readonly targets: ArrayData
  readonly place: Place
  /** Made here, to be disposed by whoever asked. */
  readonly owned: readonly Tensor[]
}

/**
 * How many bytes of a dataset are put on the device at once, unless the caller says otherwise: as much as the largest buffer that every WebGPU
 * device has (maxBufferSize in the specification). MNIST as float32 takes 180 MiB, CIFAR-10 586 MiB.
 */
export const MAX_BYTES_ON_DEVICE = 256 * 2 ** 20

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
 * Checks a dataset and puts it on the device as a whole, or leaves it on the host where it is larger than `most` bytes.
 *
 * @param where - names the function in errors: `fit`
 */
export async function load(
  where: string,
  data: Dataset,
  placement: Placement,
  most = MAX_BYTES_ON_DEVICE,
): Promise<Loaded> {
  const checked = await checkRows(where, data, placement)
  const { rows, x, y, sampleWeights } = checked
  if (sampleWeights?.every((weight) => weight === 0) === true)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: sampleWeights are all 0; at least one row must count.`)
  const { backend, dtype } = placement
  const targets = await targetsOf(checked)
  const about = { rows, sampleWeights, targets, place: { backend, dtype } }
  // Features that are a tensor are on a device already, and targets go where features are.
  if (!isTensor(x) && x.data.byteLength + (isTensor(y) ? 0 : y.data.byteLength) > most)
    return { ...about, x, y: isTensor(y) ? targets : y, owned: [] }
  return { ...about, ...placeRows(checked, backend) }
}

/** The targets on the host, where they may have to be read. */
export async function targetsOf({ y, targetShape, hostTargets }: CheckedRows): Promise<ArrayData> {
  return { shape: targetShape, data: hostTargets ?? (isTensor(y) ? await y.data() : y.data) }
}

/** Puts on the device what is not there. If it fails, nothing of it stays. */
export function placeRows({ x, y, targetShape }: CheckedRows, backend: Backend): PlacedRows {
  const owned: Tensor[] = []
  const own = (made: Tensor): Tensor => {
    owned.push(made)
    return made
  }
  const place = (part: Tensor | ArrayData): Tensor => (isTensor(part) ? part : own(tensor(part, { backend })))
  try {
    const placed = { x: place(x), y: place(y) }
    if (placed.y.rank !== targetShape.length) placed.y = own(reshape(placed.y, targetShape))
    return { ...placed, owned }
  } catch (error) {
    for (const own of owned) own.dispose()
    throw error
  }
}

/** Checks rows, and gives them the dtypes that a step takes. */
export async function checkRows(where: string, data: Dataset, placement: Placement): Promise<CheckedRows> {
  const read = await readRows(where, data)
  if (read.rows === 0) throw new NeuriteError('INVALID_ARGUMENT', `${where}: x has no rows; give at least one.`)
  if (read.sampleWeights !== undefined) {
    checkFinite(`${where}: sampleWeights`, read.sampleWeights, placement.dtype)
    if (placement.loss !== undefined) checkWeighs(`${where}: sampleWeights`, placement.loss)
  }
  await checkFeatures(`${where}: x`, read.x, placement)
  const x = await checkArray(`${where}: x`, read.x, placement.dtype, placement.dtype)
  const y = await checkArray(`${where}: y`, read.y, targetDType(placement), placement.dtype)
  const targetShape = targetShapeOf(x.shape, y.shape, placement)
  const check = placement.loss && labelCheck(placement.loss, placement.outputShape(x.shape.slice(1)).at(-1))
  // As they were given: of a number that float32 rounds, an error would say another.
  const hostTargets = isTensor(read.y) ? check && (await read.y.data()) : read.y.data
  if (hostTargets !== undefined) check?.(`${where}: y`, { shape: targetShape, data: hostTargets })
  return {
    ...{ rows: read.rows, x, targetShape, hostTargets, sampleWeights: read.sampleWeights?.data },
    y: isTensor(y) ? y : { shape: targetShape, data: y.data },
  }
}

/** Features alone, checked, and of the dtype that the model takes. */
export async function readFeatures(where: string, x: ArraySource, features: Features): Promise<Tensor | ArrayData> {
  const read = isTensor(x) ? x : await readArray(where, x)
  await checkFeatures(where, read, features)
  return checkArray(where, read, features.dtype, features.dtype)
}

async function checkFeatures(where: string, x: Tensor | ArrayData, { indices }: Features): Promise<void> {
  if (indices !== undefined) checkIndices(where, isTensor(x) ? await x.toHost() : x, indices)
}

/** Undefined keeps int32 and makes anything else the model's dtype. */
type Wanted = 'int32' | 'float32' | 'float64' | undefined

async function checkArray(
  where: string,
  source: Tensor | ArrayData,
  wanted: Wanted,
  dtype: Precision,
): Promise<Tensor | ArrayData> {
  if (isTensor(source)) {
    await checkFiniteTensor(where, source)
    return source
  }
  const target = wanted ?? (source.data instanceof Int32Array ? 'int32' : dtype)
  checkFinite(where, source, target === 'int32' ? undefined : target)
  if (target === 'int32') checkWhole(where, source)
  return { shape: source.shape, data: asDType(source.data, target) }
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
function targetShapeOf(
  x: readonly number[],
  y: readonly number[],
  { loss, outputShape }: Placement,
): readonly number[] {
  if (y.length !== 1 || loss?.targets === 'indices') return y
  const output = outputShape(x.slice(1))
  return output.length === 1 && output[0] === 1 ? [...y, 1] : y
}
