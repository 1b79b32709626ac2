import { cpu } from '@neurite/backend-cpu'
import {
  fold,
  cumsum,
  eye,
  gather,
  grad,
  key,
  mapTree,
  matmul,
  mul,
  pow,
  randomNormal,
  randomUniform,
  reshape,
  setDefaultBackend,
  softmax,
  square,
  sum,
  tensor,
  topK,
  transpose,
  type Tensor,
  type Tree,
} from '@neurite/core'
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
  forwardOf,
  globalAveragePool2d,
  graph,
  input,
  layer,
  layerFromConfig,
  layerNorm,
  maxPool2d,
  multiplyNodes,
  patchEmbedding,
  residual,
  sequential,
  unflatten,
  type ActivationName,
  type Model,
} from '@neurite/nn'
import { glorotUniform } from '@neurite/nn/initializers'
import { describe, expect, test } from 'vitest'
import { toJavaScript } from '../../src/javascript/index.js'
import { difference, imported } from './support.js'

setDefaultBackend(cpu())

/** Params and state that no initializer makes: every bias and statistic counts. */
function scramble(tree: Tree, positive: boolean): Tree {
  let i = 0
  return mapTree((leaf: Tensor) => {
    const random = fold(key(7), i++)
    const { dtype } = leaf as { readonly dtype: 'float32' }
    return positive
      ? randomUniform(random, leaf.shape, { minimum: 0.5, maximum: 1.5, dtype })
      : randomNormal(random, leaf.shape, { standardDeviation: 0.5, dtype })
  }, tree)
}

/** The module and the model say the same to rows, to one row, and to a row given flat. */
async function agrees(
  model: Model,
  inputShape: readonly number[],
  {
    x = randomNormal(key(3), [4, ...inputShape]),
    dtype = 'float32',
  }: { readonly x?: Tensor; readonly dtype?: 'float32' | 'float64' } = {},
): Promise<string> {
  const made = model.init({ inputShape, seed: 1, dtype })
  const params = scramble(made.params, false)
  const state = scramble(made.state, true)
  const { code } = await toJavaScript(model, params, { state, examples: x })
  const module = await imported(code)
  const expected = await forwardOf(model)(params, state, x).toArray()
  const rows = (await x.toArray()) as unknown[]
  // A single output is a number.
  const bare = model.outputShape(inputShape).join() === '1' ? (expected as unknown[][]).map(([y]) => y) : expected
  expect(difference(module.predict(rows), bare)).toBeLessThan(dtype === 'float64' ? 1e-13 : 1e-6)
  expect(module.predict(rows[1])).toEqual((module.predict(rows) as unknown[])[1])
  const flat = [rows[1]].flat(Infinity) as number[]
  expect(module.predict(Float64Array.from(flat))).toEqual(module.predict(rows[1]))
  expect(module.predict([Float64Array.from(flat)])).toEqual([module.predict(rows[1])])
  // Outputs that are all alike would agree with anything.
  expect(new Set([bare].flat(Infinity)).size).toBeGreaterThan(1)
  return code
}

const ACTIVATIONS: readonly ActivationName[] = [
  ...(['elu', 'gelu', 'hardSigmoid', 'hardTanh', 'identity', 'leakyRelu', 'linear', 'mish', 'relu'] as const),
  ...(['relu6', 'selu', 'sigmoid', 'silu', 'softmax', 'softplus', 'softsign', 'tanh'] as const),
]

test.each(ACTIVATIONS)('%s', async (name) => {
  await agrees(sequential([dense(6, { activation: name }), dense(2, { activation: name })]), [3])
})

