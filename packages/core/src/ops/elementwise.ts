import { aNumber, or, readOptions, takesNoOptions } from '../arguments/index.js'
import { apply } from '../apply.js'
import { checkArgument } from '../errors/index.js'
import * as primitive from '../primitive/index.js'
import { checkDTypes } from '../primitive/rule.js'
import type { DType } from '../tensor/dtype.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { less, where } from './logic.js'
import { binary, checkTensor, constant, unary, type Operand } from './operand.js'

/**
 * a + b, element by element. Shapes broadcast as in NumPy; a number takes the tensor's dtype.
 *
 * The gradient of each operand is summed over the axes along which it was stretched.
 *
 * @param a - a tensor of numbers, or a number
 * @param b - likewise; one of the two must be a tensor
 * @returns a tensor of the broadcast shape and the operands' dtype
 * @throws NeuriteError `SHAPE_MISMATCH` if the shapes do not broadcast, `DTYPE_MISMATCH` if the dtypes differ,
 * `INVALID_ARGUMENT` for a number that the dtype cannot hold, `MIXED_BACKENDS`
 * @example
 * ```ts
 * import { add, tensor } from '@neurite/core'
 * await add(tensor([[1], [2]]), tensor([10, 20])).toArray() // => [[11, 21], [12, 22]]
 * await add(tensor([1, 2]), 1).toArray() // => [2, 3]
 * ```
 */
export function add(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.add, a, b, none)
}

/**
 * a - b, element by element, broadcasting; operands and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { sub, tensor } from '@neurite/core'
 * await sub(1, tensor([1, 2])).toArray() // => [0, -1]
 * ```
 */
export function sub(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.sub, a, b, none)
}

/**
 * a * b, element by element, broadcasting; operands and errors as in {@link add}. int32 wraps around at 2^31.
 *
 * @example
 * ```ts
 * import { mul, tensor } from '@neurite/core'
 * await mul(tensor([1, 2]), tensor([3, 4])).toArray() // => [3, 8]
 * ```
 */
export function mul(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.mul, a, b, none)
}

/**
 * a / b, element by element, broadcasting; operands and errors as in {@link add}. Floats follow IEEE 754 (1 / 0 is
 * Infinity); int32 truncates toward zero, and x / 0 is 0 there.
 *
 * @example
 * ```ts
 * import { div, tensor } from '@neurite/core'
 * await div(tensor([1, 2]), 4).toArray() // => [0.25, 0.5]
 * await div(tensor([7, -7], { dtype: 'int32' }), 2).toArray() // => [3, -3]
 * ```
 */
export function div(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.div, a, b, none)
}

/**
 * a to the power of b, element by element, broadcasting; operands and errors as in {@link add}. A negative base with a
 * fractional exponent gives NaN, and x^0 is 1 for every x.
 *
 * Gradients: b a^(b-1) for a, and 0 where b is 0; a^b log(a) for b, and 0 where a is 0 and b >= 0.
 *
 * @example
 * ```ts
 * import { pow, tensor } from '@neurite/core'
 * await pow(tensor([2, 3]), 2).toArray() // => [4, 9]
 * ```
 */
export function pow(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.pow, a, b, none)
}

/**
 * The larger of a and b, element by element, broadcasting; operands and errors as in {@link add}. NaN wins. The
 * gradient goes to the larger operand; at ties each gets half (PyTorch).
 *
 * @example
 * ```ts
 * import { maximum, tensor } from '@neurite/core'
 * await maximum(tensor([-1, 2]), 0).toArray() // => [0, 2]
 * ```
 */
export function maximum(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.maximum, a, b, none)
}

/**
 * The smaller of a and b, element by element, broadcasting; operands and errors as in {@link add}. NaN wins. The
 * gradient goes to the smaller operand; at ties each gets half (PyTorch).
 *
 * @example
 * ```ts
 * import { minimum, tensor } from '@neurite/core'
 * await minimum(tensor([-1, 2]), 0).toArray() // => [-1, 0]
 * ```
 */
export function minimum(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.minimum, a, b, none)
}

/**
 * -x.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { neg, tensor } from '@neurite/core'
 * await neg(tensor([1, -2])).toArray() // => [-1, 2]
 * ```
 */
export function neg(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.neg, x, none)
}

/**
 * |x|. Its gradient is sign(x): 0 at 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { abs, tensor } from '@neurite/core'
 * await abs(tensor([1, -2])).toArray() // => [1, 2]
 * ```
 */
export function abs(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.abs, x, none)
}

/**
 * -1, 0 or 1; NaN stays NaN. Its gradient is 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { sign, tensor } from '@neurite/core'
 * await sign(tensor([3, 0, -2])).toArray() // => [1, 0, -1]
 * ```
 */
export function sign(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.sign, x, none)
}

/**
 * The largest whole number <= x. Its gradient is 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { floor, tensor } from '@neurite/core'
 * await floor(tensor([1.7, -0.2])).toArray() // => [1, -1]
 * ```
 */
export function floor(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.floor, x, none)
}

/**
 * e^x. Its gradient is e^x.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { exp, tensor } from '@neurite/core'
 * await exp(tensor([0, 1])).toArray() // => [1, 2.718282]
 * ```
 */
export function exp(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.exp, x, none)
}

