import { aModel } from '../readers.js'
import {
  abs,
  add,
  cast,
  checkArgument,
  jacobian,
  key,
  mapTree,
  matmul,
  max,
  NeuriteError,
  randomNormal,
  reshape,
  sub,
  tensorsIn,
  tidy,
  transpose,
  zeros,
  type Tensor,
  type Tree,
} from '@neurite/core'
import { aSeed, listOf, optional, or, readOptions, whole, aModelTree } from '@neurite/core/arguments'
import type { Layer } from '@neurite/nn'
import { activationOf } from '../network/leaves.js'
import { isGraph } from '../network/probe.js'

/** Options of {@link collapseLinear}. */
export interface CollapseOptions {
  /** The shape of one example. Default: the inputs of the first layer's weight. */
  readonly inputShape?: readonly number[]
  /** Running statistics, for models with `batchNorm`. */
  readonly state?: Tree
  /** Of the random inputs that the result is checked on. Default 0. */
  readonly seed?: number
}

/** What a linear network is: x W + b. The params of `dense(weight.shape[1])`. */
export interface AffineMap {
  /** [inputs, outputs]; inputs and outputs of more axes are flattened. */
  readonly weight: Tensor
  /** [outputs] */
  readonly bias: Tensor
  /** The largest difference from the model on 16 random inputs, relative to its largest output. */
  readonly error: number
}

/**
 * The one affine map that a network without nonlinear activations is (chapter 4.2.4.b): more layers then add nothing.
 * Dense layers, convolutions, averages, batchNorm and dropout at inference, residual blocks and graphs of these are linear.
 *
 * The map is the network's Jacobian and its value at 0, computed in float64 where the backend has it and rounded once;
 * it is checked against the model on random inputs.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` naming the first layer that is not linear, or if `inputShape` must be told;
 * `NON_FINITE` if model and map differ, as params that are not finite make them; `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { collapseLinear } from '@neurite/explain'
 * import { dense, sequential } from '@neurite/nn'
 * const model = sequential([dense(2), dense(1)])
 * const params = [
 *   { weight: tensor([[1, 2], [3, 4]]), bias: tensor([1, 0]) },
 *   { weight: tensor([[1], [10]]), bias: tensor([5]) },
 * ] as const
 * const { weight, bias } = await collapseLinear(model, params)
 * await weight.toArray() // => [[21], [43]]
 * await bias.toArray() // => [6]
 * await collapseLinear(sequential([dense(2, { activation: 'relu' })]), [params[0]]) // => throws INVALID_ARGUMENT
 * ```
 */
export async function collapseLinear(model: Layer, params: Tree, options: CollapseOptions = {}): Promise<AffineMap> {
  const { state, seed, ...read } = readOptions('collapseLinear', options, {
    inputShape: optional(listOf(whole(1))),
    state: optional(aModelTree),
    seed: or(0, aSeed),
  })
  aModel('collapseLinear', 'model', model)
  aModelTree('collapseLinear', 'params', params)
  checkLinear(model, model.name)
  const first = tensorsIn(params)[0]
  const inputShape = read.inputShape ?? (first?.rank === 2 ? first.shape.slice(0, 1) : undefined)
  checkArgument(
    inputShape !== undefined,
    () =>
      `collapseLinear: the input shape cannot be told from the params of ${model.name}; pass { inputShape }, without the batch axis.`,
  )
  const { dtype = 'float32', backend } = first ?? {}
  const wide = backend?.capabilities.dtypes.includes('float64') === true ? 'float64' : dtype
  const inputs = inputShape.reduce((product, extent) => product * extent, 1)
  const made = tidy(() => {
    const widened = <T>(tree: T): T => mapTree((x) => (x.dtype === dtype ? cast(x, wide) : x), tree)
    const own = widened(params)
    const applyOptions = state === undefined ? {} : { state: widened(state) }
    const apply = (flat: Tensor): Tensor => {
      const y = model.apply(own, reshape(flat, [-1, ...inputShape]), applyOptions)
      return reshape(y, [y.shape[0]!, -1])
    }
    const create = { dtype: wide, ...(backend && { backend }) } as const
    const origin = zeros([1, inputs], create)
    const bias = reshape(apply(origin), [-1])
    // [outputs, 1, inputs]
    const slopes = jacobian((x) => reshape(apply(x), [-1]))(origin)
    const weight = transpose(reshape(slopes, [bias.size, inputs]))
    const x = randomNormal(key(seed), [16, inputs], create)
    const expected = apply(x)
    const difference = max(abs(sub(add(matmul(x, weight), bias), expected)))
    return { weight: cast(weight, dtype), bias: cast(bias, dtype), difference, scale: max(abs(expected)) }
  })
  const { weight, bias, difference, scale } = made
  const error = (await difference.item()) / Math.max(await scale.item(), 1e-300)
  difference.dispose()
  scale.dispose()
  if (!(error < (wide === 'float64' ? 1e-9 : 1e-3))) {
    weight.dispose()
    bias.dispose()
    throw new NeuriteError(
      'NON_FINITE',
      `collapseLinear: the model differs from its affine map by ${error} of its largest output; its params may hold NaN, infinities or numbers of very different sizes.`,
      { error },
    )
  }
  return { weight, bias, error }
}

/** Refuses the first layer that is no affine map. */
function checkLinear(layer: Layer, place: string): void {
  const refuse = (why: string): never => {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `collapseLinear: ${place} is not linear: ${why}; only a network of linear layers with the activation 'identity' equals one affine map.`,
      { place },
    )
  }
  if (layer.layers !== undefined && layer.wiring !== undefined) {
    layer.layers.forEach((part, i) => checkLinear(part, `${place}[${i}] ${part.name}`))
    if (isGraph(layer) && layer.nodes.some(({ kind }) => kind === 'multiply')) refuse('it multiplies values')
    return
  }
  if (layer.map === undefined) refuse(`a ${layer.name} layer is no affine map, or not known to be one`)
  const activation = activationOf(layer) ?? 'identity'
  if (activation === 'custom') refuse("its activation is a function; write 'identity' if it is that")
  if (activation !== 'identity') refuse(`its activation is ${activation}`)
}
