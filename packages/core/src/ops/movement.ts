import {
  aDType,
  aNumber,
  asGiven,
  either,
  listOf,
  optional,
  or,
  readOptions,
  whole,
  takesNoOptions,
} from '../arguments/index.js'
import { apply } from '../apply.js'
import { checkArgument, NeuriteError } from '../errors/index.js'
import * as primitive from '../primitive/index.js'
import { checkNumber } from '../primitive/rule.js'
import { checkShape, formatShape, normalizeAxes, normalizeAxis, sameShape, sizeOf } from '../shape/index.js'
import { isFloating, type DType } from '../tensor/dtype.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { cast, floor } from './elementwise.js'
import { equal, where } from './logic.js'
import { checkTensor } from './operand.js'

function isExtents(list: unknown, least: number): list is readonly number[] {
  return Array.isArray(list) && list.every((n: unknown) => Number.isInteger(n) && (n as number) >= least)
}

/**
 * The same elements, row-major, in another shape. Shares memory with x: nothing is copied.
 *
 * @param shape - of the same size; one extent may be -1, and is worked out
 * @throws NeuriteError `SHAPE_MISMATCH` if the sizes differ, `INVALID_ARGUMENT` for what is no shape
 * @example
 * ```ts
 * import { arange, reshape } from '@neurite/core'
 * await reshape(arange(6), [2, -1]).toArray() // => [[0, 1, 2], [3, 4, 5]]
 * ```
 */
export function reshape(x: Tensor, shape: readonly number[], ...none: readonly []): Tensor {
  takesNoOptions('reshape', none)
  checkTensor('reshape', x)
  checkArgument(
    isExtents(shape, -1) && shape.filter((n) => n === -1).length <= 1,
    () => `reshape: a shape is an array of whole numbers >= 0, of which one may be -1, got ${JSON.stringify(shape)}.`,
  )
  const known = sizeOf(shape.filter((n) => n !== -1))
  const resolved = shape.map((n) => (n === -1 ? (known === 0 ? 0 : Math.floor(x.size / known)) : n))
  return apply(primitive.reshape, [x], { shape: resolved })
}

/**
 * The axes in another order. Copies; {@link matmul} can read a transposed operand without.
 *
 * @param axes - axis i of the result is axis `axes[i]` of x; default: all, reversed
 * @throws NeuriteError `INVALID_ARGUMENT` unless every axis is named once, `AXIS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { tensor, transpose, zeros } from '@neurite/core'
 * await transpose(tensor([[1, 2], [3, 4]])).toArray() // => [[1, 3], [2, 4]]
 * transpose(zeros([2, 3, 4]), [0, 2, 1]).shape // => [2, 4, 3]
 * ```
 */
export function transpose(x: Tensor, axes?: readonly number[], ...none: readonly []): Tensor {
  takesNoOptions('transpose', none)
  checkTensor('transpose', x)
  checkArgument(
    axes === undefined || Array.isArray(axes),
    () => `transpose: axes must be an array, got ${String(axes)}.`,
  )
  const order =
    axes === undefined
      ? x.shape.map((_, i) => x.rank - 1 - i)
      : axes.map((axis) => normalizeAxis('transpose', axis, x.rank))
  checkArgument(
    order.length === x.rank && new Set(order).size === x.rank,
    () => `transpose: axes must name each of the ${x.rank} axes once, got [${String(axes)}].`,
    { axes },
  )
  return apply(primitive.transpose, [x], { axes: order })
}

/**
 * x repeated along new leading axes and axes of extent 1 until it has `shape`. Its gradient is the sum over them.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` if x does not broadcast to exactly this shape, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { broadcastTo, tensor } from '@neurite/core'
 * await broadcastTo(tensor([1, 2]), [2, 2]).toArray() // => [[1, 2], [1, 2]]
 * ```
 */
export function broadcastTo(x: Tensor, shape: readonly number[], ...none: readonly []): Tensor {
  takesNoOptions('broadcastTo', none)
  checkTensor('broadcastTo', x)
  checkShape('broadcastTo', shape)
  return sameShape(x.shape, shape) ? x : apply(primitive.broadcastTo, [x], { shape: [...shape] })
}

