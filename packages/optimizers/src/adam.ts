import type { Tensor } from '@neurite/core'
import { aBoolean, abs, add, div, exp, expm1, maximum, mul, or, sign, sqrt, square, sub } from './ops.js'
import type { Optimizer } from './optimizer.js'
import { notNegative, share } from './readers.js'
import { fade, fromRule, times, type OptimizerOptions } from './rule.js'

/** What Adam and its kin take. */
export interface MomentOptions extends OptimizerOptions {
  /** How long the mean of gradients remembers, in [0, 1). Default 0.9. */
  readonly beta1?: number
  /** How long the mean of squared gradients remembers, in [0, 1). Default 0.999. */
  readonly beta2?: number
  /** Keeps the division from 0, >= 0. Default 1e-8. */
  readonly epsilon?: number
}

export interface AdamOptions extends MomentOptions {
  /** Divides by the largest mean of squares so far (Reddi et al. 2018). Default false. */
  readonly amsgrad?: boolean
}

const moments = () => ({ beta1: or(0.9, share), beta2: or(0.999, share), epsilon: or(1e-8, notNegative) })

/** beta^t - 1, accurate also in float32 and for beta near 1. */
function powerMinusOne(beta: number, t: Tensor): Tensor {
  return expm1(mul(t, Math.log(beta)))
}

// The slots hold sums that fade, s <- beta s + g, rather than means, m <- beta m + (1 - beta) g. As s = m / (1 - beta), the factor
// goes into scalars that are computed once a step: one multiplication less for every param and slot.

/**
 * With s and q the fading sums of g and g^2, b1 = 1 - beta1^t, b2 = 1 - beta2^t and k = sqrt(b2 / (1 - beta2)):
 *   rate (m / b1) / (sqrt(v / b2) + epsilon) = (rate (1 - beta1) k / b1) s / (sqrt(q) + epsilon k).
 */
function adamLike(where: string, options: AdamOptions, weightDecay: number, decoupled: boolean): Optimizer {
  return fromRule(
    where,
    options,
    { learningRate: 0.001, weightDecay },
    { ...moments(), amsgrad: or(false, aBoolean) },
    ({ beta1, beta2, epsilon, amsgrad }) => ({
      slots: { gradients: 0, squares: 0, ...(amsgrad && { largest: 0 }) },
      counts: true,
      decoupled,
      prepare: (rate, t) => {
        const k = sqrt(mul(powerMinusOne(beta2, t), -1 / (1 - beta2)))
        const factor = mul(div(k, powerMinusOne(beta1, t)), times(rate, 1 - beta1))
        const offset = mul(k, epsilon)
        return (gradient, s, q, largest) => {
          const gradients = fade(s, beta1, gradient)
          const squares = fade(q, beta2, square(gradient))
          const top = largest && maximum(largest, squares)
          return [
            mul(div(gradients, add(sqrt(top ?? squares), offset)), factor),
            gradients,
            squares,
            ...(top ? [top] : []),
          ]
        }
      },
    }),
  )
}

/**
 * Adam (Kingma & Ba 2015): each param moves by its mean gradient over the root of its mean squared gradient, both corrected for
 * their start at 0. `weightDecay` is added to the gradient; for decay beside it see `adamw`.
 *
 * @param options - `learningRate` default 0.001; see {@link AdamOptions}
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { adam, applyUpdates } from '@neurite/optimizers'
 * const optimizer = adam({ learningRate: 0.1 })
 * const params = { w: tensor([1, 1]) }
 * const [updates] = optimizer.update({ w: tensor([0.001, -1000]) }, optimizer.init(params), params)
 * await applyUpdates(params, updates).w.toArray() // => [0.900001, 1.1]
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike('adam', options, 0, false)
}

/**
 * Adam with decoupled weight decay: w <- w - learningRate * weightDecay * w beside Adam's update (Loshchilov & Hutter 2019).
 *
 * @param options - `learningRate` default 0.001, `weightDecay` default 0.01; otherwise as `adam`
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return adamLike('adamw', options, 0.01, true)
}

/**
 * Adam with the largest recent |gradient| in place of the root mean square (Kingma & Ba 2015, section 7).
 *
 * @param options - `learningRate` default 0.002; see {@link MomentOptions}
 */
