import { key, tensor, type Tensor } from '@neurite/core'
import * as nn from '@neurite/nn'
import type { GraphNode, Layer } from '@neurite/nn'
import * as initializers from '@neurite/nn/initializers'
import type { Initializer } from '@neurite/nn/initializers'
import type { Entry, Factory } from '../factory.js'
import { thing } from '../values.js'
import { kind, range, whole } from '../kinds.js'

const pair = kind(
  [0, 1.5, '2', [1], [1, 0], [1, 2, 3], {}, true],
  [
    [2, 1],
    [1, 2],
  ],
)
const shape = kind([3, '3', [0], [1.5], [-1, -1], {}, true], [])
const layer = kind([{}, nn.dense, 'dense', 1], [])
const node = kind([{}, nn.dense(1), 'input', 1], [])

const KINDS = {
  Activation: kind(['tanhh', '', 1, true, {}], ['tanh', 'identity', 'gelu']),
  Initializer: kind(['heNormal', 1, true, {}], [initializers.constant(0.3), initializers.uniform()]),
  Regularizer: kind([1, 'l2', true, { l1: -1 }, { l2: '1' }, { l2: NaN }, { L2: 1 }], [{ l2: 0.5 }, { l1: 0.1 }]),
  Padding: kind(
    [
      'full',
      1,
      true,
      [[1]],
      [[1, 2], [3]],
      [
        [1, -1],
        [0, 0],
      ],
      [
        [1, 0.5],
        [0, 0],
      ],
      [
        ['1', 0],
        [0, 0],
      ],
    ],
    [
      'same',
      [
        [1, 0],
        [0, 1],
      ],
    ],
  ),
  'number | readonly [number, number]': pair,
}

/** Numbers that are no pattern, of any shape. */
function numbers(shape: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1)
  return tensor(
    Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1)),
    { shape, dtype: 'float64' },
  )
}

/** Params, states and outputs of a layer, in training and outside it. */
const layerTried =
  (inputShape: readonly number[], input = numbers([4, ...inputShape])) =>
  (made: Layer): unknown => {
    const { params, state } = made.init({ inputShape, dtype: 'float64' })
    return {
      name: made.name,
      init: [params, state, made.init({ inputShape, seed: 1 })],
      penalty: nn.penalty(made, params),
      outputShape: made.outputShape(inputShape),
      apply: made.apply(params, input, { state }),
      training: made.forward(params, state, input, { training: true, random: key(5) }),
    }
  }

const aLayer = (
  make: (...given: never[]) => Layer,
  tried: (made: Layer) => unknown,
  more: Partial<Factory<Layer>> = {},
): Factory<Layer> => ({
  make,
  tried,
  says: ({ config }) => ({ ...config }),
  restored: (made) => tried(nn.layerFromConfig(nn.configOf(made))),
  ...more,
})

const ofWeights = {
  standard: { weightInitializer: initializers.glorotUniform, biasInitializer: initializers.zeros, regularizer: {} },
}
const indices = tensor(
  [
    [0, 4, 2],
    [1, 1, 3],
  ],
  { dtype: 'int32' },
)

const layers: Readonly<Record<string, Factory<Layer>>> = {
  dense: aLayer(nn.dense, layerTried([2]), { given: [3], kinds: { units: whole(1) }, ...ofWeights }),
  conv2d: aLayer(nn.conv2d, layerTried([5, 6, 1]), {
    given: [2],
    options: { kernelSize: 2 },
    kinds: { filters: whole(1) },
    ...ofWeights,
  }),
  patchEmbedding: aLayer(nn.patchEmbedding, layerTried([4, 4, 1]), {
    given: [2],
    options: { patchSize: 2 },
    kinds: { dim: whole(1) },
    ...ofWeights,
  }),
  embedding: aLayer(nn.embedding, layerTried([3], indices), {
    given: [5, 2],
    kinds: { vocabulary: whole(1), dim: whole(1) },
    standard: { weightInitializer: initializers.uniform({ minimum: -0.05, maximum: 0.05 }), regularizer: {} },
  }),
  activation: aLayer(nn.activation, layerTried([3]), { given: ['gelu'] }),
  batchNorm: aLayer(nn.batchNorm, layerTried([3])),
  layerNorm: aLayer(nn.layerNorm, layerTried([3])),
  dropout: aLayer(nn.dropout, layerTried([6]), { given: [0.4], kinds: { rate: range('[0, 1)') } }),
  flatten: aLayer(nn.flatten, layerTried([2, 3])),
  unflatten: aLayer(nn.unflatten, layerTried([6]), { given: [[2, 3]], kinds: { shape } }),
  maxPool2d: aLayer(nn.maxPool2d, layerTried([5, 6, 1]), { standard: { strides: 2 } }),
  avgPool2d: aLayer(nn.avgPool2d, layerTried([5, 6, 1]), { standard: { strides: 2 } }),
  globalAveragePool2d: aLayer(nn.globalAveragePool2d, layerTried([3, 2, 2])),
  sequential: aLayer(nn.sequential, layerTried([3]), {
    given: [[nn.dense(2, { activation: 'tanh' }), nn.dropout(0.3), nn.dense(1)]],
    kinds: { layers: kind([[{}], [null], nn.dense(1), 'dense', {}, 1, []], []) },
  }),
  residual: aLayer(nn.residual, layerTried([3]), { given: [nn.dense(3)], kinds: { layer } }),
}

