import { abs, grad, max, mean, sum, tensor, type Tensor } from '@neurite/core'
import { resolveActivation } from '@neurite/nn'
import { activationOf } from '../network/leaves.js'
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
  // softmax mixes units: it has no derivative of each element.
  if (layer.activation === undefined || activationOf(layer) === 'softmax') return undefined
  // What enters the activation, in the form in which the layer hands it over.
  let z: Tensor | undefined
  layer.withActivation!((x) => (z = x)).apply(params, input)
  if (z === undefined) return undefined
  const phi = resolveActivation(layer.activation)
  const slope = (x: Tensor): Tensor => abs(grad((x: Tensor) => sum(phi(x)))(x))
  const magnitudes = slope(z)
  const axes = z.shape.map((_, axis) => axis).slice(0, -1)
  const { dtype, backend } = z
  // As many axes as z has, so that phi finds units where it expects them.
  const units = z.shape.at(-1)!
  const shape = [PLACES.length, ...axes.slice(1).map(() => 1), units]
  const places = tensor(
    PLACES.flatMap((place) => Array.from({ length: units }, () => place)),
    {
      shape,
      dtype,
      backend,
    },
  )
  return {
    perUnit: mean(magnitudes, { axes }),
    largestPerUnit: max(magnitudes, { axes }),
    reference: mean(slope(places), { axes: shape.slice(1).map((_, i) => i + 1) }),
  }
}
