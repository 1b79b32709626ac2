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
  /** Undefined where they came as a tensor that was not read. */
  readonly hostTargets: ArrayData['data'] | undefined
  readonly sampleWeights: ArrayData['data'] | undefined
  /** Made here, to be disposed by whoever asked. */
  readonly owned: readonly Tensor[]
}

/** Rows on a device. */
export interface PlacedRows extends CheckedRows {
  readonly x: Tensor
  readonly y: Tensor
}

/** A whole dataset, with its targets on the host as well. */
export interface Loaded extends Omit<CheckedRows, 'hostTargets'> {
  readonly targets: ArrayData
  readonly place: Place
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
  const { hostTargets, ...checked } = await checkRows(where, data, placement)
  const { backend, dtype } = placement
  let owned = checked.owned
  try {
    if (checked.sampleWeights?.every((weight) => weight === 0) === true)
      throw new NeuriteError('INVALID_ARGUMENT', `${where}: sampleWeights are all 0; at least one row must count.`)
    const { x, y } = checked
    const targets = { shape: y.shape, data: hostTargets ?? (isTensor(y) ? await y.data() : y.data) }
    const rest = { ...checked, targets, place: { backend, dtype } }
    // Features that are a tensor are on a device already, and targets go where features are.
    if (!isTensor(x) && x.data.byteLength + (isTensor(y) ? 0 : y.data.byteLength) > most)
      return { ...rest, y: isTensor(y) ? targets : y }
    const placed = placeChecked(checked, backend)
    owned = placed.owned
    return { ...rest, ...placed }
  } catch (error) {
    for (const own of owned) own.dispose()
    throw error
  }
}

/** Checks rows and puts them on the device, reading back as little as checks need. */
export async function placeRows(where: string, data: Dataset, placement: Placement): Promise<PlacedRows> {
  const checked = await checkRows(where, data, placement)
  return { ...checked, ...placeChecked(checked, placement.backend) }
}

/** Puts on the device what is not there. If it fails, nothing of it stays. */
export function placeChecked(
  { x, y, owned }: Pick<CheckedRows, 'x' | 'y' | 'owned'>,
  backend: Backend,
): Pick<PlacedRows, 'x' | 'y' | 'owned'> {
  const all = [...owned]
  const place = (part: Tensor | ArrayData): Tensor => {
    if (isTensor(part)) return part
    const made = tensor(part, { backend })
    all.push(made)
    return made
  }
  try {
    return { x: place(x), y: place(y), owned: all }
  } catch (error) {
    for (const own of all) own.dispose()
    throw error
  }
}

/** Checks rows, and gives them the dtypes that a step takes. */
export async function checkRows(where: string, data: Dataset, placement: Placement): Promise<CheckedRows> {
  const read = await readRows(where, data)
  if (read.rows === 0)
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: x has no rows; there is nothing to learn from.`)
  if (read.sampleWeights !== undefined) {
    checkFinite(`${where}: sampleWeights`, read.sampleWeights, placement.dtype)
    if (placement.loss !== undefined) checkWeighs(`${where}: sampleWeights`, placement.loss)
  }
  await checkFeatures(`${where}: x`, read.x, placement)
  const x = await checkArray(`${where}: x`, read.x, placement.dtype, placement.dtype)
  const given = await checkArray(`${where}: y`, read.y, targetDType(placement), placement.dtype)
  const y = asColumn(x, given, placement)
  const owned = isTensor(y) && y !== given ? [y] : []
  try {
    const check = placement.loss && labelCheck(placement.loss, placement.outputShape(x.shape.slice(1)).at(-1))
    // As they were given: to a number that float32 rounds, an error would say another.
    const hostTargets = isTensor(read.y) ? check && (await read.y.data()) : read.y.data
    if (hostTargets !== undefined) check?.(`${where}: y`, { shape: y.shape, data: hostTargets })
    return { rows: read.rows, x, y, hostTargets, sampleWeights: read.sampleWeights?.data, owned }
  } catch (error) {
    for (const own of owned) own.dispose()
    throw error
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
function asColumn(x: Tensor | ArrayData, y: Tensor | ArrayData, { loss, outputShape }: Placement): Tensor | ArrayData {
  if (y.shape.length !== 1 || loss?.targets === 'indices') return y
  const output = outputShape(x.shape.slice(1))
  if (output.length !== 1 || output[0] !== 1) return y
  const shape = [y.shape[0]!, 1]
  return isTensor(y) ? reshape(y, shape) : { shape, data: y.data }
}