export function adamax(options: MomentOptions = {}): Optimizer {
  return fromRule('adamax', options, { learningRate: 0.002 }, moments(), ({ beta1, beta2, epsilon }) => ({
    slots: { gradients: 0, largest: 0 },
    counts: true,
    prepare: (rate, t) => {
      const factor = div(times(rate, 1 - beta1), powerMinusOne(beta1, t))
      return (gradient, s, u) => {
        const gradients = fade(s, beta1, gradient)
        const largest = maximum(mul(u, beta2), add(abs(gradient), epsilon))
        return [mul(div(gradients, largest), factor), gradients, largest]
      }
    },
  }))
}

export interface NadamOptions extends MomentOptions {
  /** How fast beta1 warms up, >= 0. Default 0.004. */
  readonly momentumDecay?: number
}

/**
 * Adam with Nesterov's look ahead (Dozat 2016). beta1 warms up: in step t it is u_t = beta1 (1 - 0.96^(t momentumDecay) / 2).
 * The correction of the mean is 1 - u_1 ... u_(t+1), as in the paper and in PyTorch 2; PyTorch 1.x had u_t twice.
 *
 * @param options - `learningRate` default 0.002; see {@link NadamOptions}
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  return fromRule(
    'nadam',
    options,
    { learningRate: 0.002 },
    { ...moments(), momentumDecay: or(0.004, notNegative) },
    ({ beta1, beta2, epsilon, momentumDecay }) => {
      const memory = (t: Tensor): Tensor => mul(sub(1, mul(exp(mul(t, Math.log(0.96) * momentumDecay)), 0.5)), beta1)
      return {
        slots: { gradients: 0, squares: 0 },
        counts: true,
        product: { name: 'memories', factor: memory },
        prepare: (rate, t, memories) => {
          const k = sqrt(mul(powerMinusOne(beta2, t), -1 / (1 - beta2)))
          const [now, ahead] = [memory(t), memory(add(t, 1))]
          const scaled = mul(k, times(rate, -1))
          const ofGradient = div(mul(scaled, sub(1, now)), sub(1, memories))
          const ofMean = div(mul(scaled, mul(ahead, 1 - beta1)), sub(1, mul(memories, ahead)))
          const offset = mul(k, epsilon)
          return (gradient, s, q) => {
            const gradients = fade(s, beta1, gradient)
            const squares = fade(q, beta2, square(gradient))
            const direction = add(mul(gradient, ofGradient), mul(gradients, ofMean))
            return [div(direction, add(sqrt(squares), offset)), gradients, squares]
          }
        },
      }
    },
  )
}

/**
 * Steps of one size in the direction of a sign (Chen et al. 2023), with decoupled weight decay: learning rates are about a tenth of
 * Adam's, decays ten times larger.
 *
 * @param options - `learningRate` default 1e-4, `beta1` default 0.9, `beta2` default 0.99
 */
export function lion(options: Omit<MomentOptions, 'epsilon'> = {}): Optimizer {
  return fromRule(
    'lion',
    options,
    { learningRate: 0.0001 },
    { beta1: or(0.9, share), beta2: or(0.99, share) },
    ({ beta1, beta2 }) => ({
      slots: { mean: 0 },
      decoupled: true,
      prepare: (rate) => {
        const factor = times(rate, -1)
        return (gradient, mean) => [
          mul(sign(fade(mean, beta1, mul(gradient, 1 - beta1))), factor),
          fade(mean, beta2, mul(gradient, 1 - beta2)),
        ]
      },
    }),
  )
}
