import { aBoolean, aNumber, asGiven, must, number, optional, or, readOptions, whole } from '../arguments/index.js'
import { apply } from '../apply.js'
import * as primitive from '../primitive/index.js'
import { checkDTypes } from '../primitive/rule.js'
import { normalizeAxes, normalizeAxis, reducedShape } from '../shape/index.js'
import type { DType } from '../tensor/dtype.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { abs, add, cast, clip, div, exp, log, mul, pow, sqrt, square, sub } from './elementwise.js'
import { equal, isFinite, logicalNot, where } from './logic.js'
import { gather, reshape } from './movement.js'
import { checkFloat, checkTensor } from './operand.js'
import { stopGradient } from './stop-gradient.js'

/** Which axes a reduction removes. */
export interface ReductionOptions {
  /** Default: all. Negative ones count from the end. */
  readonly axes?: readonly number[]
  /** Keep reduced axes with extent 1. Default false. */
  readonly keepDims?: boolean
}

/** Readers of {@link ReductionOptions}; which axes there are, the tensor says. */
const REDUCTION = /* @__PURE__ */ (() => ({
  axes: optional(asGiven<readonly number[]>),
  keepDims: or(false, aBoolean),
}))()

interface Resolved {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

function resolve(where: string, x: Tensor, options: ReductionOptions): Resolved {
  checkTensor(where, x)
  return resolved(where, x, readOptions(where, options, REDUCTION))
}

function resolved(
  where: string,
  x: Tensor,
  { axes, keepDims }: { readonly axes: readonly number[] | undefined; readonly keepDims: boolean },
): Resolved {
  return { axes: normalizeAxes(where, axes, x.rank), keepDims }
}

const anOrder = /* @__PURE__ */ must('> 0 (Infinity allowed)', (value): value is number => Number(value) > 0)

function countOver(x: Tensor, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * x.shape[axis]!, 1)
}

/**
 * The sum over axes; 0 over nothing.
 *
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError `AXIS_OUT_OF_RANGE`, `INVALID_ARGUMENT` for an axis named twice, `DTYPE_MISMATCH` for bool,
 * `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { sum, tensor } from '@neurite/core'
 * const x = tensor([[1, 2], [3, 4]])
 * await sum(x).item() // => 10
 * await sum(x, { axes: [-1], keepDims: true }).toArray() // => [[3], [7]]
 * ```
 */
export function sum(x: Tensor, options: ReductionOptions = {}): Tensor {
  return apply(primitive.sum, [x], resolve('sum', x, options))
}

/**
 * The arithmetic mean over axes; NaN over nothing.
 *
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float; otherwise as {@link sum}
 * @example
 * ```ts
 * import { mean, tensor } from '@neurite/core'
 * await mean(tensor([[1, 2], [3, 4]]), { axes: [0] }).toArray() // => [2, 3]
 * ```
 */
export function mean(x: Tensor, options: ReductionOptions = {}): Tensor {
  checkFloat('mean', x)
  const params = resolve('mean', x, options)
  // A division: n * (1 / n) is not always 1.
  return tidy(() => div(apply(primitive.sum, [x], params), countOver(x, params.axes)))
}

/**
 * The maximum over axes; NaN wins; -Infinity over nothing. Equal maxima share the gradient.
 *
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError as {@link sum}
 * @example
 * ```ts
 * import { max, tensor } from '@neurite/core'
 * await max(tensor([[1, 5], [3, 4]]), { axes: [1] }).toArray() // => [5, 4]
 * ```
 */
export function max(x: Tensor, options: ReductionOptions = {}): Tensor {
  return apply(primitive.max, [x], resolve('max', x, options))
}

/**
 * The minimum over axes; NaN wins; Infinity over nothing. Equal minima share the gradient.
 *
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError as {@link sum}
 * @example
 * ```ts
 * import { min, tensor } from '@neurite/core'
 * await min(tensor([[1, 5], [3, 4]]), { axes: [1] }).toArray() // => [1, 3]
 * ```
 */
export function min(x: Tensor, options: ReductionOptions = {}): Tensor {
  return apply(primitive.min, [x], resolve('min', x, options))
}

type SpreadOptions = ReductionOptions & { readonly correction?: number }

/**
 * The mean squared distance from the mean, over axes: sum((x - mean)^2) / (n - correction), a divisor below 0 taken for 0.
 *
 * @param options - `axes` (default: all), `keepDims` (default false), `correction`: 0 (default), or 1 for the unbiased
 * estimate (Bessel)
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float; otherwise as {@link sum}
 * @example
 * ```ts
 * import { tensor, variance } from '@neurite/core'
 * await variance(tensor([1, 2, 3, 4])).item() // => 1.25
 * await variance(tensor([1, 2, 3, 4]), { correction: 1 }).item() // => 1.666667
 * ```
 */
