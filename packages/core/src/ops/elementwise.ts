import { apply } from '../apply.js'
import { checkArgument, checkOptions } from '../errors/index.js'
import type { DType } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkTensor, constant, operands, type Operand } from './operand.js'

/** a + b, broadcasting. */
export function add(a: Operand, b: Operand): Tensor {
  return apply('add', operands('add', a, b), {})
}

/** a - b, broadcasting. */
export function sub(a: Operand, b: Operand): Tensor {
  return apply('sub', operands('sub', a, b), {})
}

/** a * b, broadcasting. int32 wraps around. */
export function mul(a: Operand, b: Operand): Tensor {
  return apply('mul', operands('mul', a, b), {})
}

/** a / b, broadcasting. int32 truncates toward zero; x / 0 is 0 there. */
export function div(a: Operand, b: Operand): Tensor {
  return apply('div', operands('div', a, b), {})
}

/** a to the power of b, broadcasting. A negative base with a fractional exponent gives NaN. */
export function pow(a: Operand, b: Operand): Tensor {
  return apply('pow', operands('pow', a, b), {})
}

/** The larger of a and b, broadcasting; NaN wins. At ties each operand gets half of the gradient (PyTorch). */
export function maximum(a: Operand, b: Operand): Tensor {
  return apply('maximum', operands('maximum', a, b), {})
}

/** The smaller of a and b, broadcasting; NaN wins. At ties each operand gets half of the gradient (PyTorch). */
export function minimum(a: Operand, b: Operand): Tensor {
  return apply('minimum', operands('minimum', a, b), {})
}

/** -x. */
export function neg(x: Tensor): Tensor {
  checkTensor('neg', x)
  return apply('neg', [x], {})
}

/** |x|. Its gradient at 0 is 0. */
export function abs(x: Tensor): Tensor {
  checkTensor('abs', x)
  return apply('abs', [x], {})
}

/** -1, 0 or 1; NaN stays NaN. Its gradient is 0. */
export function sign(x: Tensor): Tensor {
  checkTensor('sign', x)
  return apply('sign', [x], {})
}

/** The largest whole number <= x. Its gradient is 0. */
export function floor(x: Tensor): Tensor {
  checkTensor('floor', x)
  return apply('floor', [x], {})
}

/** e^x. */
export function exp(x: Tensor): Tensor {
  checkTensor('exp', x)
  return apply('exp', [x], {})
}

/** e^x - 1, exact for small x. */
export function expm1(x: Tensor): Tensor {
  checkTensor('expm1', x)
  return apply('expm1', [x], {})
}

/** Natural logarithm: NaN below 0, -Infinity at 0. */
export function log(x: Tensor): Tensor {
  checkTensor('log', x)
  return apply('log', [x], {})
}

/** log(1 + x), exact for small x. */
export function log1p(x: Tensor): Tensor {
  checkTensor('log1p', x)
  return apply('log1p', [x], {})
}

/** Square root: NaN below 0. */
export function sqrt(x: Tensor): Tensor {
  checkTensor('sqrt', x)
  return apply('sqrt', [x], {})
}

/** x * x. */
export function square(x: Tensor): Tensor {
  checkTensor('square', x)
  return apply('mul', [x, x], {})
}

/** 1 / x. */
export function reciprocal(x: Tensor): Tensor {
  checkTensor('reciprocal', x)
  return apply('div', [constant('reciprocal', 1, x), x], {})
}

/** Sine; x in radians. */
export function sin(x: Tensor): Tensor {
  checkTensor('sin', x)
  return apply('sin', [x], {})
}

/** Cosine; x in radians. */
export function cos(x: Tensor): Tensor {
  checkTensor('cos', x)
  return apply('cos', [x], {})
}

/** The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export function erf(x: Tensor): Tensor {
  checkTensor('erf', x)
  return apply('erf', [x], {})
}

/**
 * x limited to [minimum, maximum].
 *
 * @example
 * ```ts
 * import { clip, tensor } from '@neurite/core'
 * await clip(tensor([-2, 0.5, 9]), { minimum: 0, maximum: 1 }).toArray() // => [0, 0.5, 1]
 * ```
 */
export function clip(x: Tensor, options: { readonly minimum?: number; readonly maximum?: number }): Tensor {
  checkTensor('clip', x)
  checkOptions('clip', options, ['minimum', 'maximum'])
  const { minimum: low = -Infinity, maximum: high = Infinity } = options
  checkArgument(low <= high, () => `clip: minimum ${low} must not exceed maximum ${high}.`)
  const raised = low === -Infinity ? x : maximum(x, low)
  return high === Infinity ? raised : minimum(raised, high)
}

/** x as another dtype. To int32 it truncates toward zero (NaN gives 0); to bool it asks whether x is not 0. */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensor('cast', x)
  checkArgument(['float32', 'float64', 'int32', 'bool'].includes(dtype), () => `cast: dtype must be float32, float64, int32 or bool, got ${String(dtype)}.`)
  return x.dtype === dtype ? x : apply('cast', [x], { dtype })
}
