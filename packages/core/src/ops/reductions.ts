import { apply } from '../apply.js'
import { checkArgument, checkOptions } from '../errors/index.js'
import { normalizeAxes, normalizeAxis } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'
import { abs, add, cast, exp, log, mul, pow, sqrt, square, sub } from './elementwise.js'
import { isFinite, where } from './logic.js'
import { checkTensor } from './operand.js'
import { gather, reshape } from './movement.js'
import { stopGradient } from './stop-gradient.js'

/** Which axes a reduction removes. */
export interface ReductionOptions {
  /** Default: all. Negative ones count from the end. */
  readonly axes?: readonly number[]
  /** Keep reduced axes with extent 1. Default false. */
  readonly keepDims?: boolean
}

const REDUCTION_OPTIONS = ['axes', 'keepDims'] as const

function resolve(where: string, x: Tensor, options: ReductionOptions, more: readonly string[] = []): { axes: readonly number[]; keepDims: boolean } {
  checkTensor(where, x)
  checkOptions(where, options, [...REDUCTION_OPTIONS, ...more])
  return { axes: normalizeAxes(where, options.axes, x.rank), keepDims: options.keepDims ?? false }
}

/**
 * The sum over axes; 0 over nothing.
 *
 * @example
 * ```ts
 * import { sum, tensor } from '@neurite/core'
 * const x = tensor([[1, 2], [3, 4]])
 * await sum(x).item() // => 10
 * await sum(x, { axes: [-1], keepDims: true }).toArray() // => [[3], [7]]
 * ```
 */
export function sum(x: Tensor, options: ReductionOptions = {}): Tensor {
  return apply('sum', [x], resolve('sum', x, options))
}

/** The arithmetic mean over axes; NaN over nothing. */
export function mean(x: Tensor, options: ReductionOptions = {}): Tensor {
  const params = resolve('mean', x, options)
  return mul(apply('sum', [x], params), 1 / countOver(x, params.axes))
}

/** The maximum over axes; NaN wins; -Infinity over nothing. Equal maxima share the gradient. */
export function max(x: Tensor, options: ReductionOptions = {}): Tensor {
  return apply('max', [x], resolve('max', x, options))
}

/** The minimum over axes; NaN wins; Infinity over nothing. Equal minima share the gradient. */
export function min(x: Tensor, options: ReductionOptions = {}): Tensor {
  return apply('min', [x], resolve('min', x, options))
}

/** The mean squared distance from the mean, over axes. `correction` 0 (default) divides by n, 1 by n - 1 (Bessel). */
export function variance(x: Tensor, options: ReductionOptions & { readonly correction?: number } = {}): Tensor {
  const { axes, keepDims } = resolve('variance', x, options, ['correction'])
  const centered = sub(x, mean(x, { axes, keepDims: true }))
  return mul(sum(square(centered), { axes, keepDims }), 1 / (countOver(x, axes) - (options.correction ?? 0)))
}

/** The square root of the variance. */
export function standardDeviation(x: Tensor, options: ReductionOptions & { readonly correction?: number } = {}): Tensor {
  return sqrt(variance(x, options))
}

/** The p-norm over axes, (sum |x|^p)^(1/p): `order` 2 (default), 1, Infinity, or any p > 0. */
export function norm(x: Tensor, options: ReductionOptions & { readonly order?: number } = {}): Tensor {
  const params = resolve('norm', x, options, ['order'])
  const order = options.order ?? 2
  checkArgument(order > 0, () => `norm: order must be > 0 (Infinity allowed), got ${String(order)}.`, { order })
  if (order === 2) return sqrt(sum(square(x), params))
  if (order === 1) return sum(abs(x), params)
  if (order === Infinity) return max(abs(x), params)
  return pow(sum(pow(abs(x), order), params), 1 / order)
}

/**
 * log(sum(exp(x))) over axes, without overflow: the maximum is taken out first.
 */
export function logSumExp(x: Tensor, options: ReductionOptions = {}): Tensor {
  const { axes, keepDims } = resolve('logSumExp', x, options)
  const top = stopGradient(max(x, { axes, keepDims: true }))
  // An infinite maximum would give Infinity - Infinity.
  const shift = where(isFinite(top), top, 0)
  const result = add(log(sum(exp(sub(x, shift)), { axes, keepDims: true })), shift)
  return keepDims ? result : reshape(result, x.shape.filter((_, i) => !axes.includes(i)))
}

/** The index of the maximum along `axis` (default -1), int32; the first of equals. */
export function argMax(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('argMax', x)
  checkOptions('argMax', options, ['axis'])
  return apply('argMax', [x], { axis: normalizeAxis('argMax', options.axis ?? -1, x.rank) })
}

/** The index of the minimum along `axis` (default -1), int32; the first of equals. */
export function argMin(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('argMin', x)
  checkOptions('argMin', options, ['axis'])
  return apply('argMin', [x], { axis: normalizeAxis('argMin', options.axis ?? -1, x.rank) })
}

/** True where any element over the axes is true. */
export function any(x: Tensor, options: ReductionOptions = {}): Tensor {
  const params = resolve('any', x, options)
  return cast(apply('sum', [cast(x, 'int32')], params), 'bool')
}

/** True where every element over the axes is true; true over nothing. */
export function all(x: Tensor, options: ReductionOptions = {}): Tensor {
  const params = resolve('all', x, options)
  return apply('logicalNot', [cast(apply('sum', [cast(apply('logicalNot', [x], {}), 'int32')], params), 'bool')], {})
}

/**
 * The k largest elements along the last axis, largest first, and their indices (int32). Equal elements keep their order.
 *
 * @example
 * ```ts
 * import { tensor, topK } from '@neurite/core'
 * const { values, indices } = topK(tensor([3, 9, 5]), { k: 2 })
 * await values.toArray() // => [9, 5]
 * await indices.toArray() // => [1, 2]
 * ```
 */
export function topK(x: Tensor, options: { readonly k: number }): { values: Tensor; indices: Tensor } {
  checkTensor('topK', x)
  checkOptions('topK', options, ['k'])
  const { k } = options
  const indices = apply('topKIndices', [x], { k })
  const columns = x.shape.at(-1)!
  const rows = x.shape.slice(0, -1).reduce((product, extent) => product * extent, 1)
  // Rows are laid end to end, so that one gather along one axis picks from each row its own columns.
  const starts = apply('arange', [], { start: 0, step: columns, length: rows, dtype: 'int32' }, x.backend)
  const flat = apply('add', [reshape(indices, [rows, k]), reshape(starts, [rows, 1])], {})
  return { values: reshape(gather(reshape(x, [rows * columns]), flat, { axis: 0 }), indices.shape), indices }
}

/** The running sum along `axis` (default -1). */
export function cumsum(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('cumsum', x)
  checkOptions('cumsum', options, ['axis'])
  return apply('cumsum', [x], { axis: normalizeAxis('cumsum', options.axis ?? -1, x.rank), reverse: false })
}

function countOver(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * x.shape[axis]!, 1)
}

