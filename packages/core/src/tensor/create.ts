import { aDType, aNumber, asGiven, number, optional, or, readOptions, whole } from '../arguments/index.js'
import { hostArray, type HostArray } from '../arguments/host.js'
import { apply, checkCapability } from '../apply.js'
import { aBackend, defaultBackend } from '../backend/default.js'
import type { Backend } from '../backend/v1.js'
import { checkArgument, NeuriteError } from '../errors/index.js'
import { activeTrace, withTrace } from '../program/active-trace.js'
import type { Key } from '../random/key.js'
import { checkShape, formatShape, sizeOf } from '../shape/index.js'
import { allocate, dtypeOf, type DType, type TensorSpec, type TypedArray } from './dtype.js'
import { tidy } from './scope.js'
import { StorageRef } from './storage-ref.js'
import { Tensor } from './tensor.js'
import { isKey, isTensor } from './tree.js'
import * as primitive from '../primitive/index.js'
import { checkDTypes, checkNumber } from '../primitive/rule.js'

/** Where a new tensor lives, and what it holds. */
export interface CreationOptions {
  /** Default: float32 (bool for booleans; a typed array's own). */
  readonly dtype?: DType
  /** Default: the one set with `setDefaultBackend`. */
  readonly backend?: Backend
}

/** Readers of {@link CreationOptions}. */
const CREATION = /* @__PURE__ */ (() => ({ dtype: or('float32', aDType), backend: optional(aBackend) }))()

// Made once: trainings make a tensor at each step.
const readers = /* @__PURE__ */ (() => ({
  dtype: optional(aDType),
  backend: optional(aBackend),
  shape: optional(asGiven<readonly number[]>),
}))()

/**
 * A tensor from a number, nested arrays, a typed array, or host data with a shape. To another dtype, numbers go as {@link cast} takes
 * them: int32 truncates, keeps to its range, and makes NaN 0.
 *
 * @param value - nested arrays must be regular: every row of one length
 * @param options - see {@link CreationOptions}, and `shape` to fold flat data into
 * @throws NeuriteError `SHAPE_MISMATCH` for ragged arrays or data that does not fill the shape, `INVALID_ARGUMENT` for other
 * values, `NO_DEFAULT_BACKEND`, `NOT_SUPPORTED` if the backend lacks the dtype
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 * tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype // => 'int32'
 * tensor([true, false]).dtype // => 'bool'
 * ```
 */
export function tensor(
  value: HostArray,
  options: CreationOptions & { readonly shape?: readonly number[] } = {},
): Tensor {
  const given = readOptions('tensor', options, readers)
  checkArgument(
    !isTensor(value),
    () => 'tensor: the value is a tensor already; use cast for another dtype, moveTo for another backend.',
  )
  const source = hostArray('tensor: value', value)
  const shape = given.shape ?? source.shape
  checkShape('tensor', shape)
  if (sizeOf(shape) !== source.data.length) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `tensor: the shape ${formatShape(shape)} holds ${sizeOf(shape)} elements, the data has ${source.data.length}.`,
      { shape, length: source.data.length },
    )
  }
  // Numbers written out are float64 on the host, and float32 as a tensor.
  const written = typeof value !== 'object' || Array.isArray(value)
  const dtype = given.dtype ?? (written && source.data instanceof Float64Array ? 'float32' : dtypeOf(source.data))
  if (given.dtype === undefined && source.data instanceof Uint8Array) checkBytes(source.data)
  const backend = given.backend ?? activeTrace()?.backend ?? defaultBackend()
  checkCapability(backend, 'tensor', { shape, dtype })
  return upload(convert(source.data, dtype), { shape, dtype }, backend)
}

/** A tensor of data that fits its spec, on a backend that has its dtype. */
export function upload(data: TypedArray, spec: TensorSpec, backend: Backend): Tensor {
  // Data is concrete even inside a trace, where the tensor becomes a hidden input.
  return withTrace(
    undefined,
    () =>
      new Tensor(
        { shape: [...spec.shape], dtype: spec.dtype },
        backend,
        new StorageRef(backend, backend.upload(data, spec)),
      ),
  )
}

/** Bytes are bools unless a dtype is given; pixels must not become truth values unnoticed. */
function checkBytes(data: Uint8Array): void {
  const at = data.findIndex((byte) => byte > 1)
  checkArgument(
    at < 0,
    () =>
      `tensor: a Uint8Array makes a bool tensor, of 0 and 1, but element ${at} is ${data[at]}; pass { dtype: 'float32' } or { dtype: 'int32' } to read it as numbers.`,
    { at },
  )
}

