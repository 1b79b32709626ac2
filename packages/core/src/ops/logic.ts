import { takesNoOptions } from '../arguments/index.js'
import { apply } from '../apply.js'
import * as primitive from '../primitive/index.js'
import { checkDTypes } from '../primitive/rule.js'
import { broadcastShapes } from '../shape/index.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { binary, checkTensor, constant, operands, unary, type Operand } from './operand.js'

/** Operands of what is composed from another comparison, checked in the name of the function that was called. */
function comparable(where: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const pair = operands(where, a, b)
  checkDTypes(where, pair, 'any')
  broadcastShapes(where, pair[0].shape, pair[1].shape)
  return pair
}

/**
 * a == b, element by element, as bool. Shapes broadcast; a number takes the tensor's dtype. NaN equals nothing.
 * Comparisons have no gradient.
 *
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH` if the dtypes differ, `INVALID_ARGUMENT` for a number that the
 * dtype cannot hold
 * @example
 * ```ts
 * import { equal, tensor } from '@neurite/core'
 * await equal(tensor([1, 2]), 2).toArray() // => [false, true]
 * ```
 */
export function equal(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.equal, a, b, none)
}

/**
 * a != b, element by element, as bool; operands and errors as in {@link equal}. NaN differs from everything.
 *
 * @example
 * ```ts
 * import { notEqual, tensor } from '@neurite/core'
 * await notEqual(tensor([1, 2]), 2).toArray() // => [true, false]
 * ```
 */
export function notEqual(a: Operand, b: Operand, ...none: readonly []): Tensor {
  takesNoOptions('notEqual', none)
  return tidy(() => logicalNot(apply(primitive.equal, comparable('notEqual', a, b), {})))
}

/**
 * a < b, element by element, as bool; operands and errors as in {@link equal}.
 *
 * @example
 * ```ts
 * import { less, tensor } from '@neurite/core'
 * await less(tensor([1, 2]), 2).toArray() // => [true, false]
 * ```
 */
export function less(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.less, a, b, none)
}

/**
 * a <= b, element by element, as bool; operands and errors as in {@link equal}.
 *
 * @example
 * ```ts
 * import { lessEqual, tensor } from '@neurite/core'
 * await lessEqual(tensor([1, 2, 3]), 2).toArray() // => [true, true, false]
 * ```
 */
export function lessEqual(a: Operand, b: Operand, ...none: readonly []): Tensor {
  return binary(primitive.lessEqual, a, b, none)
}

/**
 * a > b, element by element, as bool; operands and errors as in {@link equal}.
 *
 * @example
 * ```ts
 * import { greater, tensor } from '@neurite/core'
 * await greater(tensor([1, 2, 3]), 2).toArray() // => [false, false, true]
 * ```
 */
export function greater(a: Operand, b: Operand, ...none: readonly []): Tensor {
  takesNoOptions('greater', none)
  return tidy(() => {
    const [x, y] = comparable('greater', a, b)
    return apply(primitive.less, [y, x], {})
  })
}

/**
 * a >= b, element by element, as bool; operands and errors as in {@link equal}.
 *
 * @example
 * ```ts
 * import { greaterEqual, tensor } from '@neurite/core'
 * await greaterEqual(tensor([1, 2, 3]), 2).toArray() // => [false, true, true]
 * ```
 */
export function greaterEqual(a: Operand, b: Operand, ...none: readonly []): Tensor {
  takesNoOptions('greaterEqual', none)
  return tidy(() => {
    const [x, y] = comparable('greaterEqual', a, b)
    return apply(primitive.lessEqual, [y, x], {})
  })
}

/**
 * a and b, of bool tensors, broadcasting.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not bool, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { logicalAnd, tensor } from '@neurite/core'
 * await logicalAnd(tensor([true, true]), tensor([true, false])).toArray() // => [true, false]
 * ```
 */
export function logicalAnd(a: Tensor, b: Tensor, ...none: readonly []): Tensor {
  return binary(primitive.logicalAnd, a, b, none)
}

/**
 * a or b, of bool tensors, broadcasting.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not bool, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { logicalOr, tensor } from '@neurite/core'
 * await logicalOr(tensor([true, false]), tensor([false, false])).toArray() // => [true, false]
 * ```
 */
export function logicalOr(a: Tensor, b: Tensor, ...none: readonly []): Tensor {
  return binary(primitive.logicalOr, a, b, none)
}

/**
 * Either a or b but not both, of bool tensors, broadcasting.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not bool, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { logicalXor, tensor } from '@neurite/core'
 * await logicalXor(tensor([true, true]), tensor([true, false])).toArray() // => [false, true]
 * ```
 */
export function logicalXor(a: Tensor, b: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('logicalXor', none)
  return tidy(() => {
    const pair = comparable('logicalXor', a, b)
    checkDTypes('logicalXor', pair, 'bool')
    return logicalNot(apply(primitive.equal, pair, {}))
  })
}

/**
 * Not x, of a bool tensor.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not bool
 * @example
 * ```ts
 * import { logicalNot, tensor } from '@neurite/core'
 * await logicalNot(tensor([true, false])).toArray() // => [false, true]
 * ```
 */
export function logicalNot(x: Tensor, ...none: readonly []): Tensor {
  return unary(primitive.logicalNot, x, none)
}

/**
 * True where x is NaN.
 *
 * @example
 * ```ts
 * import { isNaN, tensor } from '@neurite/core'
 * await isNaN(tensor([1, NaN])).toArray() // => [false, true]
 * ```
 */
export function isNaN(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('isNaN', none)
  checkTensor('isNaN', x)
  return notEqual(x, x)
}

/**
 * True where x is neither NaN nor infinite.
 *
 * @throws NeuriteError `DTYPE_MISMATCH` for bool
 * @example
 * ```ts
 * import { isFinite, tensor } from '@neurite/core'
 * await isFinite(tensor([1, NaN, Infinity])).toArray() // => [true, false, false]
 * ```
 */
export function isFinite(x: Tensor, ...none: readonly []): Tensor {
  takesNoOptions('isFinite', none)
  checkTensor('isFinite', x)
  checkDTypes('isFinite', [x], 'number')
  // x - x is 0 for finite x and NaN otherwise.
  return tidy(() => apply(primitive.equal, [apply(primitive.sub, [x, x], {}), constant('isFinite', 0, x)], {}))
}

/**
 * a where the condition holds, else b. All three broadcast; a number takes the dtype of the other value. The gradient
 * goes only to the side that was taken, so a NaN on the other side stays out of the value, though not out of gradients
 * that were computed on the way to it.
 *
 * @param condition - bool
 * @param a - a tensor, or a number
 * @param b - likewise; one of the two must be a tensor
 * @throws NeuriteError `DTYPE_MISMATCH` if the condition is not bool or the values' dtypes differ, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { greater, tensor, where } from '@neurite/core'
 * const x = tensor([-1, 2])
 * await where(greater(x, 0), x, 0).toArray() // => [0, 2]
 * ```
 */
export function where(condition: Tensor, a: Operand, b: Operand, ...none: readonly []): Tensor {
  takesNoOptions('where', none)
  checkTensor('where', condition, 'condition')
  return tidy(() => apply(primitive.where, [condition, ...operands('where', a, b)], {}))
}
