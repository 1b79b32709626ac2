import { aBoolean, add, div, mul, or, relu, sqrt, square, sub } from './ops.js'
import type { Optimizer } from './optimizer.js'
import { notNegative, positive, share } from './readers.js'
import { fade, fromRule, times, type OptimizerOptions } from './rule.js'

export interface RmspropOptions extends OptimizerOptions {
  /** How long the mean of squared gradients remembers, in [0, 1). Default 0.99. */
  readonly decay?: number
  /** Added to the root, >= 0. Default 1e-8. */
  readonly epsilon?: number
  /** The share in [0, 1) of the last update that is kept. Default 0. */
  readonly momentum?: number
  /** Divides by the standard deviation of the gradients instead of their root mean square (Graves 2013). Default false. */
  readonly centered?: boolean
}

/**
 * Divides each gradient by the root of its fading mean square (Tieleman & Hinton 2012), in PyTorch's form: epsilon stands beside the root.
 *
 * @param options - `learningRate` default 0.01; see {@link RmspropOptions}
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  return fromRule(
    'rmsprop',
    options,
    { learningRate: 0.01 },
    {
      decay: or(0.99, share),
      epsilon: or(1e-8, notNegative),
      momentum: or(0, share),
      centered: or(false, aBoolean),
    },
    ({ decay, epsilon, momentum, centered }) => {
      // Fading sums stand for means, as in adam.ts: with q = v / (1 - decay) and k = sqrt(1 - decay), sqrt(v) + epsilon = k (sqrt(q) + epsilon / k).
      const k = Math.sqrt(1 - decay)
      return {
        slots: { squares: 0, ...(centered && { gradients: 0 }), ...(momentum > 0 && { momentum: 0 }) },
        prepare: (rate) => {
          const factor = times(rate, -1 / k)
          return (gradient, q, ...more) => {
            const squares = fade(q, decay, square(gradient))
            const gradients = centered ? [fade(more[0]!, decay, gradient)] : []
            // v - mean^2 = (1 - decay) (q - (1 - decay) s^2), which rounding may take below 0.
            const spread = centered ? relu(sub(squares, mul(square(gradients[0]!), 1 - decay))) : squares
            const scaled = div(gradient, add(sqrt(spread), epsilon / k))
            if (momentum === 0) return [mul(scaled, factor), squares, ...gradients]
            const after = fade(more.at(-1)!, momentum, scaled)
            return [mul(after, factor), squares, ...gradients, after]
          }
        },
      }
    },
  )
}

export interface AdagradOptions extends OptimizerOptions {
  /** What the sum of squared gradients begins with, >= 0. Default 0. */
  readonly initialAccumulator?: number
  /** Added to the root, >= 0. Default 1e-10. */
  readonly epsilon?: number
}

/**
 * Divides each gradient by the root of the sum of all its squares so far (Duchi et al. 2011): rare features keep large steps.
 *
 * @param options - `learningRate` default 0.01; see {@link AdagradOptions}
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  return fromRule(
    'adagrad',
    options,
    { learningRate: 0.01 },
    { initialAccumulator: or(0, notNegative), epsilon: or(1e-10, notNegative) },
    ({ initialAccumulator, epsilon }) => ({
      slots: { squares: initialAccumulator },
      prepare: (rate) => {
        const factor = times(rate, -1)
        return (gradient, q) => {
          const squares = add(q, square(gradient))
          return [mul(div(gradient, add(sqrt(squares), epsilon)), factor), squares]
        }
      },
    }),
  )
}

export interface AdadeltaOptions extends OptimizerOptions {
  /** How long both means remember, in [0, 1). Default 0.9. */
  readonly rho?: number
  /** Added inside both roots, > 0: the first step is about sqrt(epsilon). Default 1e-6. */
  readonly epsilon?: number
}

/**
 * Scales each gradient by the root mean square of recent updates over that of recent gradients (Zeiler 2012).
 *
 * @param options - `learningRate` default 1; see {@link AdadeltaOptions}
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  return fromRule(
    'adadelta',
    options,
    { learningRate: 1 },
    { rho: or(0.9, share), epsilon: or(1e-6, positive) },
    ({ rho, epsilon }) => {
      // Both means are kept as fading sums, without their factor 1 - rho, which cancels in the quotient.
      const inside = epsilon / (1 - rho)
      return {
        slots: { squares: 0, deltas: 0 },
        prepare: (rate) => {
          const factor = times(rate, -1)
          return (gradient, q, d) => {
            const squares = fade(q, rho, square(gradient))
            const delta = mul(gradient, sqrt(div(add(d, inside), add(squares, inside))))
            return [mul(delta, factor), squares, fade(d, rho, square(delta))]
          }
        },
      }
    },
  )
}
