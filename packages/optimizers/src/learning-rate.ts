import type { Tensor } from '@neurite/core'
import { check, NOT_NEGATIVE, type Range } from './check.js'
import { checkArgument, full, isTensor } from './ops.js'
import type { Optimizer } from './optimizer.js'
import type { Tree } from './tree.js'

/** The learning rate of a step, written in ops: from the step count (int32, 0-d, 0 at the first step) to a float, 0-d. */
export type Schedule = (step: Tensor) => Tensor

/** A learning rate that lives in the optimizer's state. */
export interface AdjustableLearningRate {
  readonly initial: number
}

/** What stands wherever a learning rate may. */
export type LearningRate = number | Schedule | AdjustableLearningRate

export const LEARNING_RATE: Range = [
  (rate: unknown) =>
    typeof rate === 'function' ||
    (typeof rate === 'object' && rate !== null && 'initial' in rate) ||
    NOT_NEGATIVE[0](rate as number),
  `${NOT_NEGATIVE[1]}, a schedule, or adjustableLearningRate(number)`,
]

/** What of a state the learning rate depends on. */
export interface RateState {
  readonly step?: Tensor
  readonly learningRate?: Tensor
}

/** A number stays one: it becomes a literal in the program. */
export function rateOf(rate: LearningRate, state: RateState): Tensor | number {
  return typeof rate === 'number' ? rate : typeof rate === 'function' ? rate(state.step!) : state.learningRate!
}

/**
 * A learning rate that `setLearningRate` changes between steps, without compiling anew: what only the host can know, such
 * as a plateau of the validation loss.
 *
 * @param initial - finite, >= 0
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { adjustableLearningRate, currentLearningRate, setLearningRate, sgd } from '@neurite/optimizers'
 * const optimizer = sgd({ learningRate: adjustableLearningRate(0.5) })
 * const state = setLearningRate(optimizer.init({ w: tensor([1, 2]) }), 0.25)
 * await currentLearningRate(optimizer, state).item() // => 0.25
 * ```
 */
export function adjustableLearningRate(initial: number): AdjustableLearningRate {
  check('adjustableLearningRate', 'initial', initial, NOT_NEGATIVE)
  return Object.freeze({ initial })
}

/**
 * The state with another learning rate, everything else shared. Looks into what `chain`, `accumulate` and `ema` wrap.
 *
 * @param value - a finite number >= 0
 * @throws NeuriteError `INVALID_ARGUMENT` if the state has no adjustable learning rate
 */
export function setLearningRate<S extends Tree>(state: S, value: number): S {
  check('setLearningRate', 'value', value, NOT_NEGATIVE)
  let found = false
  const walk = (node: Tree): Tree => {
    if (Array.isArray(node)) return node.map(walk)
    const fields = node as Readonly<Record<string, Tree>>
    const { learningRate: rate, inner } = fields
    if (isTensor(rate)) {
      found = true
      return { ...fields, learningRate: full([], value, { dtype: rate.dtype, backend: rate.backend }) }
    }
    return inner === undefined ? node : { ...fields, inner: walk(inner) }
  }
  const next = walk(state)
  checkArgument(
    found,
    () => 'setLearningRate: there is none; the optimizer needs learningRate: adjustableLearningRate(value).',
  )
  return next as S
}

/**
 * The learning rate that the optimizer's next update with this state uses: a tensor, 0-d, so that a compiled step can return it.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a transform that has none
 */
export function currentLearningRate<S extends Tree>(optimizer: Optimizer<S>, state: S): Tensor {
  const rate = optimizer.learningRate?.(state)
  checkArgument(rate !== undefined, () => 'currentLearningRate: this optimizer has none.')
  return rate
}
