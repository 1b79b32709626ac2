import {
  checkArgument,
  isTensor,
  NeuriteError,
  sizeOf,
  type ArrayData,
  type Tensor,
  type TypedArray,
} from '@neurite/core'

/** Nested arrays of numbers or booleans, all rows of one length. */
export type NestedNumbers = readonly number[] | readonly boolean[] | readonly NestedNumbers[]

/** Numbers on the host: nested arrays, a typed array (one axis), or anything with `shape` and `data`, such as a FeatureMatrix. */
export type HostArray = NestedNumbers | TypedArray | ArrayData

/** What data may be given as. */
export type ArraySource = Tensor | HostArray

/**
 * The numbers as `{ shape, data }`. Typed data is not copied; nested arrays become float64.
 *
 * @param where - names function and argument in errors: `fit: x`
 * @throws NeuriteError `INVALID_ARGUMENT` for anything else, `SHAPE_MISMATCH` for ragged arrays or data that does not fill
 * its shape
 */
export function toHost(where: string, source: unknown): ArrayData {
  if (isTyped(source)) return { shape: [source.length], data: source }
  if (Array.isArray(source)) return flatten(where, source)
  checkArgument(
    !isTensor(source),
    () => `${where} is a tensor, whose values are read asynchronously; pass await tensor.toArray().`,
  )
  checkArgument(
    typeof source === 'object' &&
      source !== null &&
      'shape' in source &&
      'data' in source &&
      isTyped(source.data) &&
      isShape(source.shape),
    () => `${where} must be numbers: nested arrays, a typed array or { shape, data }, got ${describe(source)}.`,
  )
  const { shape, data } = source as ArrayData
  if (sizeOf(shape) !== data.length) {
    const message = `${where} has shape [${shape.join(', ')}], which holds ${sizeOf(shape)} numbers, but data has ${data.length}.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { shape, length: data.length })
  }
  return { shape, data }
}

function isTyped(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  )
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((extent) => Number.isInteger(extent) && extent >= 0)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value instanceof Promise) return 'a promise; await it'
  if (typeof value === 'string') return `the text '${value}'`
  return typeof value === 'object' ? `an instance of ${value.constructor.name}` : `a ${typeof value}`
}

function flatten(where: string, source: readonly unknown[]): ArrayData {
  const shape: number[] = []
  for (let level: unknown = source; Array.isArray(level); level = level[0]) shape.push(level.length)
  const data = new Float64Array(sizeOf(shape))
  let count = 0
  const walk = (part: unknown, axis: number, path: string): void => {
    if (axis === shape.length) {
      checkArgument(
        typeof part === 'number' || typeof part === 'boolean',
        () => `${where}${path} must be a number, got ${describe(part)}.`,
        { path },
      )
      data[count++] = Number(part)
      return
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) {
      const got = Array.isArray(part) ? `${part.length} elements` : describe(part)
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${where}: the arrays are ragged: ${path} should have ${shape[axis]} elements like its neighbours, it has ${got}.`,
        { path },
      )
    }
    part.forEach((child: unknown, i) => walk(child, axis + 1, `${path}[${i}]`))
  }
  walk(source, 0, '')
  return { shape, data }
}