export function variance(x: Tensor, options: SpreadOptions = {}): Tensor {
  return spread('variance', x, options, (centered, n, params) => div(sum(square(centered), params), n))
}

/**
 * The square root of the variance; options and errors as in {@link variance}. Where all elements are equal it has a kink; its
 * gradient is taken to be 0 there, as {@link norm}'s.
 *
 * @example
 * ```ts
 * import { standardDeviation, tensor } from '@neurite/core'
 * await standardDeviation(tensor([[1, 3], [2, 6]]), { axes: [1] }).toArray() // => [1, 2]
 * ```
 */
export function standardDeviation(x: Tensor, options: SpreadOptions = {}): Tensor {
  return spread('standardDeviation', x, options, (centered, n, params) => powerMean(centered, 2, n, params))
}

function spread(
  where: string,
  x: Tensor,
  options: SpreadOptions,
  of: (centered: Tensor, n: number, params: Resolved) => Tensor,
): Tensor {
  checkFloat(where, x)
  const { correction, ...read } = readOptions(where, options, { ...REDUCTION, correction: or(0, number()) })
  const params = resolved(where, x, read)
  return tidy(() => {
    const centered = sub(x, mean(x, { axes: params.axes, keepDims: true }))
    // As NumPy and PyTorch: no sum of squares is divided by less than nothing.
    return of(centered, Math.max(0, countOver(x, params.axes) - correction), params)
  })
}

/**
 * The p-norm over axes, (sum |x|^p)^(1/p). Where it is 0 its gradient is taken to be 0 (PyTorch).
 *
 * @param options - `order`: p, 2 (default), 1, Infinity (the largest |x|) or any p > 0; `axes` (default: all),
 * `keepDims` (default false)
 * @throws NeuriteError `INVALID_ARGUMENT` for an order that is not > 0, `DTYPE_MISMATCH` for what is not float;
 * otherwise as {@link sum}
 * @example
 * ```ts
 * import { norm, tensor } from '@neurite/core'
 * await norm(tensor([3, -4])).item() // => 5
 * await norm(tensor([3, -4]), { order: 1 }).item() // => 7
 * ```
 */
export function norm(x: Tensor, options: ReductionOptions & { readonly order?: number } = {}): Tensor {
  checkFloat('norm', x)
  const { order, ...read } = readOptions('norm', options, { ...REDUCTION, order: or(2, anOrder) })
  const params = resolved('norm', x, read)
  return tidy(() => {
    if (order === 1) return sum(abs(x), params)
    // The largest of nothing would be -Infinity; a sum of nothing is 0.
    if (order === Infinity && countOver(x, params.axes) > 0) return max(abs(x), params)
    if (order === Infinity) return sum(x, params)
    return powerMean(x, order, 1, params)
  })
}

/** What powers are taken out of before: no more than the dtype holds, and no less than its inverse. */
const LARGEST: Readonly<Record<DType, number>> = { float32: 2 ** 127, float64: 2 ** 1023, int32: 1, bool: 1 }

/**
 * (sum |x|^p / n)^(1/p). The largest |x| is taken out first, as a constant: powers of 1e20 or 1e-30 leave float32. The root is
 * infinitely steep at 0, and so are powers below 1: the gradient is 0 there.
 */
function powerMean(x: Tensor, order: number, n: number, params: Resolved): Tensor {
  const over = { axes: params.axes, keepDims: true }
  const size = abs(x)
  const largest = LARGEST[x.dtype]
  const top = clip(stopGradient(max(size, over)), { minimum: 2 / largest, maximum: largest })
  /** f(y), and constantly 0 where y is 0. */
  const unlessZero = (y: Tensor, f: (y: Tensor) => Tensor): Tensor => {
    const zero = equal(y, 0)
    return where(zero, 0, f(where(zero, 1, y)))
  }
  const powers = order === 2 ? square(div(x, top)) : unlessZero(div(size, top), (y) => pow(y, order))
  const total = sum(powers, over)
  const mean = n === 1 ? total : div(total, n)
  const root = mul(
    unlessZero(mean, (y) => (order === 2 ? sqrt(y) : pow(y, 1 / order))),
    top,
  )
  return params.keepDims ? root : reshape(root, reducedShape(x.shape, params.axes, false))
}

/**
 * log(sum(e^x)) over axes, without overflow: the maximum is taken out first. -Infinity over nothing. Its gradient is
 * the softmax.
 *
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float; otherwise as {@link sum}
 * @example
 * ```ts
 * import { logSumExp, tensor } from '@neurite/core'
 * await logSumExp(tensor([1000, 1000])).item() // => 1000.693
 * ```
 */
