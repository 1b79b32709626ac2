import { or, readOptions } from '@neurite/core/arguments'
import { layerNorm as normalize } from '@neurite/core/functional'
import { configFrom } from '../config.js'
import { layer } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'
import { notNegative } from '../readers.js'
import { checkFeatures, normSpecs, type NormParams } from './batch-norm.js'

/** The options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance, >= 0. Default 1e-5. */
  readonly epsilon?: number
}

/**
 * The features (last axis) of each example with mean 0 and variance 1, then scaled and shifted (Ba, Kiros, Hinton 2016). The same
 * in training and outside; no batch is needed.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { layerNorm } from '@neurite/nn'
 * const layer = layerNorm({ epsilon: 0 })
 * const { params } = layer.init({ inputShape: [2] })
 * await layer.apply(params, tensor([[1, 3], [10, 50]])).toArray() // => [[-1, 1], [-1, 1]]
 * ```
 */
export function layerNorm(options: LayerNormOptions = {}): Layer<NormParams, Nothing> {
  const read = readOptions('layerNorm', options, { epsilon: or(1e-5, notNegative) })
  return layer({
    name: 'layerNorm',
    config: configFrom('layerNorm', options),
    parameters: normSpecs,
    features: ({ scale }) => scale.shape[0]!,
    outputShape: (inputShape) => checkFeatures('layerNorm', inputShape),
    apply: ({ scale, offset }, x) => normalize(x, scale, offset, read),
  })
}
