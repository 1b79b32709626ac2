import {
  key,
  mul,
  randomNormal,
  square,
  sum,
  tensor,
  valueAndGrad,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import * as losses from '@neurite/losses'
import type { Loss } from '@neurite/losses'
import * as nn from '@neurite/nn'
import * as initializers from '@neurite/nn/initializers'
import type { ActivationName, Layer } from '@neurite/nn'
import type { Initializer } from '@neurite/nn/initializers'
import * as optimizers from '@neurite/optimizers'
import type { Optimizer, LearningRateSchedule } from '@neurite/optimizers'
import { describe, expect, test, vi } from 'vitest'
import { expectSame, OTHER_NAMES, OTHERS as BACKENDS } from './support/backends.js'
import { printed } from './support/printed.js'

const { dense, conv2d, sequential } = nn

/** Every layer and the shape of one example. */
const LAYERS: Readonly<Record<string, readonly [layer: Layer, inputShape: readonly number[]]>> = {
  activation: [nn.activation('softplus'), [3]],
  avgPool2d: [nn.avgPool2d({ window: 2 }), [4, 4, 2]],
  batchNorm: [nn.batchNorm(), [3]],
  conv2d: [conv2d(2, { kernelSize: 3, padding: 'same', strides: 2, activation: 'tanh' }), [5, 4, 2]],
  dense: [dense(3, { activation: 'sigmoid' }), [4]],
  dropout: [nn.dropout(0.4), [6]],
  embedding: [nn.embedding(6, 3), [4]],
  flatten: [nn.flatten(), [2, 3]],
  globalAveragePool2d: [nn.globalAveragePool2d(), [2, 3, 2]],
  graph: [diamond(), [4]],
  layerNorm: [nn.layerNorm(), [4]],
  maxPool2d: [nn.maxPool2d({ window: 2 }), [4, 4, 2]],
  patchEmbedding: [nn.patchEmbedding(3, { patchSize: 2 }), [4, 4, 1]],
  unflatten: [nn.unflatten([3, 2]), [6]],
  residual: [nn.residual(dense(4, { activation: 'gelu' })), [4]],
  sequential: [sequential([conv2d(2, { kernelSize: 2 }), nn.batchNorm(), nn.flatten(), dense(2)]), [3, 3, 1]],
}

function diamond(): Layer {
  const x = nn.input([4])
  const h = nn.call(dense(4, { activation: 'tanh' }), x)
  return nn.graph({
    inputs: x,
    outputs: nn.call(dense(2), nn.concatNodes([nn.addNodes([h, x]), nn.multiplyNodes([h, x])])),
  })
}

const ACTIVATIONS: readonly ActivationName[] = [
  'elu',
  'gelu',
  'hardSigmoid',
  'hardTanh',
  'identity',
  'leakyRelu',
  'linear',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'silu',
  'softmax',
  'softplus',
  'softsign',
  'tanh',
]

const INITIALIZERS: Readonly<Record<string, Initializer>> = {
  constant: initializers.constant(0.3),
  glorotNormal: initializers.glorotNormal,
  glorotUniform: initializers.glorotUniform,
  heNormal: initializers.heNormal,
  heUniform: initializers.heUniform,
  lecunNormal: initializers.lecunNormal,
  lecunUniform: initializers.lecunUniform,
  normal: initializers.normal(),
  ones: initializers.ones,
  orthogonal: initializers.orthogonal(),
  truncatedNormal: initializers.truncatedNormal(),
  uniform: initializers.uniform(),
  zeros: initializers.zeros,
}

const PROBABILITIES = [
  [0.7, 0.2, 0.1],
  [0.1, 0.3, 0.6],
]
const SCORES = [
  [2, -1, 0.5],
  [0.3, 0.2, -3],
]
const SHARES = [
  [1, 0, 0],
  [0.2, 0.5, 0.3],
]
const SIGNS = [
  [1, -1, -1],
  [-1, -1, 1],
]
const fromLogits = true

/** Every loss, with a prediction and a target. */
const LOSSES: Readonly<Record<string, readonly [loss: Loss, prediction: number[][], target: number[][] | number[]]>> = {
  binaryCrossEntropy: [losses.binaryCrossEntropy, PROBABILITIES, SHARES],
  'binaryCrossEntropy of logits': [losses.binaryCrossEntropy({ fromLogits }), SCORES, SHARES],
  crossEntropy: [losses.crossEntropy, PROBABILITIES, SHARES],
  'crossEntropy of logits': [losses.crossEntropy({ fromLogits, labelSmoothing: 0.1 }), SCORES, SHARES],
  focalCrossEntropy: [losses.focalCrossEntropy, PROBABILITIES, SHARES],
  hinge: [losses.hinge, SCORES, SIGNS],
  huber: [losses.huber({ delta: 1.1 }), SCORES, SIGNS],
  klDivergence: [losses.klDivergence, PROBABILITIES, SHARES],
  logCosh: [losses.logCosh, SCORES, SIGNS],
  mae: [losses.mae, SCORES, SIGNS],
  mse: [losses.mse, SCORES, SIGNS],
  sparseCrossEntropy: [losses.sparseCrossEntropy({ fromLogits }), SCORES, [2, 0]],
  sse: [losses.sse, SCORES, SIGNS],
  sumAbsoluteResiduals: [losses.sumAbsoluteResiduals, SCORES, SIGNS],
}

const { sgd, adam } = optimizers

/** Every optimizer and every transform of gradients. */
const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  accumulate: optimizers.accumulate(adam(), { every: 2 }),
  adadelta: optimizers.adadelta(),
  adagrad: optimizers.adagrad(),
  adam: adam(),
  'adam with amsgrad': adam({ amsgrad: true }),
  adamax: optimizers.adamax(),
  adamw: optimizers.adamw(),
  addDecayedWeights: optimizers.chain(optimizers.addDecayedWeights(0.1), sgd()),
  chain: optimizers.chain(optimizers.clipByValue(0.5), sgd({ momentum: 0.9 })),
  clipByGlobalNorm: optimizers.chain(optimizers.clipByGlobalNorm(0.5), sgd()),
  clipByValue: optimizers.chain(optimizers.clipByValue(0.3), adam()),
  ema: optimizers.ema(sgd(), { decay: 0.9 }),
  gradientDescent: optimizers.gradientDescent({ learningRate: 0.1 }),
  lion: optimizers.lion(),
  nadam: optimizers.nadam(),
  rmsprop: optimizers.rmsprop(),
  'rmsprop, centered': optimizers.rmsprop({ centered: true, momentum: 0.9 }),
  scale: optimizers.chain(optimizers.scale(0.5), sgd()),
  sgd: sgd(),
  'sgd with momentum of Nesterov': sgd({ momentum: 0.9, nesterov: true }),
  'sgd whose learning rate can be set': sgd({ learningRate: optimizers.adjustableLearningRate(0.2) }),
}

