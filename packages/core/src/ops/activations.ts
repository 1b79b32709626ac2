import { aNumber, number, oneOf, or, readOptions, takesNoOptions } from '../arguments/index.js'
import { apply } from '../apply.js'
import * as primitive from '../primitive/index.js'
import { checkDTypes } from '../primitive/rule.js'
import { normalizeAxis } from '../shape/index.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { abs, add, div, erfc, exp, expm1, log, log1p, mul, neg, square, sub } from './elementwise.js'
import { greater, lessEqual, where } from './logic.js'
import { checkFloat, checkTensor, hasKernel, unary } from './operand.js'
import { max, sum } from './reductions.js'
import { stopGradient } from './stop-gradient.js'

/**
 * x itself: the activation of a linear layer (chapter 4.2.4).
 *
 * @example
 * ```ts
 * import { identity, tensor } from '@neurite/core'
 * await identity(tensor([-1, 2])).toArray() // => [-1, 2]
 * ```
 */
export function identity(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('identity', none)
  checkTensor('identity', x)
  return x
}

/**
 * 1 / (1 + e^-x), in (0, 1), without overflow (chapter 4.2.4, 2). Its gradient is y (1 - y), at most 1/4.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { sigmoid, tensor } from '@neurite/core'
 * await sigmoid(tensor([0, -1000])).toArray() // => [0.5, 0]
 * ```
 */
export function sigmoid(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.sigmoid, x, none)
}

/**
 * (e^x - e^-x) / (e^x + e^-x), in (-1, 1) (chapter 4.2.4, 3). Its gradient is 1 - y^2.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { tanh, tensor } from '@neurite/core'
 * await tanh(tensor([0, 1])).toArray() // => [0, 0.761594]
 * ```
 */
export function tanh(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.tanh, x, none)
}

/**
 * max(x, 0) (chapter 4.2.4, 4). Its gradient at 0 is 0; NaN stays NaN.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { relu, tensor } from '@neurite/core'
 * await relu(tensor([-1, 2])).toArray() // => [0, 2]
 * ```
 */
export function relu(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.relu, x, none)
}

/** The middle one of three straight lines. At the kinks, where x is `from` and `to`, no gradient flows (PyTorch); NaN stays NaN. */
function between(x: Tensor, from: number, to: number, low: number, high: number, middle: () => Tensor): Tensor {
  return tidy(() => where(lessEqual(x, from), low, where(lessEqual(to, x), high, middle())))
}

/**
 * min(max(x, 0), 6): a relu that stays small enough for low precision (Howard et al. 2017, MobileNets). Its gradient at 0 and 6 is 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { relu6, tensor } from '@neurite/core'
 * await relu6(tensor([-1, 2, 9])).toArray() // => [0, 2, 6]
 * ```
 */
export function relu6(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('relu6', none)
  checkTensor('relu6', x)
  checkDTypes('relu6', [x], 'number')
  return between(x, 0, 6, 0, 6, () => x)
}

/**
 * x above 0, negativeSlope * x below (chapter 4.2.4, 5): a unit that is off still learns.
 *
 * @param options - `negativeSlope`, default 0.01
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { leakyRelu, tensor } from '@neurite/core'
 * await leakyRelu(tensor([-1, 2]), { negativeSlope: 0.1 }).toArray() // => [-0.1, 2]
 * ```
 */
export function leakyRelu(x: Tensor, options: { readonly negativeSlope?: number } = {}): Tensor {
  checkFloat('leakyRelu', x)
  const { negativeSlope } = readOptions('leakyRelu', options, { negativeSlope: or(0.01, number()) })
  return tidy(() => where(greater(x, 0), x, mul(x, negativeSlope)))
}

/**
 * x above 0, alpha * (e^x - 1) below (Clevert, Unterthiner, Hochreiter 2015).
 *
 * @param options - `alpha`, default 1: what it tends to, negated, far below 0
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { elu, tensor } from '@neurite/core'
 * await elu(tensor([-1, 2])).toArray() // => [-0.632121, 2]
 * ```
 */
export function elu(x: Tensor, options: { readonly alpha?: number } = {}): Tensor {
  checkFloat('elu', x)
  const { alpha } = readOptions('elu', options, { alpha: or(1, number()) })
  return tidy(() => {
    const positive = greater(x, 0)
    // The unused branch must stay finite, or its gradient would be 0 * Infinity.
    return where(positive, x, mul(expm1(where(positive, 0, x)), alpha))
  })
}

/**
 * The self-normalizing elu: 1.0507 elu(x, alpha 1.6733), with the constants that keep mean 0 and variance 1 from layer
 * to layer (Klambauer et al. 2017).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { selu, tensor } from '@neurite/core'
 * await selu(tensor([-1, 2])).toArray() // => [-1.111331, 2.101402]
 * ```
 */
export function selu(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('selu', none)
  checkFloat('selu', x)
  return tidy(() => mul(elu(x, { alpha: 1.6732632423543772 }), 1.0507009873554805))
}

/**
 * x Phi(x), with Phi the normal distribution function (Hendrycks & Gimpel 2016). As x/2 erfc(-x / sqrt 2), like JAX's, it keeps its digits
 * far below 0, and so do its derivatives: it is 0 only where the dtype has nothing smaller, below some -14 in float32. x/2 (1 + erf(x / sqrt 2)),
 * like PyTorch's, would be 0 from some -6 on.
 *
 * @param options - `approximate`: 'none' (default), or 'tanh': x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float, `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { gelu, tensor } from '@neurite/core'
 * await gelu(tensor([-1, 2])).toArray() // => [-0.158655, 1.9545]
 * await gelu(tensor([-8])).toArray() // => [-4.976769e-15]
 * ```
 */