/**
 * x with an axis of extent 1 put in. Shares memory with x.
 *
 * @param options - `axis`: its place in the result; -1 is after the last
 * @throws NeuriteError `AXIS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { expandDims, tensor } from '@neurite/core'
 * await expandDims(tensor([1, 2]), { axis: -1 }).toArray() // => [[1], [2]]
 * ```
 */
export function expandDims(x: Tensor, options: { readonly axis: number }): Tensor {
  checkTensor('expandDims', x)
  const { axis: given } = readOptions('expandDims', options, { axis: aNumber })
  const axis = normalizeAxis('expandDims', given, x.rank + 1)
  return reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)])
}

/**
 * x without axes of extent 1. Shares memory with x.
 *
 * @param options - `axes`: which; default: all of extent 1
 * @throws NeuriteError `SHAPE_MISMATCH` if a named axis has another extent, `AXIS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { squeeze, zeros } from '@neurite/core'
 * squeeze(zeros([1, 2, 1])).shape // => [2]
 * squeeze(zeros([1, 2, 1]), { axes: [-1] }).shape // => [1, 2]
 * ```
 */
export function squeeze(x: Tensor, options: { readonly axes?: readonly number[] } = {}): Tensor {
  checkTensor('squeeze', x)
  const { axes: given } = readOptions('squeeze', options, { axes: optional(asGiven<readonly number[]>) })
  const axes =
    given === undefined ? x.shape.flatMap((n, i) => (n === 1 ? [i] : [])) : normalizeAxes('squeeze', given, x.rank)
  for (const axis of axes) {
    if (x.shape[axis] !== 1) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `squeeze: axis ${axis} of shape ${formatShape(x.shape)} has extent ${x.shape[axis]}, not 1.`,
        { axis },
      )
    }
  }
  const rest = x.shape.filter((_, i) => !axes.includes(i))
  return reshape(x, rest)
}

function checkTensors(where: string, tensors: readonly Tensor[]): void {
  checkArgument(Array.isArray(tensors) && tensors.length > 0, () => `${where}: takes an array of at least one tensor.`)
  tensors.forEach((x, i) => checkTensor(where, x, `tensors[${i}]`))
}

/**
 * Tensors joined along an axis that they have.
 *
 * @param tensors - of one dtype, and of shapes that agree in every other axis
 * @param options - `axis`, default 0
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `AXIS_OUT_OF_RANGE`, `INVALID_ARGUMENT` for no tensor at all
 * @example
 * ```ts
 * import { concat, tensor } from '@neurite/core'
 * await concat([tensor([[1], [2]]), tensor([[3], [4]])], { axis: 1 }).toArray() // => [[1, 3], [2, 4]]
 * ```
 */
