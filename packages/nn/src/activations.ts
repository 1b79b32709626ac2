import {
  elu,
  gelu,
  hardSigmoid,
  hardTanh,
  identity,
  leakyRelu,
  mish,
  NeuriteError,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
  type Tensor,
} from '@neurite/core'

const TABLE = {
  identity,
  linear: identity,
  sigmoid,
  tanh,
  relu,
  leakyRelu,
  softmax,
  relu6,
  elu,
  selu,
  gelu,
  silu,
  softplus,
  softsign,
  mish,
  hardSigmoid,
  hardTanh,
} satisfies Record<string, (x: Tensor) => Tensor>

/** An activation function by name; `linear` is another name of `identity`, `softmax` goes along the last axis. */
export type ActivationName = keyof typeof TABLE

/** An activation: by name, or any function of a tensor. What has a name can be saved, also when it is given as core's function. */
export type Activation = ActivationName | ((x: Tensor) => Tensor)

/**
 * The name of an activation; undefined for a function that has none here.
 *
 * @example
 * ```ts
 * import { relu } from '@neurite/core'
 * import { activationName } from '@neurite/nn'
 * activationName(relu) // => 'relu'
 * activationName('linear') // => 'identity'
 * ```
 */
export function activationName(activation: Activation): ActivationName | undefined {
  const named = typeof activation === 'string' ? TABLE[activation] : activation
  return (Object.keys(TABLE) as ActivationName[]).find((name) => TABLE[name] === named)
}

/**
 * The function an activation stands for.
 *
 * @param where - the caller's name, for the message
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown name, listing the known ones
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { resolveActivation } from '@neurite/nn'
 * await resolveActivation('relu')(tensor([-1, 2])).toArray() // => [0, 2]
 * ```
 */
export function resolveActivation(activation: Activation, where = 'activation'): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation
  if (typeof activation === 'string' && Object.hasOwn(TABLE, activation)) return TABLE[activation]
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: unknown activation ${JSON.stringify(activation)}; known: ${Object.keys(TABLE).join(', ')}; or pass a function of a tensor.`,
    { activation },
  )
}