export function gelu(x: Tensor, options: { readonly approximate?: 'none' | 'tanh' } = {}): Tensor {
  checkFloat('gelu', x)
  const { approximate } = readOptions('gelu', options, { approximate: or('none', oneOf('none', 'tanh')) })
  return tidy(() =>
    approximate === 'none'
      ? mul(mul(x, 0.5), erfc(mul(x, -Math.SQRT1_2)))
      : // (1 + tanh z) / 2 = sigmoid(2z), which keeps its digits where tanh is next to -1.
        mul(x, sigmoid(mul(add(x, mul(mul(square(x), x), 0.044715)), 2 * Math.sqrt(2 / Math.PI)))),
  )
}

/**
 * x sigmoid(x), also called swish (Ramachandran, Zoph, Le 2017).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { silu, tensor } from '@neurite/core'
 * await silu(tensor([0, 1])).toArray() // => [0, 0.731059]
 * ```
 */
export function silu(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('silu', none)
  checkFloat('silu', x)
  return tidy(() => mul(x, sigmoid(x)))
}

/**
 * log(1 + e^x), without overflow: a smooth relu, whose gradient is sigmoid(x).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { softplus, tensor } from '@neurite/core'
 * await softplus(tensor([0, 1000])).toArray() // => [0.693147, 1000]
 * ```
 */
export function softplus(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('softplus', none)
  checkFloat('softplus', x)
  // -|x|, but with a derivative at 0: those of every order are right there too.
  return tidy(() => add(relu(x), log1p(exp(where(greater(x, 0), neg(x), x)))))
}

/**
 * x / (1 + |x|), in (-1, 1).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { softsign, tensor } from '@neurite/core'
 * await softsign(tensor([-1, 3])).toArray() // => [-0.5, 0.75]
 * ```
 */
export function softsign(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('softsign', none)
  checkFloat('softsign', x)
  return tidy(() => div(x, add(abs(x), 1)))
}

/**
 * x tanh(softplus(x)) (Misra 2019).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { mish, tensor } from '@neurite/core'
 * await mish(tensor([0, 1])).toArray() // => [0, 0.865098]
 * ```
 */
export function mish(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('mish', none)
  checkFloat('mish', x)
  return tidy(() => mul(x, tanh(softplus(x))))
}

/**
 * min(max(x / 6 + 1/2, 0), 1): a sigmoid of three straight lines. Its gradient at -3 and 3 is 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { hardSigmoid, tensor } from '@neurite/core'
 * await hardSigmoid(tensor([-3, 0, 1.5])).toArray() // => [0, 0.5, 0.75]
 * ```
 */
export function hardSigmoid(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('hardSigmoid', none)
  checkFloat('hardSigmoid', x)
  return between(x, -3, 3, 0, 1, () => add(mul(x, 1 / 6), 0.5))
}

/**
 * min(max(x, -1), 1): a tanh of three straight lines. Its gradient at -1 and 1 is 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { hardTanh, tensor } from '@neurite/core'
 * await hardTanh(tensor([-3, 0.5, 2])).toArray() // => [-1, 0.5, 1]
 * ```
 */
export function hardTanh(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('hardTanh', none)
  checkTensor('hardTanh', x)
  checkDTypes('hardTanh', [x], 'number')
  return between(x, -1, 1, -1, 1, () => x)
}

/** Which axis holds the classes. */
export interface AxisOptions {
  /** Default -1, the last. */
  readonly axis?: number
}

function resolveAxis(where: string, x: Tensor, options: AxisOptions): number {
  checkFloat(where, x)
  const { axis } = readOptions(where, options, { axis: or(-1, aNumber) })
  return normalizeAxis(where, axis, x.rank)
}

/**
 * e^x_k / sum_i e^x_i along `axis` (chapter 4.2.4, 6): positive, adding up to 1, without overflow.
 *
 * Its gradient is y (u - sum(u y)), for an upstream gradient u and the result y. For a loss on top, take
 * {@link logSoftmax}, or a cross entropy from logits.
 *
 * @param options - `axis`, default -1
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float, `AXIS_OUT_OF_RANGE`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { softmax, tensor } from '@neurite/core'
 * await softmax(tensor([0, Math.log(3)])).toArray() // => [0.25, 0.75]
 * await softmax(tensor([1000, 1000])).toArray() // => [0.5, 0.5]
 * ```
 */
export function softmax(x: Tensor, options: AxisOptions = {}): Tensor {
  const axis = resolveAxis('softmax', x, options)
  if (hasKernel(x, 'softmax')) return apply(primitive.softmax, [x], { axis })
  const over = { axes: [axis], keepDims: true }
  return tidy(() => {
    const e = exp(sub(x, stopGradient(max(x, over))))
    return div(e, sum(e, over))
  })
}

/**
 * log(softmax(x)) along `axis`, computed as y - log(sum(e^y)) with y = x - max(x), which stays finite where softmax rounds to 0.
 *
 * @param options - `axis`, default -1
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float, `AXIS_OUT_OF_RANGE`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { logSoftmax, tensor } from '@neurite/core'
 * await logSoftmax(tensor([0, 1000])).toArray() // => [-1000, 0]
 * ```
 */
export function logSoftmax(x: Tensor, options: AxisOptions = {}): Tensor {
  const axis = resolveAxis('logSoftmax', x, options)
  if (hasKernel(x, 'logSoftmax')) return apply(primitive.logSoftmax, [x], { axis })
  const over = { axes: [axis], keepDims: true }
  return tidy(() => {
    // The maximum is taken out first: beside a large one, the logarithm of the sum would be rounded away.
    const centred = sub(x, stopGradient(max(x, over)))
    return sub(centred, log(sum(exp(centred), over)))
  })
}