test.each([
  ['float32', 1e-5],
  ['float64', 1e-12],
] as const)('gelu of %s keeps its digits far out', async (dtype, tolerance) => {
  const at = [-12, -10, -8, -6, -4, -2.9, -2.7, -0.1, 0.3, 30]
  const model = dense(at.length, { activation: 'gelu', useBias: false })
  const x = tensor([at], { dtype })
  const params = { weight: eye(at.length, { dtype }) }
  const { code } = await toJavaScript(model, params, { examples: x })
  const [got] = (await imported(code)).predict([at]) as number[][]
  const [expected] = (await forwardOf(model)(params, {}, x).toArray()) as number[][]
  expected!.forEach((y, i) => expect(Math.abs(got![i]! / y - 1), `at ${at[i]}`).toBeLessThan(tolerance))
})

/** Scaled dot-product attention with one head (Vaswani et al. 2017), as somebody would write it as a layer of their own. */
const attention = (dim: number): Model =>
  layer({
    name: 'attention */ alert(1) /*',
    parameters: ([, width]) => {
      const spec = { shape: [width!, dim], initializer: glorotUniform }
      return { query: spec, key: spec, value: spec }
    },
    outputShape: ([length]) => [length!, dim],
    apply({ query, key: keys, value }, x) {
      const [q, k, v] = [query, keys, value].map((weight) => matmul(x, weight)) as [Tensor, Tensor, Tensor]
      const scores = mul(matmul(q, k, { transposeB: true }), 1 / Math.sqrt(dim))
      return matmul(softmax(scores), v)
    },
  })

const x = input([4, 4, 2])
const trunk = call(conv2d(4, { kernelSize: 3, padding: 'same', activation: 'tanh' }), x)
const arm = call(conv2d(4, { kernelSize: 1 }), x)
const shared = dense(3, { activation: 'tanh' })

const MODELS: Readonly<Record<string, readonly [Model, readonly number[]]>> = {
  'a CNN': [
    sequential([
      conv2d(4, { kernelSize: 3, padding: 'same', activation: 'relu' }),
      batchNorm(),
      maxPool2d(),
      conv2d(6, { kernelSize: [2, 3], strides: [2, 1], activation: 'silu' }),
      avgPool2d({ window: 2, padding: 'same' }),
      flatten(),
      dropout(0.3),
      dense(3, { activation: 'softmax' }),
    ]),
    [9, 8, 2],
  ],
  'pooling with padding': [
    sequential([
      maxPool2d({
        window: 3,
        strides: 2,
        padding: [
          [1, 2],
          [0, 1],
        ],
      }),
      globalAveragePool2d(),
    ]),
    [5, 6, 2],
  ],
  'layerNorm and a shortcut': [sequential([layerNorm(), residual(dense(5, { activation: 'gelu' })), dense(1)]), [5]],
  'patches, as a vision transformer begins': [
    sequential([patchEmbedding(4, { patchSize: 2 }), attention(4), layerNorm(), flatten(), dense(2)]),
    [4, 4, 1],
  ],
  'attention with a shortcut': [sequential([residual(attention(4)), layerNorm(), flatten(), dense(1)]), [5, 4]],
  'a graph': [
    graph({
      inputs: x,
      outputs: call(flatten(), concatNodes([addNodes([trunk, arm]), multiplyNodes([trunk, arm])], { axis: -1 })),
    }),
    [4, 4, 2],
  ],
  'one layer at two places': [sequential([shared, shared, batchNorm(), unflatten([3, 1]), flatten()]), [3]],
  'nothing but a shape': [sequential([unflatten([2, 3]), activation('tanh')]), [6]],
  'what does nothing': [sequential([dropout(0.5), batchNorm()]), [3]],
}

