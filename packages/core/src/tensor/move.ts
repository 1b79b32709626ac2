import { checkCapability } from '../apply.js'
import { aBackend } from '../backend/default.js'
import type { Backend } from '../backend/v1.js'
import { upload } from './create.js'
import type { Tensor } from './tensor.js'
import { mapTree, tensorsIn } from './tree.js'

/**
 * A copy of a tree of tensors on another backend: params, optimizer state, a batch. Every tensor is read and uploaded;
 * random keys and other leaves pass as they are. The old tensors stay the caller's, who may dispose them
 * (`disposeTree`) or go on using them.
 *
 * What moves are the values: no gradient flows through a move. A tensor that stands in several places of the tree
 * moves once, and so does in the result.
 *
 * @param tree - a tensor, or nested arrays and plain objects of tensors
 * @param backend - where to; a tensor that lives there already is copied as well
 * @returns a tree of the same type
 * @throws NeuriteError `NOT_SUPPORTED` if the backend lacks a dtype of the tree (nothing has moved then; `cast` first),
 * `TENSOR_RELEASED`, `SYMBOLIC_VALUE` inside a trace, `INVALID_ARGUMENT` for something that is no backend
 * @example
 * ```ts
 * import { moveTo, tensor } from '@neurite/core'
 * import { cpu } from '@neurite/backend-cpu'
 * const other = cpu()
 * const params = { weight: tensor([[1, 2]]), bias: tensor([3]) }
 * const moved = await moveTo(params, other)
 * moved.weight.backend === other // => true
 * await moved.weight.toArray() // => [[1, 2]]
 * params.weight.isReleased // => false
 * ```
 */
export async function moveTo<T>(tree: T, backend: Backend): Promise<T> {
  aBackend('moveTo', 'backend', backend)
  const tensors = [...new Set(tensorsIn(tree))]
  for (const tensor of tensors) {
    tensor.requireStorage('moveTo')
    checkCapability(backend, 'moveTo', tensor)
  }
  const read = await Promise.all(tensors.map((tensor) => tensor.data()))
  const moved = new Map<Tensor, Tensor>()
  tensors.forEach((tensor, i) => moved.set(tensor, upload(read[i]!, tensor, backend)))
  return mapTree((tensor) => moved.get(tensor)!, tree)
}