function convert(data: TypedArray | readonly number[], dtype: DType): TypedArray {
  if (dtype !== 'bool' && !Array.isArray(data) && dtypeOf(data as TypedArray) === dtype) return data as TypedArray
  const result = allocate(dtype, data.length)
  if (dtype === 'bool') for (let i = 0; i < data.length; i++) result[i] = data[i] === 0 ? 0 : 1
  // What a typed array does by itself would wrap: 2^32 + 1 became 1.
  else if (dtype === 'int32')
    for (let i = 0; i < data.length; i++) result[i] = Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, data[i]!))
  else result.set(data)
  return result
}

/**
 * A tensor of `shape` with every element `value`.
 *
 * @param options - `dtype`, default float32; `backend`
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no shape, or a value that the dtype cannot hold;
 * `NO_DEFAULT_BACKEND`, `NOT_SUPPORTED`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { full } from '@neurite/core'
 * await full([2, 2], 7, { dtype: 'int32' }).toArray() // => [[7, 7], [7, 7]]
 * ```
 */
export function full(shape: readonly number[], value: number, options: CreationOptions = {}): Tensor {
  const { dtype, backend } = readOptions('full', options, CREATION)
  checkShape('full', shape)
  aNumber('full', 'value', value)
  checkNumber('full', value, dtype)
  return apply(primitive.full, [], { shape: [...shape], value, dtype }, backend)
}

/**
 * Zeros of `shape`; options and errors as in {@link full}.
 *
 * @example
 * ```ts
 * import { zeros } from '@neurite/core'
 * await zeros([3]).toArray() // => [0, 0, 0]
 * ```
 */
export function zeros(shape: readonly number[], options: CreationOptions = {}): Tensor {
  return full(shape, 0, options)
}

/**
 * Ones of `shape`; options and errors as in {@link full}.
 *
 * @example
 * ```ts
 * import { ones } from '@neurite/core'
 * await ones([2], { dtype: 'bool' }).toArray() // => [true, true]
 * ```
 */
export function ones(shape: readonly number[], options: CreationOptions = {}): Tensor {
  return full(shape, 1, options)
}

/**
 * Numbers from `start` (default 0) up to but without `stop`, `step` apart: `arange(stop)` or `arange(start, stop, options)`.
 *
 * @param options - `step`, default 1, may be negative; `dtype`, default float32; `backend`
 * @throws NeuriteError `INVALID_ARGUMENT` for numbers that are not finite, a step of 0, or numbers that the dtype cannot hold
 * @example
 * ```ts
 * import { arange } from '@neurite/core'
 * await arange(4).toArray() // => [0, 1, 2, 3]
 * await arange(1, 2, { step: 0.5 }).toArray() // => [1, 1.5]
 * ```
 */
export function arange(
  startOrStop: number,
  stop?: number,
  options: CreationOptions & { readonly step?: number } = {},
): Tensor {
  const { step, dtype, backend } = readOptions('arange', options, { ...CREATION, step: or(1, aNumber) })
  const start = stop === undefined ? 0 : startOrStop
  const end = stop ?? startOrStop
  checkArgument(
    [start, end, step].every(Number.isFinite) && step !== 0,
    () => `arange: start, stop and step must be finite and step not 0, got ${start}, ${end}, ${step}.`,
  )
  checkArgument(dtype !== 'bool', () => 'arange: dtype must be a number dtype, got bool.')
  checkNumber('arange', start, dtype)
  checkNumber('arange', step, dtype)
  const length = Math.max(0, Math.ceil((end - start) / step))
  // The last must fit as the first does: int32 would wrap around.
  if (length > 0) checkNumber('arange', start + (length - 1) * step, dtype)
  return apply(primitive.arange, [], { start, step, length, dtype }, backend)
}

/**
 * `count` numbers evenly spaced from `start` to `stop`, both included (for count 1: `start`).
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a count that is no whole number >= 0
 * @example
 * ```ts
 * import { linspace } from '@neurite/core'
 * await linspace(0, 1, 5).toArray() // => [0, 0.25, 0.5, 0.75, 1]
 * ```
 */
export function linspace(start: number, stop: number, count: number, options: CreationOptions = {}): Tensor {
  const { dtype } = readOptions('linspace', options, CREATION)
  whole(0)('linspace', 'count', count)
  const values = Float64Array.from({ length: count }, (_, i) =>
    i === count - 1 && count > 1 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1),
  )
  return tensor(values, { ...options, dtype })
}

/**
 * The identity matrix, [n, n].
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an n that is no whole number >= 0
 * @example
 * ```ts
 * import { eye } from '@neurite/core'
 * await eye(2).toArray() // => [[1, 0], [0, 1]]
 * ```
 */
