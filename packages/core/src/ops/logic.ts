import { apply } from '../apply.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkTensor, constant, operands, type Operand } from './operand.js'

/** a == b, as bool, broadcasting. NaN equals nothing. */
export function equal(a: Operand, b: Operand): Tensor {
  return apply('equal', operands('equal', a, b), {})
}

/** a != b, as bool, broadcasting. */
export function notEqual(a: Operand, b: Operand): Tensor {
  return apply('logicalNot', [apply('equal', operands('notEqual', a, b), {})], {})
}

/** a < b, as bool, broadcasting. */
export function less(a: Operand, b: Operand): Tensor {
  return apply('less', operands('less', a, b), {})
}

/** a <= b, as bool, broadcasting. */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return apply('lessEqual', operands('lessEqual', a, b), {})
}

/** a > b, as bool, broadcasting. */
export function greater(a: Operand, b: Operand): Tensor {
  const [x, y] = operands('greater', a, b)
  return apply('less', [y, x], {})
}

/** a >= b, as bool, broadcasting. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  const [x, y] = operands('greaterEqual', a, b)
  return apply('lessEqual', [y, x], {})
}

/** a and b, of bool tensors, broadcasting. */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return apply('logicalAnd', operands('logicalAnd', a, b), {})
}

/** a or b, of bool tensors, broadcasting. */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return apply('logicalOr', operands('logicalOr', a, b), {})
}

/** Either a or b but not both, of bool tensors, broadcasting. */
export function logicalXor(a: Tensor, b: Tensor): Tensor {
  return notEqual(a, b)
}

/** Not x, of a bool tensor. */
export function logicalNot(x: Tensor): Tensor {
  checkTensor('logicalNot', x)
  return apply('logicalNot', [x], {})
}

/** True where x is NaN. */
export function isNaN(x: Tensor): Tensor {
  return notEqual(x, x)
}

/** True where x is neither NaN nor infinite. */
export function isFinite(x: Tensor): Tensor {
  checkTensor('isFinite', x)
  // x - x is 0 for finite x and NaN otherwise.
  return apply('equal', [apply('sub', [x, x], {}), constant('isFinite', 0, x)], {})
}

/**
 * a where the condition holds, else b; all three broadcast. The gradient goes only to the side that was taken.
 *
 * @param condition - bool
 * @example
 * ```ts
 * import { greater, tensor, where } from '@neurite/core'
 * const x = tensor([-1, 2])
 * await where(greater(x, 0), x, 0).toArray() // => [0, 2]
 * ```
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkTensor('where', condition, 'condition')
  return apply('where', [condition, ...operands('where', a, b)], {})
}
