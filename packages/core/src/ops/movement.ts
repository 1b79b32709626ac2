import { apply } from '../apply.js'
import { checkArgument, checkOptions, NeuriteError } from '../errors/index.js'
import { formatShape, normalizeAxes, normalizeAxis, sameShape, sizeOf } from '../shape/index.js'
import { isFloating } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import { cast } from './elementwise.js'
import { checkTensor } from './operand.js'

/**
 * The same elements, row-major, in another shape. One extent may be -1: it is worked out. Shares memory with x.
 *
 * @example
 * ```ts
 * import { arange, reshape } from '@neurite/core'
 * await reshape(arange(6), [2, -1]).toArray() // => [[0, 1, 2], [3, 4, 5]]
 * ```
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  checkTensor('reshape', x)
  checkArgument(Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= -1) && shape.filter((n) => n === -1).length <= 1, () => `reshape: a shape is an array of whole numbers >= 0, of which one may be -1, got ${JSON.stringify(shape)}.`)
  const known = sizeOf(shape.filter((n) => n !== -1))
  const resolved = shape.map((n) => (n === -1 ? (known === 0 ? 0 : Math.floor(x.size / known)) : n))
  return apply('reshape', [x], { shape: resolved })
}

/** The axes in another order; without `axes`, reversed. Copies (matmul can read a transposed operand without). */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  checkTensor('transpose', x)
  const order = axes === undefined ? x.shape.map((_, i) => x.rank - 1 - i) : axes.map((axis) => normalizeAxis('transpose', axis, x.rank))
  checkArgument(order.length === x.rank && new Set(order).size === x.rank, () => `transpose: axes must name each of the ${x.rank} axes once, got [${String(axes)}].`, { axes })
  return apply('transpose', [x], { axes: order })
}

/** x repeated along new axes and axes of extent 1 until it has `shape`. */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  checkTensor('broadcastTo', x)
  return sameShape(x.shape, shape) ? x : apply('broadcastTo', [x], { shape: [...shape] })
}

/** x with an axis of extent 1 put in at `axis`, which may be -1: after the last. */
export function expandDims(x: Tensor, options: { readonly axis: number }): Tensor {
  checkTensor('expandDims', x)
  checkOptions('expandDims', options, ['axis'])
  const axis = normalizeAxis('expandDims', options.axis, x.rank + 1)
  return reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)])
}

/** x without its axes of extent 1, or without those of `axes`. */
export function squeeze(x: Tensor, options: { readonly axes?: readonly number[] } = {}): Tensor {
  checkTensor('squeeze', x)
  checkOptions('squeeze', options, ['axes'])
  const axes = options.axes === undefined ? x.shape.flatMap((n, i) => (n === 1 ? [i] : [])) : normalizeAxes('squeeze', options.axes, x.rank)
  for (const axis of axes) {
    if (x.shape[axis] !== 1) throw new NeuriteError('SHAPE_MISMATCH', `squeeze: axis ${axis} of shape ${formatShape(x.shape)} has extent ${x.shape[axis]}, not 1.`, { axis })
  }
  return reshape(x, x.shape.filter((_, i) => !axes.includes(i)))
}

/** Tensors joined along an existing axis (default 0). */
export function concat(tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor {
  checkArgument(Array.isArray(tensors) && tensors.length > 0, () => 'concat: takes an array of at least one tensor.')
  tensors.forEach((x, i) => checkTensor('concat', x, `tensors[${i}]`))
  checkOptions('concat', options, ['axis'])
  return apply('concat', tensors, { axis: normalizeAxis('concat', options.axis ?? 0, tensors[0]!.rank) })
}

/** Tensors of one shape joined along a new axis (default 0). */
export function stack(tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor {
  checkArgument(Array.isArray(tensors) && tensors.length > 0, () => 'stack: takes an array of at least one tensor.')
  checkOptions('stack', options, ['axis'])
  const { axis = 0 } = options
  return concat(tensors.map((x) => expandDims(x, { axis })), { axis: normalizeAxis('stack', axis, tensors[0]!.rank + 1) })
}

/** The slices along `axis` (default 0), without that axis. */
export function unstack(x: Tensor, options: { readonly axis?: number } = {}): Tensor[] {
  checkTensor('unstack', x)
  checkOptions('unstack', options, ['axis'])
  const axis = normalizeAxis('unstack', options.axis ?? 0, x.rank)
  return split(x, { parts: x.shape[axis]!, axis }).map((part) => squeeze(part, { axes: [axis] }))
}

/**
 * x cut along `axis` (default 0): into `parts` equal parts, or parts of the given sizes.
 *
 * @example
 * ```ts
 * import { arange, split } from '@neurite/core'
 * const [a, b] = split(arange(5), { parts: [2, 3] })
 * await b!.toArray() // => [2, 3, 4]
 * ```
 */
export function split(x: Tensor, options: { readonly parts: number | readonly number[]; readonly axis?: number }): Tensor[] {
  checkTensor('split', x)
  checkOptions('split', options, ['parts', 'axis'])
  const axis = normalizeAxis('split', options.axis ?? 0, x.rank)
  const extent = x.shape[axis]!
  const { parts } = options
  const sizes = typeof parts === 'number' ? new Array<number>(parts).fill(extent / parts) : parts
  checkArgument(
    sizes.every((n) => Number.isInteger(n) && n >= 0) && sizes.reduce((total, n) => total + n, 0) === extent,
    () => `split: axis ${axis} has extent ${extent}, which parts ${JSON.stringify(parts)} do not cut evenly or add up to.`,
    { parts, extent },
  )
  let start = 0
  return sizes.map((n) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0))
    start += n
    return apply('slice', [x], { begin, size: x.shape.map((full, i) => (i === axis ? n : full)) })
  })
}

