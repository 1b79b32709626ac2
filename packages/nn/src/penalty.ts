import { abs, add, mul, square, sum, type Tensor, type Tree } from '@neurite/core'
import { entriesOf } from './containers/parts.js'
import type { Layer } from './layer.js'

/**
 * What the regularizers of a model's layers add to the loss: for each layer with one, l1 * sum |w| + l2 * sum w^2 over its
 * `weight` (Keras's convention: no half, no mean over the batch; biases and norms are left alone). Undefined if no layer has one.
 *
 * Weight decay in an optimizer is the other way; use one of them.
 *
 * @param params - the model's, as they are being trained
 * @throws NeuriteError `NOT_INITIALIZED` for params that are not this model's
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { dense, penalty, sequential } from '@neurite/nn'
 * const model = sequential([dense(1, { useBias: false, regularizer: { l2: 0.5 } }), dense(3)])
 * const { params } = model.init({ inputShape: [2] })
 * const known = [{ weight: tensor([[1], [2]]) }, params[1]] as const
 * await penalty(model, known)!.item() // => 2.5
 * ```
 */
export function penalty(model: Pick<Layer, 'name' | 'layers' | 'regularizer'>, params: Tree): Tensor | undefined {
  const { name, layers, regularizer } = model
  if (layers !== undefined) {
    const entries = entriesOf(name, 'params', params, layers.length)
    return total(layers.map((layer, i) => penalty(layer, entries[i]!)))
  }
  if (regularizer === undefined) return undefined
  const { weight } = params as { readonly weight: Tensor }
  const { l1 = 0, l2 = 0 } = regularizer
  return total([l1 === 0 ? undefined : mul(sum(abs(weight)), l1), l2 === 0 ? undefined : mul(sum(square(weight)), l2)])
}

function total(terms: readonly (Tensor | undefined)[]): Tensor | undefined {
  const found = terms.filter((term) => term !== undefined)
  return found.length === 0 ? undefined : found.reduce((a, b) => add(a, b))
}
