import type { Tensor, Tree } from '@neurite/core'
import type { OptimizerConfig } from './config.js'
import { add, mapTree } from './ops.js'

/**
 * A pair of pure functions. `state` is a tree of tensors: it can be saved, moved to another backend, and donated to a compiled
 * step. Optimizers hold nothing themselves, and are frozen.
 */
export interface Optimizer<S extends Tree = Tree> {
  /** The state before the first update. */
  init(params: Tree): S
  /** What to add to the params, and the state afterwards. */
  update(grads: Tree, state: S, params: Tree): [updates: Tree, state: S]
  /** The learning rate that the next update with this state uses, 0-d. Absent where there is none (clipping). */
  learningRate?(state: S): Tensor
  /**
   * The state with another learning rate, everything else shared. There exactly where the rate is adjustable; see
   * `adjustableLearningRate`.
   *
   * @param rate - a finite number >= 0
   * @throws NeuriteError `INVALID_ARGUMENT`
   */
  withLearningRate?(state: S, rate: number): S
  /** Kind and options as plain data: two runs with one config go the same way. */
  readonly config?: OptimizerConfig
}

/**
 * params + updates, leaf by leaf.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` if the trees differ in structure, `SHAPE_MISMATCH` if leaves do
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { applyUpdates } from '@neurite/optimizers'
 * const { w } = applyUpdates({ w: tensor([1, 2]) }, { w: tensor([0.5, -1]) })
 * await w.toArray() // => [1.5, 1]
 * ```
 */
export function applyUpdates<P>(params: P, updates: Tree): P {
  return mapTree((param, update) => add(param, update), params, updates)
}