/** The block that starts at `begin` and has extents `size`; a size of -1 goes to the end. */
export function slice(x: Tensor, options: { readonly begin: readonly number[]; readonly size: readonly number[] }): Tensor {
  checkTensor('slice', x)
  checkOptions('slice', options, ['begin', 'size'])
  const { begin, size } = options
  checkArgument(begin.length === x.rank && size.length === x.rank && [...begin, ...size].every(Number.isInteger), () => `slice: begin and size must have one whole number for each of the ${x.rank} axes, got begin [${begin.join(', ')}] and size [${size.join(', ')}].`)
  return apply('slice', [x], { begin: [...begin], size: size.map((n, i) => (n === -1 ? x.shape[i]! - begin[i]! : n)) })
}

/** x framed by `value` (default 0): `paddings[axis]` is [before, after]. */
export function pad(x: Tensor, options: { readonly paddings: readonly (readonly [number, number])[]; readonly value?: number }): Tensor {
  checkTensor('pad', x)
  checkOptions('pad', options, ['paddings', 'value'])
  const { paddings, value = 0 } = options
  checkArgument(paddings.length === x.rank && paddings.flat().every((n) => Number.isInteger(n) && n >= 0), () => `pad: paddings must have one pair of whole numbers >= 0 for each of the ${x.rank} axes, got ${JSON.stringify(paddings)}.`)
  return apply('pad', [x], { paddings: paddings.map(([before, after]) => [before, after] as const), value })
}

/** x repeated `repeats[axis]` times along each axis. */
export function tile(x: Tensor, options: { readonly repeats: readonly number[] }): Tensor {
  checkTensor('tile', x)
  checkOptions('tile', options, ['repeats'])
  const { repeats } = options
  checkArgument(repeats.length === x.rank && repeats.every((n) => Number.isInteger(n) && n >= 0), () => `tile: repeats must have one whole number >= 0 for each of the ${x.rank} axes, got [${repeats.join(', ')}].`)
  const apart = reshape(x, x.shape.flatMap((n) => [1, n]))
  const repeated = broadcastTo(apart, x.shape.flatMap((n, i) => [repeats[i]!, n]))
  return reshape(repeated, x.shape.map((n, i) => n * repeats[i]!))
}

/**
 * Elements picked by index along `axis` (default 0): the axis is replaced by the shape of `indices`. An index outside
 * the axis reads 0; negative indices do not wrap.
 *
 * @param indices - int32, or float holding whole numbers (it is cast)
 * @example
 * ```ts
 * import { gather, tensor } from '@neurite/core'
 * const x = tensor([[1, 2], [3, 4], [5, 6]])
 * await gather(x, tensor([2, 0], { dtype: 'int32' })).toArray() // => [[5, 6], [1, 2]]
 * ```
 */
export function gather(x: Tensor, indices: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('gather', x)
  checkTensor('gather', indices, 'indices')
  checkOptions('gather', options, ['axis'])
  const whole = isFloating(indices.dtype) ? cast(indices, 'int32') : indices
  return apply('gather', [x, whole], { axis: normalizeAxis('gather', options.axis ?? 0, x.rank) })
}

/**
 * A new last axis of extent `classes` that is 1 at the index and 0 elsewhere; an index outside gives zeros.
 *
 * @example
 * ```ts
 * import { oneHot, tensor } from '@neurite/core'
 * await oneHot(tensor([2, 0], { dtype: 'int32' }), { classes: 3 }).toArray() // => [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function oneHot(indices: Tensor, options: { readonly classes: number; readonly dtype?: 'float32' | 'float64' | 'int32' | 'bool' }): Tensor {
  checkTensor('oneHot', indices, 'indices')
  checkOptions('oneHot', options, ['classes', 'dtype'])
  const { classes, dtype = 'float32' } = options
  checkArgument(Number.isInteger(classes) && classes >= 1, () => `oneHot: classes must be a whole number >= 1, got ${String(classes)}.`, { classes })
  const positions = apply('arange', [], { start: 0, step: 1, length: classes, dtype: 'int32' }, indices.backend)
  return cast(apply('equal', [expandDims(cast(indices, 'int32'), { axis: -1 }), positions], {}), dtype)
}