/**
 * e^x - 1, exact for small x, where e^x rounds to 1.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { expm1, tensor } from '@neurite/core'
 * await expm1(tensor([0, 1])).toArray() // => [0, 1.718282]
 * ```
 */
export function expm1(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.expm1, x, none)
}

/**
 * The natural logarithm: -Infinity at 0, NaN below. Its gradient is 1 / x.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { log, tensor } from '@neurite/core'
 * await log(tensor([1, Math.E, 0])).toArray() // => [0, 1, -Infinity]
 * ```
 */
export function log(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.log, x, none)
}

/**
 * log(1 + x), exact for small x, where 1 + x rounds to 1.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { log1p, tensor } from '@neurite/core'
 * await log1p(tensor([0, Math.E - 1])).toArray() // => [0, 1]
 * ```
 */
export function log1p(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.log1p, x, none)
}

/**
 * The square root: NaN below 0. Its gradient, 1 / (2 sqrt(x)), is infinite at 0.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { sqrt, tensor } from '@neurite/core'
 * await sqrt(tensor([4, 9])).toArray() // => [2, 3]
 * ```
 */
export function sqrt(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.sqrt, x, none)
}

/**
 * x * x.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { square, tensor } from '@neurite/core'
 * await square(tensor([-3, 2])).toArray() // => [9, 4]
 * ```
 */
export function square(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('square', none)
  checkTensor('square', x)
  checkDTypes('square', [x], 'number')
  return apply(primitive.mul, [x, x], {})
}

/**
 * 1 / x.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { reciprocal, tensor } from '@neurite/core'
 * await reciprocal(tensor([2, 4])).toArray() // => [0.5, 0.25]
 * ```
 */
export function reciprocal(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('reciprocal', none)
  checkTensor('reciprocal', x)
  checkDTypes('reciprocal', [x], 'number')
  return tidy(() => apply(primitive.div, [constant('reciprocal', 1, x), x], {}))
}

/**
 * The sine of x, in radians.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { sin, tensor } from '@neurite/core'
 * await sin(tensor([0, Math.PI / 2])).toArray() // => [0, 1]
 * ```
 */
export function sin(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.sin, x, none)
}

/**
 * The cosine of x, in radians.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { cos, tensor } from '@neurite/core'
 * await cos(tensor([0, Math.PI])).toArray() // => [1, -1]
 * ```
 */
export function cos(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.cos, x, none)
}

/**
 * The error function: 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, in (-1, 1).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { erf, tensor } from '@neurite/core'
 * await erf(tensor([0, 1])).toArray() // => [0, 0.842701]
 * ```
 */
export function erf(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.erf, x, none)
}

/**
 * The complementary error function, 1 - erf x, in (0, 2): with all its digits far above 0 too, where 1 - erf(x) rounds to 0 (from 4 on in
 * float32, from 6 on in float64).
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float
 * @example
 * ```ts
 * import { erfc, tensor } from '@neurite/core'
 * await erfc(tensor([0, 1, 8])).toArray() // => [1, 0.157299, 1.122430e-29]
 * ```
 */
export function erfc(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.erfc, x, none)
}

/**
 * x limited to [minimum, maximum]. Outside no gradient flows; exactly on a bound, all of it (PyTorch).
 *
 * @param options - `minimum` and `maximum`; without one, that side is open
 * @throws NeuriteError `INVALID_ARGUMENT` if minimum exceeds maximum or one is NaN, `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { clip, tensor } from '@neurite/core'
 * await clip(tensor([-2, 0.5, 9]), { minimum: 0, maximum: 1 }).toArray() // => [0, 0.5, 1]
 * ```
 */
export function clip(x: Tensor, options: { readonly minimum?: number; readonly maximum?: number }): Tensor {
  checkTensor('clip', x)
  const { minimum: low, maximum: high } = readOptions('clip', options, {
    minimum: or(-Infinity, aNumber),
    maximum: or(Infinity, aNumber),
  })
  checkDTypes('clip', [x], 'number')
  checkArgument(low <= high, () => `clip: minimum ${low} must not exceed maximum ${high}.`)
  return tidy(() => {
    const raised = low === -Infinity ? x : where(less(x, low), low, x)
    return high === Infinity ? raised : where(less(high, x), high, raised)
  })
}

/**
 * x as another dtype. To int32 it truncates toward zero, keeps to the range of int32, and makes NaN 0; to bool it asks
 * whether x is not 0. Gradients flow between float dtypes.
 *
 * @returns x itself if it has the dtype already
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown dtype, `NOT_SUPPORTED` if the backend lacks it
 * @example
 * ```ts
 * import { cast, tensor } from '@neurite/core'
 * await cast(tensor([1.9, -1.9]), 'int32').toArray() // => [1, -1]
 * await cast(tensor([0, 0.5]), 'bool').toArray() // => [false, true]
 * ```
 */
export function cast(x: Tensor, dtype: DType, ...none: readonly []): Tensor {
  takesNoOptions('cast', none)
  checkTensor('cast', x)
  checkArgument(
    ['float32', 'float64', 'int32', 'bool'].includes(dtype),
    () => `cast: dtype must be float32, float64, int32 or bool, got ${String(dtype)}.`,
  )
  return x.dtype === dtype ? x : apply(primitive.cast, [x], { dtype })
}