export function eye(n: number, options: CreationOptions = {}): Tensor {
  const { dtype, backend } = readOptions('eye', options, CREATION)
  checkShape('eye', [n])
  return tidy(() => {
    const positions = apply(primitive.arange, [], { start: 0, step: 1, length: n, dtype: 'int32' }, backend)
    const [rows, columns] = [
      [n, 1],
      [1, n],
    ].map((shape) => apply(primitive.reshape, [positions], { shape }))
    return apply(primitive.cast, [apply(primitive.equal, [rows!, columns!], {})], { dtype })
  })
}

function random(
  where: string,
  distribution: 'uniform' | 'normal' | 'bits',
  randomKey: Key,
  shape: readonly number[],
  dtype: DType,
  backend: Backend | undefined,
): Tensor {
  checkArgument(
    isKey(randomKey),
    () => `${where}: the first argument must be a key, as key(seed) makes, got ${typeof randomKey}.`,
  )
  checkShape(where, shape)
  if (distribution !== 'bits') checkDTypes(where, [{ shape, dtype }], 'float')
  return apply(primitive.random, [], { distribution, shape: [...shape], dtype, key: randomKey.source }, backend)
}

/** What `make` makes, times scale, plus shift. */
function affine(make: () => Tensor, scale: number, shift: number): Tensor {
  return tidy(() => {
    const x = make()
    const number = (value: number): Tensor => apply(primitive.full, [], { shape: [], value, dtype: x.dtype }, x.backend)
    const scaled = scale === 1 ? x : apply(primitive.mul, [x, number(scale)], {})
    return shift === 0 ? scaled : apply(primitive.add, [scaled, number(shift)], {})
  })
}

/**
 * Uniform numbers in [minimum, maximum) (default [0, 1)). The same key gives the same numbers on every backend and machine.
 *
 * @param randomKey - from `key(seed)` or `fold(parent, n)`; use a key once
 * @param options - `minimum`, `maximum`; `dtype` float32 (default; 24 random bits) or float64 (53); `backend`
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no key or shape, `DTYPE_MISMATCH` for a dtype that is not float
 * @example
 * ```ts
 * import { key, randomUniform } from '@neurite/core'
 * const x = randomUniform(key(7), [2, 3], { minimum: -1, maximum: 1 })
 * x.shape // => [2, 3]
 * ```
 */
export function randomUniform(
  randomKey: Key,
  shape: readonly number[],
  options: CreationOptions & { readonly minimum?: number; readonly maximum?: number } = {},
): Tensor {
  const { minimum, maximum, dtype, backend } = readOptions('randomUniform', options, {
    ...CREATION,
    minimum: or(0, number()),
    maximum: or(1, number()),
  })
  checkArgument(minimum <= maximum, () => `randomUniform: minimum ${minimum} must not exceed maximum ${maximum}.`)
  return affine(() => random('randomUniform', 'uniform', randomKey, shape, dtype, backend), maximum - minimum, minimum)
}

/**
 * Normal numbers. The same key gives the same numbers on every backend and machine.
 *
 * Each is the normal quantile of a uniform number (Wichura 1988, AS 241), computed with basic arithmetic alone.
 *
 * @param randomKey - from `key(seed)` or `fold(parent, n)`; use a key once
 * @param options - `mean`, default 0; `standardDeviation` >= 0, default 1; `dtype` float32 (default) or float64; `backend`
 * @throws NeuriteError `INVALID_ARGUMENT`, `DTYPE_MISMATCH` for a dtype that is not float
 * @example
 * ```ts
 * import { key, randomNormal } from '@neurite/core'
 * await randomNormal(key(0), [2]).toArray() // => [-0.205842, -0.482623]
 * ```
 */
export function randomNormal(
  randomKey: Key,
  shape: readonly number[],
  options: CreationOptions & { readonly mean?: number; readonly standardDeviation?: number } = {},
): Tensor {
  const { mean, standardDeviation, dtype, backend } = readOptions('randomNormal', options, {
    ...CREATION,
    mean: or(0, number()),
    standardDeviation: or(1, number('[0, Infinity)')),
  })
  return affine(() => random('randomNormal', 'normal', randomKey, shape, dtype, backend), standardDeviation, mean)
}

/**
 * Random whole numbers in [0, 2^24), int32: exact on every backend, float32 arithmetic included.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no key or shape
 * @example
 * ```ts
 * import { key, randomBits } from '@neurite/core'
 * await randomBits(key(0), [2]).toArray() // => [7020545, 5279483]
 * ```
 */
export function randomBits(
  randomKey: Key,
  shape: readonly number[],
  options: { readonly backend?: Backend } = {},
): Tensor {
  const { backend } = readOptions('randomBits', options, { backend: optional(aBackend) })
  return random('randomBits', 'bits', randomKey, shape, 'int32', backend)
}
