import { aLearningRate, type LearningRate } from './learning-rate.js'
import { aBoolean, add, cast, checkArgument, greater, mul, or, readOptions, sub } from './ops.js'
import type { Optimizer } from './optimizer.js'
import { share } from './readers.js'
import { fade, fromRule, times, type OptimizerOptions, type Rule } from './rule.js'

export interface SgdOptions extends OptimizerOptions {
  /** The share in [0, 1) of the last direction that is kept. Default 0: none, and no memory for it. */
  readonly momentum?: number
  /** Looks ahead along the momentum (Nesterov 1983). Needs momentum > 0. Default false. */
  readonly nesterov?: boolean
  /** The share in [0, 1) of each gradient, from the second on, that the momentum leaves out. Default 0. */
  readonly dampening?: number
}

/**
 * Gradient descent, w <- w - learningRate * gradient (chapter 4.3.4), with momentum in PyTorch's form: m <- momentum * m + gradient,
 * w <- w - learningRate * m. How a batch is drawn (all rows, cyclic, shuffled) is the trainer's choice.
 *
 * @param options - `learningRate` default 0.01; see {@link SgdOptions}
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { grad, square, sum, tensor } from '@neurite/core'
 * import { applyUpdates, sgd } from '@neurite/optimizers'
 * const optimizer = sgd({ learningRate: 0.25 })
 * const params = { w: tensor([2, -4]) }
 * const gradients = grad((p: typeof params) => sum(square(p.w)))(params)
 * const [updates, state] = optimizer.update(gradients, optimizer.init(params), params)
 * await applyUpdates(params, updates).w.toArray() // => [1, -2]
 * ```
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  return fromRule(
    'sgd',
    options,
    { learningRate: 0.01 },
    { momentum: or(0, share), nesterov: or(false, aBoolean), dampening: or(0, share) },
    ({ momentum, nesterov, dampening }) => {
      checkArgument(
        !nesterov || (momentum > 0 && dampening === 0),
        () => 'sgd: nesterov needs momentum > 0 and dampening 0.',
      )
      if (momentum === 0) return PLAIN
      return {
        slots: { momentum: 0 },
        ...(dampening > 0 && { counts: true }),
        prepare: (rate, t) => {
          const factor = times(rate, -1)
          const share = dampening > 0 ? sub(1, mul(cast(greater(t, 1), t.dtype), dampening)) : 1
          return (gradient, before) => {
            const after = fade(before, momentum, share === 1 ? gradient : mul(gradient, share))
            return [mul(nesterov ? add(gradient, mul(after, momentum)) : after, factor), after]
          }
        },
      }
    },
  )
}

const PLAIN: Rule = {
  slots: {},
  prepare: (rate) => {
    const factor = times(rate, -1)
    return (gradient) => [mul(gradient, factor)]
  },
}

/**
 * Plain gradient descent, w <- w - learningRate * gradient of the loss over all rows (chapter 4.3.4). The formula is `sgd`'s: what
 * makes it full-batch is a batch size of all rows.
 *
 * @param options - `learningRate` default 0.01
 */
export function gradientDescent(options: { readonly learningRate?: LearningRate } = {}): Optimizer {
  return sgd(readOptions('gradientDescent', options, { learningRate: or(0.01, aLearningRate) }))
}
