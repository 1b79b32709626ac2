import { NeuriteError } from '../errors/index.js'

/**
 * Number of elements; 1 for the shape `[]`.
 *
 * @example
 * ```ts
 * import { sizeOf } from '@neurite/core'
 * sizeOf([2, 3]) // => 6
 * ```
 */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const extent of shape) size *= extent
  return size
}

/**
 * Row-major strides in elements.
 *
 * @example
 * ```ts
 * import { stridesOf } from '@neurite/core'
 * stridesOf([2, 3, 4]) // => [12, 4, 1]
 * ```
 */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= shape[i]!
  }
  return strides
}

/**
 * True if two shapes are equal.
 *
 * @example
 * ```ts
 * import { sameShape } from '@neurite/core'
 * sameShape([2, 3], [3, 2]) // => false
 * ```
 */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/**
 * A shape as errors write it.
 *
 * @example
 * ```ts
 * import { formatShape } from '@neurite/core'
 * formatShape([2, 3]) // => '[2, 3]'
 * ```
 */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

/** Refuses extents that are not whole numbers >= 0. */
export function checkShape(where: string, shape: readonly number[]): void {
  if (!Array.isArray(shape) || !shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: a shape is an array of whole numbers >= 0, got ${JSON.stringify(shape)}.`,
      { shape },
    )
  }
}

/**
 * NumPy broadcasting: shapes are aligned at their last axis; extents must be equal or 1.
 *
 * @param where - the operation's name, for the error
 * @throws NeuriteError `SHAPE_MISMATCH` naming the operation and both shapes
 * @example
 * ```ts
 * import { broadcastShapes } from '@neurite/core'
 * broadcastShapes('add', [3, 1], [4]) // => [3, 4]
 * ```
 */
export function broadcastShapes(where: string, a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameShape(a, b)) return a
  const rank = Math.max(a.length, b.length)
  const result = new Array<number>(rank)
  for (let i = 1; i <= rank; i++) {
    const p = a[a.length - i] ?? 1
    const q = b[b.length - i] ?? 1
    if (p !== q && p !== 1 && q !== 1) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${where}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: axis -${i} has ${p} and ${q}; they must be equal or 1.`,
        { a, b },
      )
    }
    result[rank - i] = p === 1 ? q : p
  }
  return result
}

/** True if `from` broadcasts to exactly `to`. */
export function broadcastsTo(from: readonly number[], to: readonly number[]): boolean {
  if (from.length > to.length) return false
  const lead = to.length - from.length
  return from.every((extent, i) => extent === to[lead + i] || extent === 1)
}