const SCHEDULES: Readonly<Record<string, LearningRateSchedule>> = {
  constantSchedule: optimizers.constantSchedule(0.1),
  cosineDecay: optimizers.cosineDecay({ initial: 0.1, steps: 4 }),
  cosineRestarts: optimizers.cosineRestarts({ initial: 0.1, steps: 2 }),
  exponentialDecay: optimizers.exponentialDecay({ initial: 0.1, factor: 0.5 }),
  oneCycle: optimizers.oneCycle({ peak: 0.1, steps: 4 }),
  piecewise: optimizers.piecewise({ boundaries: [1, 2], values: [0.1, 0.2, 0.05] }),
  polynomialDecay: optimizers.polynomialDecay({ initial: 0.1, steps: 4, power: 2 }),
  scheduleFrom: optimizers.scheduleFrom((step) => 0.1 / (1 + step), { steps: 4 }),
  stepDecay: optimizers.stepDecay({ initial: 0.1, every: 2 }),
  warmup: optimizers.warmup({ steps: 2, then: 0.1 }),
}

/** Exports that compute nothing of their own: descriptions of a graph, of a model, of a state. */
const OTHERS = new Set([
  ...['layer', 'shapeError', 'addNodes', 'call', 'concatNodes', 'input', 'multiplyNodes', 'resolveActivation'],
  // The name of an activation; what compiles a model that is tried here.
  ...['activationName', 'compileOnce', 'forwardOf'],
  // What a model takes and gives, as its layers say.
  ...['checkIndices', 'inputIndices', 'outputActivation'],
  ...['defaultInitializer', 'fansOf', 'countParams', 'summary', 'configOf', 'graphFromConfig', 'layerFromConfig'],
  ...['lossFromConfig', 'optimizerFromConfig', 'inBatches', 'abortError', 'interruptible', 'takeTurns'],
  ...['adjustableLearningRate', 'currentLearningRate', 'setLearningRate', 'averageParams'],
  // Within others: the rule of regularizers, the step of every optimizer, the length that clipByGlobalNorm clips.
  ...['penalty', 'applyUpdates', 'globalNorm'],
])

