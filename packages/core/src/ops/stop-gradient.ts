import { apply } from '../apply.js'
import { withTapes } from '../autodiff/tape.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkTensor } from './operand.js'

/** x as a constant: no gradient flows through the result. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', x)
  return withTapes([], () => apply('reshape', [x], { shape: x.shape }))
}