export function concat(tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor {
  checkTensors('concat', tensors)
  const { axis: given } = readOptions('concat', options, { axis: or(0, aNumber) })
  return apply(primitive.concat, tensors, { axis: normalizeAxis('concat', given, tensors[0]!.rank) })
}

/**
 * Tensors of one shape joined along a new axis.
 *
 * @param options - `axis`: its place in the result, default 0
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `AXIS_OUT_OF_RANGE`, `INVALID_ARGUMENT` for no tensor at all
 * @example
 * ```ts
 * import { stack, tensor } from '@neurite/core'
 * await stack([tensor([1, 2]), tensor([3, 4])], { axis: -1 }).toArray() // => [[1, 3], [2, 4]]
 * ```
 */
export function stack(tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor {
  checkTensors('stack', tensors)
  const { axis: given } = readOptions('stack', options, { axis: or(0, aNumber) })
  const { shape } = tensors[0]!
  const axis = normalizeAxis('stack', given, shape.length + 1)
  for (const x of tensors) {
    if (!sameShape(x.shape, shape)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `stack: all tensors must have one shape, got ${formatShape(shape)} and ${formatShape(x.shape)}; concat joins along an axis that is there.`,
        { a: shape, b: x.shape },
      )
    }
  }
  return tidy(() =>
    concat(
      tensors.map((x) => expandDims(x, { axis })),
      { axis },
    ),
  )
}

/**
 * The slices along an axis, each without that axis: what {@link stack} joined.
 *
 * @param options - `axis`, default 0
 * @throws NeuriteError `AXIS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { tensor, unstack } from '@neurite/core'
 * const [a, b] = unstack(tensor([[1, 2], [3, 4]]))
 * await b!.toArray() // => [3, 4]
 * ```
 */
export function unstack(x: Tensor, options: { readonly axis?: number } = {}): Tensor[] {
  checkTensor('unstack', x)
  const { axis: given } = readOptions('unstack', options, { axis: or(0, aNumber) })
  const axis = normalizeAxis('unstack', given, x.rank)
  return tidy(() => split(x, { parts: x.shape[axis]!, axis }).map((part) => squeeze(part, { axes: [axis] })))
}

/**
 * x cut along an axis.
 *
 * @param options - `parts`: how many equal parts, or the size of each; `axis`, default 0
 * @throws NeuriteError `INVALID_ARGUMENT` if the parts do not cut evenly or do not add up, `AXIS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { arange, split } from '@neurite/core'
 * const [a, b] = split(arange(5), { parts: [2, 3] })
 * await b!.toArray() // => [2, 3, 4]
 * ```
 */
export function split(
  x: Tensor,
  options: { readonly parts: number | readonly number[]; readonly axis?: number },
): Tensor[] {
  checkTensor('split', x)
  const { parts, axis: given } = readOptions('split', options, {
    parts: either('a whole number >= 0 or an array of sizes', whole(0), listOf(whole(0))),
    axis: or(0, aNumber),
  })
  const axis = normalizeAxis('split', given, x.rank)
  const extent = x.shape[axis]!
  const sizes = typeof parts === 'number' ? new Array<number>(parts).fill(extent / parts) : parts
  checkArgument(
    sizes.every(Number.isInteger) && sizes.reduce((total, n) => total + n, 0) === extent,
    () =>
      `split: axis ${axis} has extent ${extent}, which parts ${JSON.stringify(parts)} do not cut evenly or add up to.`,
    { parts, extent },
  )
  let start = 0
  return sizes.map((n) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0))
    start += n
    return apply(primitive.slice, [x], { begin, size: x.shape.map((full, i) => (i === axis ? n : full)) })
  })
}

/**
 * A block of x.
 *
 * @param options - `begin`: where it starts, one number an axis; `size`: its extents, -1 for up to the end
 * @throws NeuriteError `INVALID_ARGUMENT` if the block leaves x, or begin and size do not have one number an axis
 * @example
 * ```ts
 * import { slice, tensor } from '@neurite/core'
 * await slice(tensor([[1, 2, 3], [4, 5, 6]]), { begin: [0, 1], size: [-1, 2] }).toArray() // => [[2, 3], [5, 6]]
 * ```
 */
export function slice(
  x: Tensor,
  options: { readonly begin: readonly number[]; readonly size: readonly number[] },
): Tensor {
  checkTensor('slice', x)
  const { begin, size } = readOptions('slice', options, { begin: listOf(whole(0)), size: listOf(whole(-1)) })
  checkArgument(
    [begin, size].every((list) => list.length === x.rank),
    () =>
      `slice: begin and size must have one whole number for each of the ${x.rank} axes, got begin ${JSON.stringify(begin)} and size ${JSON.stringify(size)}.`,
  )
  const extents = size.map((n, i) => (n === -1 ? x.shape[i]! - begin[i]! : n))
  return apply(primitive.slice, [x], { begin: [...begin], size: extents })
}

/**
 * x in a frame of one value.
 *
 * @param options - `paddings[axis]` is [before, after]; `value`, default 0, must fit the dtype
 * @throws NeuriteError `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { pad, tensor } from '@neurite/core'
 * await pad(tensor([1, 2]), { paddings: [[1, 2]], value: 9 }).toArray() // => [9, 1, 2, 9, 9]
 * ```
 */
