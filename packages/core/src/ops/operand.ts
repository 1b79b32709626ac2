import { apply } from '../apply.js'
import { checkArgument } from '../errors/index.js'
import type { PrimitiveName } from '../primitive/params.js'
import { isFloating } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'
import { isTensor } from '../tensor/tree.js'

/** A tensor, or a number that takes the other operand's dtype. */
export type Operand = Tensor | number

/** Refuses what is not a tensor. */
export function checkTensor(where: string, value: unknown, name = 'x'): asserts value is Tensor {
  checkArgument(isTensor(value), () => `${where}: ${name} must be a tensor, got ${Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value}; use tensor(value).`)
}

/** A 0-d constant of the dtype and backend of `like`. */
export function constant(where: string, value: number, like: Tensor): Tensor {
  checkArgument(
    isFloating(like.dtype) || (like.dtype === 'int32' && Number.isInteger(value)) || (like.dtype === 'bool' && (value === 0 || value === 1)),
    () => `${where}: the number ${value} is no ${like.dtype}; cast the tensor first.`,
    { value, dtype: like.dtype },
  )
  return apply('full', [], { shape: [], value, dtype: like.dtype }, like.backend)
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

/** True where the tensor's backend runs this optional primitive itself. */
export function hasKernel(x: Tensor, primitive: PrimitiveName): boolean {
  return primitive in x.backend.kernels && !x.backend.capabilities.missing.includes(primitive)
}