test('nothing that computes is left out', () => {
  const tables = [LAYERS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES]
  const covered = new Set(tables.flatMap((table) => Object.keys(table)))
  const exported = [nn, initializers, losses, optimizers].flatMap((module) => Object.keys(module))
  expect(exported.filter((name) => !covered.has(name) && !OTHERS.has(name))).toEqual([])
})

/** What a layer makes in training: params, output, running statistics, gradients of params and input. */
function passThrough(layer: Layer, inputShape: readonly number[], backend: Backend): unknown {
  const { params, state } = layer.init({ inputShape, seed: 3, backend })
  const random = key(5)
  if (layer.name === 'embedding') {
    const x = tensor([[0, 5, 2, 5]], { dtype: 'int32', backend })
    return valueAndGrad((p: Tree) => sum(square(layer.apply(p, x))))(params)
  }
  const x = randomNormal(key(11), [3, ...inputShape], { backend })
  const [y, next] = layer.forward(params, state, x, { training: true, random })
  const loss = (p: Tree, input: Tensor): Tensor => {
    const [out] = layer.forward(p, state, input, { training: true, random })
    // Weighted by fixed numbers, so that the gradients of normalized outputs are not 0.
    return sum(mul(square(out), randomNormal(key(12), out.shape, { backend })))
  }
  return {
    params,
    y,
    next,
    gradients: valueAndGrad(([p, input]: readonly [Tree, Tensor]) => loss(p, input))([params, x]),
  }
}

/** Params, state and updates of three steps. */
function threeSteps(optimizer: Optimizer, backend: Backend): unknown {
  let params = { weight: randomNormal(key(1), [2, 3], { backend }), bias: randomNormal(key(2), [3], { backend }) }
  let state = optimizer.init(params)
  const steps = [0, 1, 2].map((step) => {
    const gradients = {
      weight: randomNormal(key(10 + step), [2, 3], { backend }),
      bias: randomNormal(key(20 + step), [3], { backend }),
    }
    const [updates, next] = optimizer.update(gradients, state, params)
    params = optimizers.applyUpdates(params, updates)
    state = next
    return { updates, state, params }
  })
  return steps
}

describe.each(OTHER_NAMES)('%s computes what cpu computes', (name) => {
  test.each(Object.entries(LAYERS))('layer, forward and gradients: %s', async (_, [layer, inputShape]) => {
    await expectSame(name, (backend) => passThrough(layer, inputShape, backend))
  })

  test.each(ACTIVATIONS)('activation and its derivative: %s', async (activation) => {
    await expectSame(name, (backend) => passThrough(nn.activation(activation), [7], backend))
  })

  test.each(Object.entries(INITIALIZERS))('initializer: %s', async (_, initializer) => {
    const layer = dense(4, { weightInitializer: initializer, biasInitializer: initializers.ones })
    await expectSame(name, (backend) => layer.init({ inputShape: [5], seed: 0, backend }).params)
  })

  test.each(Object.entries(LOSSES))('loss, weighted loss and gradients: %s', async (_, [loss, prediction, target]) => {
    await expectSame(name, (backend) => {
      const p = tensor(prediction, { backend })
      const y = tensor(target, { backend, dtype: Array.isArray(target[0]) ? 'float32' : 'int32' })
      const weights = tensor([1, 3], { backend })
      return [valueAndGrad((x: Tensor) => loss(x, y))(p), valueAndGrad((x: Tensor) => loss(x, y, { weights }))(p)]
    })
  })

  test.each(Object.entries(OPTIMIZERS))('three steps of an optimizer: %s', async (_, optimizer) => {
    await expectSame(name, (backend) => threeSteps(optimizer, backend))
  })

  test.each(Object.entries(SCHEDULES))('three steps of a schedule: %s', async (_, learningRate) => {
    await expectSame(name, (backend) => threeSteps(sgd({ learningRate }), backend))
  })
})

test.each(OTHER_NAMES)('a whole example runs on %s: one line changes, and xor is solved', async (name) => {
  const backend: Backend = await BACKENDS[name]()
  vi.doMock('@neurite/backend-cpu', () => ({ cpu: () => backend }))
  try {
    const output = await printed('xor')
    expect(output).toMatch(/^one hidden layer[^]* {2}accuracy: 1\.00$/m)
    expect(backend.memory().buffers).toBeGreaterThan(0)
  } finally {
    vi.doUnmock('@neurite/backend-cpu')
    backend.dispose()
  }
})
