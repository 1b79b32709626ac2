import type { DType, TypedArray } from '@neurite/core'

/**
 * A tensor as the suite sees it: plain data, row-major. The reference shares no code with core or any backend, so that
 * one mistake cannot hide in both.
 */
export interface HostArray {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly data: TypedArray
}

/** Where an element stands: one whole number an axis. */
export type Index = readonly number[]

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, extent) => count * extent, 1)
}

/** A zeroed array for elements of the dtype. */
export function storageFor(dtype: DType, length: number): TypedArray {
  if (dtype === 'float64') return new Float64Array(length)
  if (dtype === 'float32') return new Float32Array(length)
  return dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length)
}

/** Every index of a shape, in row-major order. */
export function indicesOf(shape: readonly number[]): Index[] {
  return shape.reduce<Index[]>(
    (prefixes, extent) => prefixes.flatMap((prefix) => Array.from({ length: extent }, (_, i) => [...prefix, i])),
    [[]],
  )
}

/** The place of an index in row-major data. */
export function flatten(index: Index, shape: readonly number[]): number {
  return index.reduce((place, i, axis) => place * shape[axis]! + i, 0)
}

/** The index at a place in row-major data. */
export function unflatten(place: number, shape: readonly number[]): Index {
  const index = new Array<number>(shape.length)
  let rest = place
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!
    rest = Math.floor(rest / shape[axis]!)
  }
  return index
}

/** The element at an index. */
export function at(x: HostArray, index: Index): number {
  return x.data[flatten(index, x.shape)]!
}

/** The element that an index of a larger shape meets once `x` is broadcast to it. */
export function broadcastAt(x: HostArray, index: Index): number {
  const own = index.slice(index.length - x.shape.length)
  return at(
    x,
    own.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
  )
}

/** An array from a formula over indices. Storing rounds once, to the dtype. */
export function build(shape: readonly number[], dtype: DType, element: (index: Index) => number): HostArray {
  const data = storageFor(dtype, elementCount(shape))
  for (let place = 0; place < data.length; place++) data[place] = element(unflatten(place, shape))
  return { shape, dtype, data }
}

/** An array from its elements. */
export function host(shape: readonly number[], elements: ArrayLike<number>, dtype: DType = 'float32'): HostArray {
  const data = storageFor(dtype, elementCount(shape))
  if (elements.length !== data.length)
    throw new Error(`host: ${elements.length} elements for shape [${shape.join(', ')}]`)
  data.set(elements)
  return { shape, dtype, data }
}

/** Sums collected in doubles at indices, then stored once. */
export function accumulate(
  shape: readonly number[],
  dtype: DType,
  collect: (add: (index: Index, value: number) => void) => void,
): HostArray {
  const totals = new Float64Array(elementCount(shape))
  collect((index, value) => {
    totals[flatten(index, shape)]! += value
  })
  return build(shape, dtype, (index) => totals[flatten(index, shape)]!)
}