const layers: Readonly<Record<string, readonly [Model, readonly number[]]>> = {
  activation: [activation('softplus'), [3]],
  avgPool2d: [avgPool2d({ window: 3, strides: 2, padding: 'same' }), [5, 4, 2]],
  batchNorm: [batchNorm(), [3]],
  conv2d: [
    conv2d(2, {
      kernelSize: 3,
      strides: 2,
      padding: [
        [2, 1],
        [0, 2],
      ],
      activation: 'elu',
    }),
    [5, 4, 2],
  ],
  dense: [dense(3, { activation: 'sigmoid' }), [2, 4]],
  dropout: [dropout(0.4), [6]],
  embedding: [embedding(6, 3), [4]],
  flatten: [flatten(), [2, 3]],
  globalAveragePool2d: [globalAveragePool2d(), [2, 3, 2]],
  graph: MODELS['a graph']!,
  layerNorm: [layerNorm(), [2, 4]],
  maxPool2d: [maxPool2d({ window: [2, 3], strides: 1, padding: 'same' }), [4, 4, 2]],
  patchEmbedding: [patchEmbedding(3, { patchSize: 2 }), [4, 6, 1]],
  residual: [residual(dense(4, { activation: 'gelu' })), [4]],
  sequential: [sequential([unflatten([2, 3]), dense(2)]), [6]],
  unflatten: [unflatten([3, 2]), [6]],
}

describe('layers', () => {
  test.each(Object.entries(layers))('%s', async (name, [model, inputShape]) => {
    const indices = tensor(
      [
        [0, 4, 5, 2],
        [1, 1, 3, 0],
        [2, 2, 0, 5],
        [5, 4, 3, 2],
      ],
      { dtype: 'int32' },
    )
    await agrees(model, inputShape, name === 'embedding' ? { x: indices } : {})
  })

  test('are all that a file can name', () => {
    const known = /known: (.*?);/.exec(String(catching(() => layerFromConfig({ kind: 'none' }))))?.[1]
    expect(known?.split(', ')).toEqual(Object.keys(layers))
  })
})

function catching(f: () => unknown): unknown {
  try {
    return f()
  } catch (error) {
    return error
  }
}

describe('models', () => {
  test.each(Object.entries(MODELS))('%s', async (_, [model, inputShape]) => {
    await agrees(model, inputShape)
  })

  test.each([1, 2, 3, 4])('in float64, seed %i', async (seed) => {
    const model = sequential([dense(7, { activation: 'tanh' }), layerNorm(), dense(2, { activation: 'softplus' })])
    await agrees(model, [3], { dtype: 'float64', x: randomNormal(key(seed), [4, 3], { dtype: 'float64' }) })
  })

  test('embeddings take indices, and nothing else', async () => {
    const model = sequential([embedding(5, 3), flatten(), dense(2)])
    const x = tensor(
      [
        [0, 4],
        [1, 1],
        [3, 2],
        [2, 0],
      ],
      { dtype: 'int32' },
    )
    const { predict } = await imported(await agrees(model, [2], { x }))
    for (const odd of [5, -1, 0.5])
      expect(() => predict([0, odd])).toThrow(/has .* at 1; expected an index from 0 to 4/)
    // Floats that hold whole numbers are indices, too.
    await agrees(model, [2], {
      x: tensor([
        [0, 4],
        [1, 1],
        [3, 2],
        [2, 0],
      ]),
    })
  })

  test('what layers of your own may do: order, take, multiply in other orders, and close over tensors', async () => {
    const order = tensor([2, 0, 1], { dtype: 'int32' })
    const weights = tensor([[1, -2]])
    const own = layer({
      name: 'own',
      outputShape: () => [6],
      apply(_, input) {
        const rows = input.shape[0]!
        const largest = gather(topK(input, { k: 3 }).values, order, { axis: 1 })
        const column = transpose(reshape(cumsum(pow(largest, 2)), [rows, 1, 3]), [0, 2, 1])
        return reshape(matmul(column, weights), [rows, 6])
      },
    })
    await agrees(sequential([dense(4), own, dense(2)]), [4])
  })

  test('forces are gradients of an energy', async () => {
    const energy = dense(4, { activation: 'tanh' })
    const forces = layer({
      name: 'forces',
      parameters: ([width]) => ({
        weight: { shape: [width!, 4], initializer: glorotUniform },
        bias: { shape: [4], initializer: glorotUniform },
      }),
      outputShape: (shape) => shape,
      apply: (params, input) => grad((at: Tensor) => sum(square(energy.apply(params, at))))(input),
    })
    await agrees(forces, [3])
  })
})
