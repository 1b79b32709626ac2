import {
  activation,
  addNodes,
  avgPool2d,
  batchNorm,
  call,
  concatNodes,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePool2d,
  graph,
  input,
  layerNorm,
  maxPool2d,
  multiplyNodes,
  patchEmbedding,
  residual,
  sequential,
  unflatten,
  type Layer,
} from '../../src/index.js'
import { heUniform, normal, orthogonal } from '../../src/initializers/index.js'

/** A layer, and the shape of an example it takes. */
export interface Specimen {
  readonly name: string
  readonly layer: Layer
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly parameters: number
  /** An example that the layer must refuse; undefined if it takes every shape. */
  readonly wrong: readonly number[] | undefined
}

function diamond(): Layer {
  const x = input([4])
  const shared = dense(4, { activation: 'tanh' })
  const h = call(shared, x)
  const twice = call(shared, h)
  return graph({ inputs: x, outputs: call(dense(2), concatNodes([addNodes([h, twice]), multiplyNodes([x, h])])) })
}

/** Every layer of the package, in several settings: what all layers promise is tested on each. */
export const SPECIMENS: readonly Specimen[] = [
  { name: 'dense', layer: dense(3), inputShape: [4], outputShape: [3], parameters: 15, wrong: [5] },
  {
    name: 'dense without bias, tanh',
    layer: dense(3, { useBias: false, activation: 'tanh', weightInitializer: normal() }),
    inputShape: [4],
    outputShape: [3],
    parameters: 12,
    wrong: [],
  },
  {
    name: 'dense over a sequence',
    layer: dense(3, { activation: 'gelu', regularizer: { l2: 0.1 } }),
    inputShape: [2, 4],
    outputShape: [2, 3],
    parameters: 15,
    wrong: [2, 5],
  },
  {
    name: 'activation',
    layer: activation('softplus'),
    inputShape: [2, 3],
    outputShape: [2, 3],
    parameters: 0,
    wrong: undefined,
  },
  { name: 'dropout', layer: dropout(0.4), inputShape: [5], outputShape: [5], parameters: 0, wrong: undefined },
  { name: 'flatten', layer: flatten(), inputShape: [2, 3, 2], outputShape: [12], parameters: 0, wrong: undefined },
  {
    name: 'unflatten',
    layer: unflatten([3, -1]),
    inputShape: [2, 6],
    outputShape: [3, 4],
    parameters: 0,
    wrong: [2, 2],
  },
  {
    name: 'conv2d',
    layer: conv2d(2, { kernelSize: 2, activation: 'tanh' }),
    inputShape: [3, 4, 2],
    outputShape: [2, 3, 2],
    parameters: 18,
    wrong: [3, 4, 1],
  },
  {
    name: 'conv2d same',
    layer: conv2d(2, { kernelSize: [3, 1], strides: 2, padding: 'same', weightInitializer: heUniform }),
    inputShape: [5, 4, 1],
    outputShape: [3, 2, 2],
    parameters: 8,
    wrong: [5, 4],
  },
  {
    name: 'conv2d explicit',
    layer: conv2d(1, {
      kernelSize: 3,
      padding: [
        [1, 0],
        [0, 2],
      ],
      useBias: false,
    }),
    inputShape: [3, 3, 1],
    outputShape: [2, 3, 1],
    parameters: 9,
    wrong: [1, 1, 1],
  },
  {
    name: 'maxPool2d',
    layer: maxPool2d(),
    inputShape: [4, 5, 2],
    outputShape: [2, 2, 2],
    parameters: 0,
    wrong: [1, 1, 2],
  },
  {
    name: 'avgPool2d',
    layer: avgPool2d({ window: 3, strides: 1, padding: 'same' }),
    inputShape: [3, 3, 1],
    outputShape: [3, 3, 1],
    parameters: 0,
    wrong: [3, 3],
  },
  {
    name: 'globalAveragePool2d',
    layer: globalAveragePool2d(),
    inputShape: [2, 3, 4],
    outputShape: [4],
    parameters: 0,
    wrong: [2, 3],
  },
  {
    name: 'batchNorm',
    layer: batchNorm({ momentum: 0.8 }),
    inputShape: [3],
    outputShape: [3],
    parameters: 6,
    wrong: [4],
  },
  {
    name: 'batchNorm of images',
    layer: batchNorm(),
    inputShape: [2, 2, 3],
    outputShape: [2, 2, 3],
    parameters: 6,
    wrong: [2, 2, 4],
  },
  {
    name: 'layerNorm',
    layer: layerNorm({ epsilon: 1e-3 }),
    inputShape: [2, 4],
    outputShape: [2, 4],
    parameters: 8,
    wrong: [2, 3],
  },
  { name: 'embedding', layer: embedding(6, 3), inputShape: [4], outputShape: [4, 3], parameters: 18, wrong: undefined },
  {
    name: 'patchEmbedding',
    layer: patchEmbedding(3, { patchSize: [2, 3], weightInitializer: orthogonal({ gain: 2 }) }),
    inputShape: [4, 3, 2],
    outputShape: [2, 3],
    parameters: 39,
    wrong: [4, 4, 2],
  },
  {
    name: 'residual',
    layer: residual(dense(4, { activation: 'softplus' })),
    inputShape: [4],
    outputShape: [4],
    parameters: 20,
    wrong: [5],
  },
  {
    name: 'sequential',
    layer: sequential([
      conv2d(3, { kernelSize: 2 }),
      batchNorm(),
      activation('selu'),
      dropout(0.25),
      flatten(),
      sequential([dense(4), dense(2)]),
    ]),
    inputShape: [3, 3, 1],
    outputShape: [2],
    parameters: 15 + 6 + 52 + 10,
    wrong: [3, 3, 2],
  },
  { name: 'graph', layer: diamond(), inputShape: [4], outputShape: [2], parameters: 20 + 18, wrong: [5] },
]
