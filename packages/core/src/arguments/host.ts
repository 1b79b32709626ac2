import { checkArgument, NeuriteError } from '../errors/index.js'
import { formatShape, sizeOf } from '../shape/index.js'
import { isTensor } from '../tensor/tree.js'
import type { ArrayData, TypedArray } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import { show } from './readers.js'

/** Numbers, or booleans, in arrays in arrays, all of one length at each level; a single one is an array without axes. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[]

/** Anything that knows itself as an array on the host, such as a table of numbers. */
export interface HostLike {
  toHost(): ArrayData
}

/** What a person has on the host: nested arrays, a typed array (one axis), `{ shape, data }`, or a table. */
export type HostArray = NestedNumbers | TypedArray | ArrayData | HostLike

/** What a person has, wherever it lies. */
export type ArraySource = HostArray | Tensor

/**
 * The one reading of «what a person has» as `{ shape, data }`. Typed data is not copied; nested numbers become float64, nested
 * booleans bytes.
 *
 * @param where - names function and argument: `fit: x`
 * @throws NeuriteError `INVALID_ARGUMENT` for anything else, and for a tensor, whose values can only be waited for; `SHAPE_MISMATCH`
 * for ragged arrays or data that does not fill its shape
 * @example
 * ```ts
 * import { hostArray } from '@neurite/core/arguments'
 * hostArray('mean: x', [[1, 2], [3, 4]]) // => { shape: [2, 2], data: [1, 2, 3, 4] }
 * hostArray('mean: x', [[1, 2], [3]]) // => throws SHAPE_MISMATCH
 * ```
 */
export function hostArray(where: string, source: unknown): ArrayData {
  if (isTyped(source)) return { shape: [source.length], data: source }
  if (Array.isArray(source) || typeof source === 'number' || typeof source === 'boolean') return flatten(where, source)
  checkArgument(
    !isTensor(source),
    () => `${where} is a tensor, whose values have to be waited for; pass await x.toHost().`,
  )
  const host = isHostLike(source) ? source.toHost() : source
  checkArgument(
    typeof host === 'object' &&
      host !== null &&
      'shape' in host &&
      'data' in host &&
      isTyped(host.data) &&
      isShape(host.shape),
    () =>
      `${where} must be numbers: nested arrays, a table, { shape, data } or a Float32Array, Float64Array, Int32Array or Uint8Array, got ${show(source)}.`,
  )
  const { shape, data } = host as ArrayData
  if (sizeOf(shape) !== data.length) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: the shape ${formatShape(shape)} holds ${sizeOf(shape)} elements, the data has ${data.length}.`,
      { shape, length: data.length },
    )
  }
  return host as ArrayData
}

/**
 * As {@link hostArray}, and waits for tensors.
 *
 * @throws NeuriteError as {@link hostArray}; `TENSOR_RELEASED`, `SYMBOLIC_VALUE`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { readArray } from '@neurite/core/arguments'
 * await readArray('accuracy: prediction', tensor([1, 2])) // => { shape: [2], data: [1, 2] }
 * ```
 */
export async function readArray(where: string, source: unknown): Promise<ArrayData> {
  return isTensor(source) ? source.toHost() : hostArray(where, source)
}

/** True for the four typed arrays that hold the dtypes. */
export function isTyped(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  )
}

function isHostLike(value: unknown): value is HostLike {
  return typeof value === 'object' && value !== null && 'toHost' in value && typeof value.toHost === 'function'
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0)
}

/** Arrays of more axes than anybody has are arrays that hold themselves. */
const DEEPEST = 64

function flatten(where: string, source: unknown): ArrayData {
  const shape: number[] = []
  for (let level: unknown = source; Array.isArray(level); level = level[0]) {
    checkArgument(shape.length < DEEPEST, () => `${where} has more than ${DEEPEST} axes, or holds itself.`)
    shape.push(level.length)
  }
  const data = new Float64Array(sizeOf(shape))
  let count = 0
  let booleans = 0
  /** Where the walk is. */
  const index: number[] = []
  const place = (axis: number): string => index.slice(0, axis).reduce((path, i) => `${path}[${i}]`, '')
  const ragged = (axis: number, problem: string): NeuriteError => {
    const path = place(axis)
    return new NeuriteError('SHAPE_MISMATCH', `${where}${path} ${problem}: the arrays are ragged.`, { path })
  }
  const walk = (part: unknown, axis: number): void => {
    if (axis < shape.length) {
      if (!Array.isArray(part) || part.length !== shape[axis]) {
        const got = Array.isArray(part) ? `${part.length} elements` : show(part)
        throw ragged(axis, `should have ${shape[axis]} elements like its neighbours, it has ${got}`)
      }
      for (let i = 0; i < part.length; i++) {
        index[axis] = i
        walk(part[i], axis + 1)
      }
      return
    }
    if (Array.isArray(part)) throw ragged(axis, 'is an array where its neighbours are numbers')
    if (typeof part === 'boolean') booleans++
    else if (typeof part !== 'number') {
      const path = place(axis)
      throw new NeuriteError('INVALID_ARGUMENT', `${where}${path} must be a number or a boolean, got ${show(part)}.`, {
        path,
      })
    }
    data[count++] = Number(part)
  }
  walk(source, 0)
  checkArgument(booleans === 0 || booleans === count, () => `${where}: numbers and booleans are mixed; use one kind.`)
  return { shape, data: booleans > 0 ? Uint8Array.from(data) : data }
}
