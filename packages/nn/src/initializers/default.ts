import { activationName, type Activation } from '../activations.js'
import type { Initializer } from './initializer.js'
import { glorotUniform, heNormal, lecunNormal } from './variance-scaling.js'

/**
 * What weights start from where nothing else is said: `heNormal` before relu, relu6, leakyRelu, elu, gelu, silu and mish,
 * `lecunNormal` before selu, `glorotUniform` before all others and before functions of your own.
 *
 * @example
 * ```ts
 * import { defaultInitializer, heNormal } from '@neurite/nn/initializers'
 * defaultInitializer('relu') === heNormal // => true
 * ```
 */
export function defaultInitializer(activation: Activation = 'identity'): Initializer {
  const name = activationName(activation)
  if (name === 'selu') return lecunNormal
  return ['relu', 'relu6', 'leakyRelu', 'elu', 'gelu', 'silu', 'mish'].includes(name ?? '') ? heNormal : glorotUniform
}
