import { leakyRelu } from '@neurite/core'
import { layer, type Layer, type LayerBuilders, type LayerConfig } from '@neurite/nn'

/** See leaky-relu.ts, which pages can import without the packages. */
function leaky(config: LayerConfig): Layer {
  const negativeSlope = Number(config['negativeSlope'])
  return layer({
    name: 'leakyRelu',
    config,
    map: 'identity',
    activation: (x) => leakyRelu(x, { negativeSlope }),
    apply: (_params, x, { activate }) => activate(x),
  })
}

/** What models of labs hold beside the package's layers. */
export const LAB_LAYERS: LayerBuilders = { leakyRelu: leaky }
