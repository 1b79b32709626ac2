import { takesNoOptions } from '../arguments/index.js'
import { apply } from '../apply.js'
import { withTapes } from '../autodiff/tape.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkTensor } from './operand.js'
import * as primitive from '../primitive/index.js'

/**
 * x as a constant: no gradient flows through the result. Shares memory with x.
 *
 * @example
 * ```ts
 * import { grad, mul, stopGradient, tensor } from '@neurite/core'
 * // d/dx of x c, with c = x held constant.
 * await grad((x) => mul(x, stopGradient(x)))(tensor(3)).item() // => 3
 * ```
 */
export function stopGradient(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('stopGradient', none)
  checkTensor('stopGradient', x)
  return withTapes([], () => apply(primitive.reshape, [x], { shape: x.shape }))
}
