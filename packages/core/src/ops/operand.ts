import { apply } from '../apply.js'
import { takesNoOptions } from '../arguments/options.js'
import { isStrayPromise } from '../errors/check.js'
import { checkArgument } from '../errors/index.js'
import * as primitive from '../primitive/index.js'
import type { NoParams, PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import type { Primitive } from '../primitive/primitive.js'
import { checkDTypes, checkNumber } from '../primitive/rule.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { isTensor } from '../tensor/tree.js'

/** A tensor, or a number that takes the other operand's dtype. */
export type Operand = Tensor | number

/** Primitives that take nothing but tensors. */
type Plain = {
  [P in PrimitiveName]: NoParams extends PrimitiveParams[P] ? P : never
}[PrimitiveName]

/** Refuses what is not a tensor. */
export function checkTensor(where: string, value: unknown, name = 'x'): asserts value is Tensor {
  checkArgument(
    isTensor(value),
    () =>
      `${where}: ${name} must be a tensor, got ${Array.isArray(value) ? 'an array' : value === null ? 'null' : isStrayPromise(value) ? 'a promise (await it)' : typeof value}; use tensor(value).`,
  )
}

/** Refuses what is not a float tensor, in the name of the function that was called. */
export function checkFloat(where: string, value: unknown, name = 'x'): asserts value is Tensor {
  checkTensor(where, value, name)
  checkDTypes(where, [value], 'float')
}

/** A 0-d constant of the dtype and backend of `like`. */
export function constant(where: string, value: number, like: Tensor): Tensor {
  checkNumber(where, value, like.dtype)
  return apply(primitive.full, [], { shape: [], value, dtype: like.dtype }, like.backend)
}

/** Two operands as tensors; at least one must be. */
export function operands(where: string, a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof b === 'number') {
    checkTensor(where, a, 'the first operand')
    return [a, constant(where, b, a)]
  }
  checkTensor(where, b, 'the second operand')
  if (typeof a === 'number') return [constant(where, a, b), b]
  checkTensor(where, a, 'the first operand')
  return [a, b]
}

/** A primitive of one tensor; `none` is what was given besides. */
export function unary<P extends Plain>(of: Primitive<P>, x: Tensor, none: readonly unknown[]): Tensor {
  takesNoOptions(of.name, none)
  checkTensor(of.name, x)
  // Plain says that there are no params.
  return apply(of, [x], {})
}

/** A primitive of two operands; `none` is what was given besides. The constant that stands for a number is given back. */
export function binary<P extends Plain>(of: Primitive<P>, a: Operand, b: Operand, none: readonly unknown[]): Tensor {
  takesNoOptions(of.name, none)
  const run = (): Tensor => apply(of, operands(of.name, a, b), {})
  return typeof a === 'number' || typeof b === 'number' ? tidy(run) : run()
}

/** True where the tensor's backend runs this optional primitive itself. */
export function hasKernel(x: Tensor, name: PrimitiveName): boolean {
  return name in x.backend.kernels && !x.backend.capabilities.missing.includes(name)
}
