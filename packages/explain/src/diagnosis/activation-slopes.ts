import { abs, eye, grad, max, mean, sum, tensor, zeros, type Json, type Tensor } from '@neurite/core'
import { layerFromConfig, resolveActivation, type ActivationName, type Layer } from '@neurite/nn'
import { activationOf, kindOf } from '../network/leaves.js'
import type { Visit } from '../network/probe.js'

/** What the derivative of a layer's activation is on a batch. */
export interface Slopes {
  /** Mean |phi'| of each unit, [units]; a unit is a place along the last axis. */
  readonly perUnit: Tensor
  /** The largest |phi'| of each unit. */
  readonly largestPerUnit: Tensor
  /** |phi'| at places from -8 to 8, and at -30 and 30, the last two. */
  readonly reference: Tensor
}

/** Where phi' is looked at to know what is large for it. */
const PLACES = [...Array.from({ length: 33 }, (_, i) => (i - 16) / 2), -30, 30]

/** The slopes at the pre-activations of one layer; undefined where the activation has no derivative of each element, or cannot be known. */
export function slopesOf({ layer, params, input }: Visit): Slopes | undefined {
  const activation = activationOf(layer)
  if (activation === undefined || activation === 'softmax') return undefined
  const z = preActivation(layer, params, input)
  const phi = activationFunction(layer, params, activation)
  if (z === undefined || phi === undefined) return undefined
  const slope = (x: Tensor): Tensor => abs(grad((x: Tensor) => sum(phi(x)))(x))
  const magnitudes = slope(z)
  const axes = z.shape.map((_, axis) => axis).slice(0, -1)
  const { dtype, backend } = z
  // In the layer's own form, as phi of a dense layer takes rows of its units.
  const units = z.shape.at(-1)!
  const places = tensor(
    PLACES.flatMap((place) => Array.from({ length: units }, () => place)),
    {
      shape: [PLACES.length, units],
      dtype,
      backend,
    },
  )
  return {
    perUnit: mean(magnitudes, { axes }),
    largestPerUnit: max(magnitudes, { axes }),
    reference: mean(slope(places), { axes: [1] }),
  }
}

/** What enters the activation: the layer's output without it. */
function preActivation(layer: Layer, params: Visit['params'], input: Tensor): Tensor | undefined {
  const { config } = layer
  if (config === undefined) return undefined
  if (config.kind === 'activation') return input
  const plain: [string, Json][] = Object.entries(config).filter(
    ([name]) => !name.endsWith('Initializer') && name !== 'regularizer' && name !== 'kind',
  )
  return layerFromConfig({ kind: config.kind, ...Object.fromEntries(plain), activation: 'identity' }).apply(
    params,
    input,
  )
}

function activationFunction(
  layer: Layer,
  params: Visit['params'],
  activation: string,
): ((x: Tensor) => Tensor) | undefined {
  if (activation !== 'custom') return resolveActivation(activation as ActivationName)
  if (kindOf(layer) === 'activation') return (x) => layer.apply({}, x)
  if (kindOf(layer) !== 'dense') return undefined
  // With the identity for a weight, a dense layer is its activation alone.
  return (x) => {
    const units = x.shape.at(-1)!
    const create = { dtype: x.dtype, backend: x.backend }
    const weight = eye(units, create)
    return layer.apply('bias' in params ? { weight, bias: zeros([units], create) } : { weight }, x)
  }
}