const x = thing(nn.input([3, 2]))
const [left, right] = [nn.dense(2), nn.dense(2, { activation: 'tanh' })].map((part) => thing(nn.call(part, x))) as [
  GraphNode,
  GraphNode,
]

/** A node at work, as the end of a graph. */
const nodeTried = (made: GraphNode): unknown => layerTried([3, 2])(nn.graph({ inputs: x, outputs: made }))

const someNodes = kind([[{}], [null], 'nodes', 1, []], [])

const nodes: Readonly<Record<string, Factory<GraphNode>>> = {
  input: { make: nn.input, given: [[3]], kinds: { shape: kind([3, [0], [0.5], {}], []) }, tried: (made) => made },
  call: { make: nn.call, given: [nn.dense(2), x], kinds: { layer, node }, tried: nodeTried },
  addNodes: { make: nn.addNodes, given: [[left, right]], kinds: { nodes: someNodes }, tried: nodeTried },
  multiplyNodes: { make: nn.multiplyNodes, given: [[left, right]], kinds: { nodes: someNodes }, tried: nodeTried },
  concatNodes: {
    make: nn.concatNodes,
    given: [[left, right]],
    kinds: { nodes: someNodes, axis: kind(['1', NaN, true, 0.5, 0, 3, -3], [1, -2]) },
    tried: nodeTried,
  },
}

export const layersAndContainers: Entry = {
  source: 'packages/nn/src/index.ts',
  exports: nn,
  factories: {
    ...layers,
    ...nodes,
    graph: aLayer(nn.graph, layerTried([3, 2]), {
      options: { inputs: x, outputs: thing(nn.addNodes([left, right])) },
      kinds: { inputs: node, outputs: kind([{}, nn.dense(1), 'input', 1], [left]) },
      quiet: { inputs: 'another input is another graph' },
    }),
    layer: {
      make: nn.layer,
      options: { name: 'double', outputShape: (from: readonly number[]) => from, apply: () => 0 },
      tried: layerTried([3]),
    },
  },
  kinds: KINDS,
  others: {
    'answers a question about a model or an activation': [
      ...['activationName', 'resolveActivation', 'countParams', 'summary', 'penalty', 'shapeError'],
      ...['outputActivation', 'inputIndices', 'checkIndices'],
    ],
    'runs a model that is there': ['forwardOf', 'compileOnce', 'inBatches'],
    'lets others run, or says why work ended': ['takeTurns', 'interruptible', 'abortError'],
    'saves and restores: every layer goes through it': ['configOf', 'layerFromConfig', 'graphFromConfig'],
  },
}

/** What a layer makes with it, for one seed twice and for another. */
const drawn = (layer: Layer): unknown =>
  [0, 0, 1].map((seed) => layer.init({ inputShape: [4], seed, dtype: 'float64' }).params)

const layerOf = (made: Initializer): Layer => nn.dense(3, { weightInitializer: made })

const anInitializer = (
  make: (...given: never[]) => Initializer,
  more: Partial<Factory<Initializer>> = {},
): Factory<Initializer> => ({
  make,
  tried: (made) => drawn(layerOf(made)),
  says: ({ config }) => ({ ...(config as object) }),
  restored: (made) => drawn(nn.layerFromConfig(nn.configOf(layerOf(made)))),
  ...more,
})

const finite = range('(-Infinity, Infinity)', 2, -1)

export const initializersOfWeights: Entry = {
  source: 'packages/nn/src/initializers/index.ts',
  exports: initializers,
  factories: {
    constant: anInitializer(initializers.constant, { given: [0.5], kinds: { value: finite } }),
    uniform: anInitializer(initializers.uniform, {
      kinds: { minimum: range('(-Infinity, Infinity)', -1), maximum: range('(-Infinity, Infinity)', 1) },
    }),
    normal: anInitializer(initializers.normal, { kinds: { mean: finite } }),
    truncatedNormal: anInitializer(initializers.truncatedNormal, { kinds: { mean: finite } }),
    orthogonal: anInitializer(initializers.orthogonal, { kinds: { gain: finite } }),
  },
  others: {
    'is an initializer, made already': [
      ...['ones', 'zeros', 'glorotNormal', 'glorotUniform', 'heNormal', 'heUniform', 'lecunNormal', 'lecunUniform'],
    ],
    'answers a question': ['defaultInitializer', 'fansOf'],
  },
}
