import { apply } from '../apply.js'
import { checkArgument, checkOptions } from '../errors/index.js'
import { normalizeAxis } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'
import { abs, add, clip, div, erf, exp, expm1, log1p, maximum, minimum, mul, neg, square, sub } from './elementwise.js'
import { greater, where } from './logic.js'
import { checkTensor, hasKernel } from './operand.js'
import { logSumExp, max, sum } from './reductions.js'
import { stopGradient } from './stop-gradient.js'

/** x itself: the activation of a linear layer (chapter 4.2.4). */
export function identity(x: Tensor): Tensor {
  checkTensor('identity', x)
  return x
}

/** 1 / (1 + e^-x), in (0, 1), without overflow (chapter 4.2.4, 2). */
export function sigmoid(x: Tensor): Tensor {
  checkTensor('sigmoid', x)
  return apply('sigmoid', [x], {})
}

/** (e^x - e^-x) / (e^x + e^-x), in (-1, 1) (chapter 4.2.4, 3). */
export function tanh(x: Tensor): Tensor {
  checkTensor('tanh', x)
  return apply('tanh', [x], {})
}

/** max(x, 0) (chapter 4.2.4, 4). Its gradient at 0 is 0; NaN stays NaN. */
export function relu(x: Tensor): Tensor {
  checkTensor('relu', x)
  return apply('relu', [x], {})
}

/** min(max(x, 0), 6). */
export function relu6(x: Tensor): Tensor {
  checkTensor('relu6', x)
  return minimum(relu(x), 6)
}

/** x above 0, negativeSlope * x below (chapter 4.2.4, 5). `negativeSlope` default 0.01. */
export function leakyRelu(x: Tensor, options: { readonly negativeSlope?: number } = {}): Tensor {
  checkTensor('leakyRelu', x)
  checkOptions('leakyRelu', options, ['negativeSlope'])
  const { negativeSlope = 0.01 } = options
  return where(greater(x, 0), x, mul(x, negativeSlope))
}

/** x above 0, alpha * (e^x - 1) below (Clevert et al. 2015). `alpha` default 1. */
export function elu(x: Tensor, options: { readonly alpha?: number } = {}): Tensor {
  checkTensor('elu', x)
  checkOptions('elu', options, ['alpha'])
  // The unused branch must stay finite, or its gradient would be 0 * Infinity.
  return where(greater(x, 0), x, mul(expm1(minimum(x, 0)), options.alpha ?? 1))
}

/** The self-normalizing elu: scale * elu(x, alpha) with the constants of Klambauer et al. (2017). */
export function selu(x: Tensor): Tensor {
  return mul(elu(x, { alpha: 1.6732632423543772 }), 1.0507009873554805)
}

/** x Phi(x), with Phi the normal distribution function; `approximate: 'tanh'` uses the formula of Hendrycks & Gimpel (2016). */
export function gelu(x: Tensor, options: { readonly approximate?: 'none' | 'tanh' } = {}): Tensor {
  checkTensor('gelu', x)
  checkOptions('gelu', options, ['approximate'])
  const { approximate = 'none' } = options
  checkArgument(approximate === 'none' || approximate === 'tanh', () => `gelu: approximate must be 'none' or 'tanh', got ${JSON.stringify(approximate)}.`)
  const inner = approximate === 'none' ? erf(mul(x, Math.SQRT1_2)) : tanh(mul(add(x, mul(mul(square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
  return mul(mul(x, 0.5), add(inner, 1))
}

/** x sigmoid(x), also called swish. */
export function silu(x: Tensor): Tensor {
  checkTensor('silu', x)
  return mul(x, sigmoid(x))
}

/** log(1 + e^x), without overflow. */
export function softplus(x: Tensor): Tensor {
  checkTensor('softplus', x)
  return add(maximum(x, 0), log1p(exp(neg(abs(x)))))
}

/** x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  checkTensor('softsign', x)
  return div(x, add(abs(x), 1))
}

/** x tanh(softplus(x)) (Misra 2019). */
export function mish(x: Tensor): Tensor {
  checkTensor('mish', x)
  return mul(x, tanh(softplus(x)))
}

/** min(max(x / 6 + 1/2, 0), 1). */
export function hardSigmoid(x: Tensor): Tensor {
  checkTensor('hardSigmoid', x)
  return clip(add(mul(x, 1 / 6), 0.5), { minimum: 0, maximum: 1 })
}

/** min(max(x, -1), 1). */
export function hardTanh(x: Tensor): Tensor {
  return clip(x, { minimum: -1, maximum: 1 })
}

/** Which axis holds the classes. */
export interface AxisOptions {
  /** Default -1. */
  readonly axis?: number
}

function resolveAxis(where: string, x: Tensor, options: AxisOptions): number {
  checkTensor(where, x)
  checkOptions(where, options, ['axis'])
  return normalizeAxis(where, options.axis ?? -1, x.rank)
}

/**
 * e^x_k / sum_i e^x_i along `axis` (chapter 4.2.4, 6): positive, adding up to 1, without overflow.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from '@neurite/core'
 * await softmax(tensor([0, Math.log(3)])).toArray() // => [0.25, 0.75]
 * ```
 */
export function softmax(x: Tensor, options: AxisOptions = {}): Tensor {
  const axis = resolveAxis('softmax', x, options)
  if (hasKernel(x, 'softmax')) return apply('softmax', [x], { axis })
  const e = exp(sub(x, stopGradient(max(x, { axes: [axis], keepDims: true }))))
  return div(e, sum(e, { axes: [axis], keepDims: true }))
}

/** log(softmax(x)) along `axis`, computed as x - logSumExp(x), which stays finite where softmax rounds to 0. */
export function logSoftmax(x: Tensor, options: AxisOptions = {}): Tensor {
  const axis = resolveAxis('logSoftmax', x, options)
  if (hasKernel(x, 'logSoftmax')) return apply('logSoftmax', [x], { axis })
  return sub(x, logSumExp(x, { axes: [axis], keepDims: true }))
}
