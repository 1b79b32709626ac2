import type { Tensor, Tree } from '@neurite/core'
import {
  add,
  cast,
  checkArgument,
  clip,
  concat,
  div,
  full,
  mapTree,
  maximum,
  mul,
  norm,
  number,
  or,
  readOptions,
  reshape,
  tensorsIn,
  tidy,
  takesNoOptions,
} from './ops.js'
import { configFrom } from './config.js'
import type { Optimizer } from './optimizer.js'
import { aMask, anOptimizer, notNegative, positive } from './readers.js'
import { readMask, type Mask } from './tree.js'

// Optimizers that only change what passes through. In a chain they usually stand before the one that has the learning rate.

function stateless(kind: string, options: object, change: (updates: Tree, params: Tree) => Tree): Optimizer {
  return Object.freeze<Optimizer>({
    config: configFrom(kind, options),
    init: () => ({}),
    update: (grads, state, params) => [tidy(() => change(grads, params)), state],
  })
}

/**
 * Optimizers one after the other: each gets what the one before made of the gradients. The state is an array of theirs.
 *
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { chain, clipByGlobalNorm, sgd } from '@neurite/optimizers'
 * const optimizer = chain(clipByGlobalNorm(1), sgd({ learningRate: 0.1 }))
 * const params = [tensor([0]), tensor([0])]
 * const [updates] = optimizer.update([tensor([3]), tensor([4])], optimizer.init(params), params)
 * await (updates as typeof params)[1]!.item() // => -0.08
 * ```
 */
export function chain(...optimizers: readonly Optimizer[]): Optimizer<readonly Tree[]> {
  checkArgument(optimizers.length > 0, () => 'chain: takes one optimizer or more.')
  optimizers.forEach((one, i) => anOptimizer('chain', `optimizers[${i}]`, one))
  // The learning rate of a chain is that of the last one that has one.
  const at = optimizers.map((one) => one.learningRate !== undefined).lastIndexOf(true)
  const rated = optimizers[at]
  return Object.freeze<Optimizer<readonly Tree[]>>({
    config: configFrom('chain', { optimizers }),
    init: (params) => tidy(() => optimizers.map((one) => one.init(params))),
    update: (grads, state, params) =>
      tidy(() => {
        let updates = grads
        const next = optimizers.map((one, i) => {
          const [changed, after] = one.update(updates, state[i]!, params)
          updates = changed
          return after
        })
        return [updates, next]
      }),
    ...(rated?.learningRate && { learningRate: (state: readonly Tree[]) => rated.learningRate!(state[at]!) }),
    ...(rated?.withLearningRate && {
      withLearningRate: (state: readonly Tree[], rate: number) =>
        state.map((own, i) => (i === at ? rated.withLearningRate!(own, rate) : own)),
    }),
  })
}

/**
 * The Euclidean norm of all the numbers of a tree together, 0-d; 0-d float32 zero for a tree without tensors, float64
 * where one of them is. As core's `norm`, it takes squares that leave the dtype.
 */
export function globalNorm(tree: Tree): Tensor {
  return tidy(() => {
    const leaves = tensorsIn(tree)
    if (leaves.length === 0) return full([], 0)
    const dtype = leaves.some((leaf) => leaf.dtype === 'float64') ? 'float64' : leaves[0]!.dtype
    return norm(concat(leaves.map((leaf) => reshape(cast(leaf, dtype), [leaf.size]))))
  })
}

/**
 * Shortens the whole gradient to `max` where it is longer, keeping its direction (Pascanu et al. 2013).
 *
 * @param max - the largest norm over all params together, finite and > 0
 */
export function clipByGlobalNorm(max: number, ...none: readonly []): Optimizer {
  takesNoOptions('clipByGlobalNorm', none)
  positive('clipByGlobalNorm', 'max', max)
  return stateless('clipByGlobalNorm', { max }, (grads) => {
    const norm = globalNorm(grads)
    // A norm below max gives max / max: exactly 1.
    const factor = div(max, maximum(norm, max))
    return mapTree((gradient) => mul(gradient, cast(factor, gradient.dtype)), grads)
  })
}

/** Limits every number of the gradient to [-max, max], `max` finite and > 0. */
export function clipByValue(max: number, ...none: readonly []): Optimizer {
  takesNoOptions('clipByValue', none)
  positive('clipByValue', 'max', max)
  return stateless('clipByValue', { max }, (grads) =>
    mapTree((gradient) => clip(gradient, { minimum: -max, maximum: max }), grads),
  )
}

/** Multiplies by a finite number. */
export function scale(factor: number, ...none: readonly []): Optimizer {
  takesNoOptions('scale', none)
  number()('scale', 'factor', factor)
  return stateless('scale', { factor }, (grads) => mapTree((gradient) => mul(gradient, factor), grads))
}

/**
 * Adds decay * param. Before an optimizer in a chain this is L2 regularisation; decoupled decay is `adamw`'s.
 *
 * @param decay - finite, >= 0
 * @param options - `mask`: which params; default all
 * @example
 * ```ts
 * import { addDecayedWeights, chain, sgd } from '@neurite/optimizers'
 * const optimizer = chain(addDecayedWeights(0.01, { mask: (path) => path.endsWith('weight') }), sgd({ learningRate: 0.1 }))
 * ```
 */
export function addDecayedWeights(decay: number, options: { readonly mask?: Mask } = {}): Optimizer {
  const { mask } = readOptions('addDecayedWeights', options, { mask: or(true, aMask) })
  notNegative('addDecayedWeights', 'decay', decay)
  return stateless('addDecayedWeights', { decay, mask }, (grads, params) => {
    const decays = readMask('addDecayedWeights', 'mask', mask, params)
    let leaf = 0
    return mapTree((param, gradient) => (decays[leaf++] ? add(gradient, mul(param, decay)) : gradient), params, grads)
  })
}
