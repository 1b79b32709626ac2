import { isTensor, tensor, tensorsIn, type ArraySource, type Tensor, type Tree } from '@neurite/core'
import { hostArray } from '@neurite/core/arguments'

/** A tensor as it is; anything else a person has in the dtype of the params, and beside them. */
export function toTensor(where: string, source: ArraySource, params: Tree): Tensor {
  if (isTensor(source)) return source
  const { dtype = 'float32', backend } = tensorsIn(params)[0] ?? {}
  return tensor(hostArray(where, source), { dtype, ...(backend && { backend }) })
}