export function logSumExp(x: Tensor, options: ReductionOptions = {}): Tensor {
  checkFloat('logSumExp', x)
  const { axes, keepDims } = resolve('logSumExp', x, options)
  return tidy(() => {
    const top = stopGradient(max(x, { axes, keepDims: true }))
    // An infinite maximum would give Infinity - Infinity.
    const shift = where(isFinite(top), top, 0)
    const result = add(log(sum(exp(sub(x, shift)), { axes, keepDims: true })), shift)
    if (keepDims) return result
    const rest = x.shape.filter((_, i) => !axes.includes(i))
    return reshape(result, rest)
  })
}

/**
 * The index of the maximum along an axis, int32; the first of equals; NaN counts as the largest. The axis is dropped.
 *
 * @param options - `axis`, default -1
 * @throws NeuriteError `SHAPE_MISMATCH` if the axis is empty, `AXIS_OUT_OF_RANGE`, `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { argMax, tensor } from '@neurite/core'
 * await argMax(tensor([[1, 5, 5], [3, 0, 2]])).toArray() // => [1, 0]
 * ```
 */
export function argMax(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('argMax', x)
  const { axis } = readOptions('argMax', options, { axis: or(-1, aNumber) })
  return apply(primitive.argMax, [x], { axis: normalizeAxis('argMax', axis, x.rank) })
}

/**
 * The index of the minimum along an axis, int32; the first of equals; NaN counts as the smallest. The axis is dropped.
 *
 * @param options - `axis`, default -1
 * @throws NeuriteError as {@link argMax}
 * @example
 * ```ts
 * import { argMin, tensor } from '@neurite/core'
 * await argMin(tensor([[1, 5, 5], [3, 0, 2]])).toArray() // => [0, 1]
 * ```
 */
export function argMin(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('argMin', x)
  const { axis } = readOptions('argMin', options, { axis: or(-1, aNumber) })
  return apply(primitive.argMin, [x], { axis: normalizeAxis('argMin', axis, x.rank) })
}

/**
 * True where any element over the axes is true; false over nothing.
 *
 * @param x - bool
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not bool; otherwise as {@link sum}
 * @example
 * ```ts
 * import { any, tensor } from '@neurite/core'
 * await any(tensor([[true, false], [false, false]]), { axes: [1] }).toArray() // => [true, false]
 * ```
 */
export function any(x: Tensor, options: ReductionOptions = {}): Tensor {
  const params = resolve('any', x, options)
  checkDTypes('any', [x], 'bool')
  return tidy(() => cast(apply(primitive.sum, [cast(x, 'int32')], params), 'bool'))
}

/**
 * True where every element over the axes is true; true over nothing.
 *
 * @param x - bool
 * @param options - `axes` (default: all) and `keepDims` (default false)
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not bool; otherwise as {@link sum}
 * @example
 * ```ts
 * import { all, tensor } from '@neurite/core'
 * await all(tensor([[true, true], [true, false]]), { axes: [1] }).toArray() // => [true, false]
 * ```
 */
export function all(x: Tensor, options: ReductionOptions = {}): Tensor {
  const params = resolve('all', x, options)
  checkDTypes('all', [x], 'bool')
  return tidy(() => logicalNot(cast(apply(primitive.sum, [cast(logicalNot(x), 'int32')], params), 'bool')))
}

/**
 * The k largest elements along the last axis, largest first, and their indices (int32). Equal elements keep their
 * order; NaN counts as the largest. Gradients flow through the values.
 *
 * @param x - [..., n]
 * @param options - `k`, in [1, n]
 * @returns `values` and `indices`, both [..., k]
 * @throws NeuriteError `INVALID_ARGUMENT` for a k outside its range, `DTYPE_MISMATCH` for bool
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
  const { k } = readOptions('topK', options, { k: whole(1) })
  return tidy(() => {
    const indices = apply(primitive.topKIndices, [x], { k })
    const columns = x.shape.at(-1)!
    const rows = x.shape.slice(0, -1).reduce((product, extent) => product * extent, 1)
    // Rows are laid end to end, so that one gather along one axis picks from each row its own columns.
    const starts = apply(primitive.arange, [], { start: 0, step: columns, length: rows, dtype: 'int32' }, x.backend)
    const flat = add(reshape(indices, [rows, k]), reshape(starts, [rows, 1]))
    return { values: reshape(gather(reshape(x, [rows * columns]), flat), indices.shape), indices }
  })
}

/**
 * The running sum along an axis: y_i = x_0 + ... + x_i.
 *
 * @param options - `axis`, default -1
 * @throws NeuriteError `AXIS_OUT_OF_RANGE`, `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { cumsum, tensor } from '@neurite/core'
 * await cumsum(tensor([1, 2, 3])).toArray() // => [1, 3, 6]
 * ```
 */
export function cumsum(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  checkTensor('cumsum', x)
  const { axis } = readOptions('cumsum', options, { axis: or(-1, aNumber) })
  return apply(primitive.cumsum, [x], { axis: normalizeAxis('cumsum', axis, x.rank), reverse: false })
}