export function pad(
  x: Tensor,
  options: { readonly paddings: readonly (readonly [number, number])[]; readonly value?: number },
): Tensor {
  checkTensor('pad', x)
  const { paddings, value } = readOptions('pad', options, {
    paddings: asGiven<readonly (readonly [number, number])[]>,
    value: or(0, aNumber),
  })
  checkArgument(
    Array.isArray(paddings) &&
      paddings.length === x.rank &&
      paddings.every((pair: unknown) => isExtents(pair, 0) && pair.length === 2),
    () =>
      `pad: paddings must have one pair of whole numbers >= 0 for each of the ${x.rank} axes, got ${JSON.stringify(paddings)}.`,
  )
  checkNumber('pad', value, x.dtype)
  return apply(primitive.pad, [x], { paddings: paddings.map(([before, after]) => [before, after] as const), value })
}

/**
 * x laid side by side along its axes.
 *
 * @param options - `repeats[axis]`: how often, 0 or more
 * @throws NeuriteError `INVALID_ARGUMENT` unless there is one whole number >= 0 an axis
 * @example
 * ```ts
 * import { tensor, tile } from '@neurite/core'
 * await tile(tensor([[1, 2]]), { repeats: [2, 2] }).toArray() // => [[1, 2, 1, 2], [1, 2, 1, 2]]
 * ```
 */
export function tile(x: Tensor, options: { readonly repeats: readonly number[] }): Tensor {
  checkTensor('tile', x)
  const { repeats } = readOptions('tile', options, { repeats: listOf(whole(0)) })
  checkArgument(
    repeats.length === x.rank,
    () =>
      `tile: repeats must have one whole number >= 0 for each of the ${x.rank} axes, got ${JSON.stringify(repeats)}.`,
  )
  // Each axis becomes two: the repeats, and the axis itself.
  const apart = x.shape.flatMap((n) => [1, n])
  const repeated = x.shape.flatMap((n, i) => [repeats[i]!, n])
  const together = x.shape.map((n, i) => n * repeats[i]!)
  return tidy(() => reshape(broadcastTo(reshape(x, apart), repeated), together))
}

/**
 * Elements picked by index along an axis: the axis is replaced by the shape of `indices`. An index outside the axis
 * reads 0, and so does one that is no whole number; negative indices do not wrap. The gradient adds up where an element was picked more than once.
 *
 * @param indices - int32, or float holding whole numbers; any shape
 * @param options - `axis`, default 0
 * @throws NeuriteError `AXIS_OUT_OF_RANGE`, `DTYPE_MISMATCH` for bool indices
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
  const { axis: given } = readOptions('gather', options, { axis: or(0, aNumber) })
  const axis = normalizeAxis('gather', given, x.rank)
  return tidy(() => {
    // -1 lies outside every axis.
    const whole = isFloating(indices.dtype)
      ? where(equal(floor(indices), indices), cast(indices, 'int32'), -1)
      : indices
    return apply(primitive.gather, [x, whole], { axis })
  })
}

/**
 * A new last axis that is 1 at the index and 0 elsewhere; an index outside gives zeros, and so does one that is no whole number.
 *
 * @param indices - int32, or float holding whole numbers
 * @param options - `classes`: the extent of the new axis; `dtype` of the result, default float32
 * @throws NeuriteError `INVALID_ARGUMENT` for classes that is no whole number >= 1
 * @example
 * ```ts
 * import { oneHot, tensor } from '@neurite/core'
 * await oneHot(tensor([2, 0], { dtype: 'int32' }), { classes: 3 }).toArray() // => [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function oneHot(indices: Tensor, options: { readonly classes: number; readonly dtype?: DType }): Tensor {
  checkTensor('oneHot', indices, 'indices')
  const { classes, dtype } = readOptions('oneHot', options, { classes: whole(1), dtype: or('float32', aDType) })
  return tidy(() => {
    const given = isFloating(indices.dtype) ? indices : cast(indices, 'int32')
    const column = expandDims(given, { axis: -1 })
    const range = { start: 0, step: 1, length: classes, dtype: column.dtype }
    const positions = apply(primitive.arange, [], range, indices.backend)
    return cast(apply(primitive.equal, [column, positions], {}), dtype)
  })
}
