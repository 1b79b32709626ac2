import type { Backend, Tensor, Tree } from '@neurite/core'
import type { OptimizerConfig } from './config.js'
import { checkArgument, full, must, takesNoOptions } from './ops.js'
import type { Optimizer } from './optimizer.js'
import { notNegative } from './readers.js'

/** The learning rate of a step, written in ops: from the step count (int32, 0-d, 0 at the first step) to a float, 0-d. */
export interface LearningRateSchedule {
  (step: Tensor): Tensor
  /** Kind and options as plain data. */
  readonly config?: OptimizerConfig
}

/** A learning rate that lives in the optimizer's state. */
export interface AdjustableLearningRate {
  readonly initial: number
}

/** What stands wherever a learning rate may. */
export type LearningRate = number | LearningRateSchedule | AdjustableLearningRate

export const aLearningRate = /* @__PURE__ */ must(
  'a finite number >= 0, a schedule, or adjustableLearningRate(number)',
  (value): value is LearningRate => {
    const rate = typeof value === 'object' && value !== null && 'initial' in value ? value.initial : value
    return typeof value === 'function' || (Number.isFinite(rate) && Number(rate) >= 0)
  },
)

/** What of a state the learning rate depends on. */
export interface RateState {
  readonly step?: Tensor
  readonly learningRate?: Tensor
}

/** Rates are computed in float64 where the backend has it, in float32 elsewhere; the optimizer rounds them to the params' dtype. */
export function precision({ capabilities }: Backend): 'float32' | 'float64' {
  return capabilities.dtypes.includes('float64') ? 'float64' : 'float32'
}

/** A rate that is a number, as a schedule would give it. */
export function rateOn(backend: Backend, rate: number): Tensor {
  return full([], rate, { dtype: precision(backend), backend })
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
 * const state = setLearningRate(optimizer, optimizer.init({ w: tensor([1, 2]) }), 0.25)
 * await currentLearningRate(optimizer, state).item() // => 0.25
 * ```
 */
export function adjustableLearningRate(initial: number, ...none: readonly []): AdjustableLearningRate {
  takesNoOptions('adjustableLearningRate', none)
  return Object.freeze({ initial: notNegative('adjustableLearningRate', 'initial', initial) })
}

/**
 * The state with another learning rate, everything else shared: the optimizer's `withLearningRate`, or an error that says why it has none.
 *
 * @param rate - a finite number >= 0
 * @throws NeuriteError `INVALID_ARGUMENT` if the optimizer has no adjustable learning rate
 */
export function setLearningRate<S extends Tree>(optimizer: Optimizer<S>, state: S, rate: number): S {
  checkArgument(
    optimizer.withLearningRate !== undefined,
    () => 'setLearningRate: the rate is fixed; make the optimizer with learningRate: adjustableLearningRate(number).',
  )
  return optimizer.withLearningRate(state, rate)
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
