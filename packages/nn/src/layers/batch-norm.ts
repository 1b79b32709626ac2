import { add, div, mean, mul, NeuriteError, sqrt, square, stopGradient, sub, type Tensor } from '@neurite/core'
import { or, readOptions } from '@neurite/core/arguments'
import { configFrom } from '../config.js'
import { layer, shapeError } from '../define-layer.js'
import { ones, zeros } from '../initializers/simple.js'
import type { Layer } from '../layer.js'
import { notNegative, share } from '../readers.js'

/** The options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** How much of the running statistics a training step keeps, in [0, 1). Default 0.9. */
  readonly momentum?: number
  /** Added to the variance, >= 0, so that constant features do not divide by 0. Default 1e-5. */
  readonly epsilon?: number
}

/** The params of {@link batchNorm} and {@link layerNorm}: one number for each feature. */
export type NormParams = { readonly scale: Tensor; readonly offset: Tensor }

/** The state of {@link batchNorm}: running statistics of each feature. */
export type BatchNormState = { readonly mean: Tensor; readonly variance: Tensor }

/** Refuses inputs without a feature axis. */
export function checkFeatures(name: string, inputShape: readonly number[]): readonly number[] {
  if (inputShape.length === 0) throw shapeError(name, '..., features', inputShape)
  return inputShape
}

/** A scale of ones and an offset of zeros for each feature. */
export function normSpecs(inputShape: readonly number[]) {
  const shape = inputShape.slice(-1)
  return { scale: { shape, initializer: ones }, offset: { shape, initializer: zeros } }
}

/**
 * Each feature (last axis) with mean 0 and variance 1, then scaled and shifted: (x - mean) / sqrt(variance + epsilon) * scale +
 * offset (Ioffe & Szegedy 2015).
 *
 * In training the statistics are the batch's, over all axes but the last, the variance divided by n. `forward` returns the
 * running statistics: momentum * old + (1 - momentum) * batch's, the variance there divided by n - 1 (the paper's algorithm 2).
 * Outside training the running statistics take their place, and the state stays.
 *
 * `momentum` counts what is kept, as in Keras and in the paper's moving averages; the default 0.9 is PyTorch's momentum=0.1.
 * Epsilon and the n - 1 are PyTorch's too.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; outside training `NOT_INITIALIZED` without its state
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { batchNorm } from '@neurite/nn'
 * const layer = batchNorm({ momentum: 0.5 })
 * const { params, state } = layer.init({ inputShape: [1] })
 * const [y, next] = layer.forward(params, state, tensor([[1], [3]]), { training: true })
 * await y.toArray() // => [[-0.999995], [0.999995]]
 * await next.mean.toArray() // => [1]
 * await next.variance.toArray() // => [1.5]
 * ```
 */
export function batchNorm(options: BatchNormOptions = {}): Layer<NormParams, BatchNormState> {
  const read = readOptions('batchNorm', options, { momentum: or(0.9, share), epsilon: or(1e-5, notNegative) })
  const { momentum, epsilon } = read

  const normalize = (x: Tensor, { scale, offset }: NormParams, statistics: BatchNormState): Tensor =>
    add(mul(sub(x, statistics.mean), div(scale, sqrt(add(statistics.variance, epsilon)))), offset)
  const mix = (old: Tensor, now: Tensor): Tensor => add(mul(old, momentum), mul(stopGradient(now), 1 - momentum))

  return layer({
    name: 'batchNorm',
    config: configFrom('batchNorm', options),
    map: 'affine',
    parameters: normSpecs,
    state(inputShape) {
      const shape = inputShape.slice(-1)
      return { mean: { shape, initializer: zeros }, variance: { shape, initializer: ones } }
    },
    features: ({ scale }) => scale.shape[0]!,
    outputShape: (inputShape) => checkFeatures('batchNorm', inputShape),
    forward(params, state, x, { training }) {
      if (!training) {
        if (state === undefined) {
          throw new NeuriteError(
            'NOT_INITIALIZED',
            'batchNorm: outside training it uses its running statistics; pass { state }, as init made it or forward returned it.',
          )
        }
        return [normalize(x, params, state), state]
      }
      const axes = x.shape.slice(1).map((_, i) => i)
      const average = mean(x, { axes })
      const variance = mean(square(sub(x, average)), { axes })
      const y = normalize(x, params, { mean: average, variance })
      if (state === undefined) return [y, state]
      const n = x.size / x.shape.at(-1)!
      // A batch of one has no unbiased variance; it counts as 0.
      const unbiased = mul(variance, n / Math.max(1, n - 1))
      return [y, { mean: mix(state.mean, average), variance: mix(state.variance, unbiased) }]
    },
  })
}
