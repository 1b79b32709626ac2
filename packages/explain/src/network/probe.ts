import type { Tensor, Tree } from '@neurite/core'
import type { Graph, Layer } from '@neurite/nn'

/** One application of a layer that is not made of layers. */
export interface Visit {
  readonly layer: Layer
  /** Where its params are: `[1][0]`. Empty for a model of one layer. */
  readonly path: string
  readonly params: Tree
  readonly input: Tensor
  readonly output: Tensor
}

/** The same model, which tells of each layer in it that it applies. Containers that take no other parts count as one layer. */
export function probed(model: Layer, visit: (visit: Visit) => void, path = ''): Layer {
  if (model.layers !== undefined && model.withLayers !== undefined)
    return model.withLayers(model.layers.map((part, i) => probed(part, visit, `${path}[${i}]`)))
  const seen = (params: Tree, input: Tensor, output: Tensor): Tensor => {
    visit({ layer: model, path, params, input, output })
    return output
  }
  return {
    ...model,
    apply: (params, x, options) => seen(params, x, model.apply(params, x, options)),
    forward(params, state, x, options) {
      const [output, next] = model.forward(params, state, x, options)
      return [seen(params, x, output), next]
    },
  }
}

export const isGraph = (model: Layer): model is Graph => model.wiring === 'graph' && 'nodes' in model
