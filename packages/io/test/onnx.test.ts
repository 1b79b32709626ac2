import { cpu } from '@neurite/backend-cpu'
import {
  fold,
  key,
  mapTree,
  randomNormal,
  randomUniform,
  setDefaultBackend,
  tensor,
  tidy,
  type Tensor,
  type Tree,
} from '@neurite/core'
import {
  imputer,
  maxAbsScaler,
  minMaxScaler,
  pipeline,
  robustScaler,
  standardScaler,
  type AnyFitted,
  type StandardScaler,
} from '@neurite/data'
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
  layer,
  layerNorm,
  maxPool2d,
  multiplyNodes,
  patchEmbedding,
  unflatten,
  residual,
  sequential,
  type ActivationName,
  type Model,
} from '@neurite/nn'
import * as ort from 'onnxruntime-web'
import { describe, expect, test, vi } from 'vitest'
import { GraphBuilder } from '../src/onnx/builder.js'
import { toOnnx, type OnnxOptions } from '../src/onnx/index.js'

const backend = cpu()
setDefaultBackend(backend)
ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'

/** Params and state that no initializer makes: every bias and statistic counts. */
function scramble(tree: Tree, positive: boolean): Tree {
  let i = 0
  return mapTree((leaf: Tensor) => {
    const random = fold(key(7), i++)
    return positive
      ? randomUniform(random, leaf.shape, { minimum: 0.5, maximum: 1.5 })
      : randomNormal(random, leaf.shape, { standardDeviation: 0.5 })
  }, tree)
}

async function runOnnx(bytes: Uint8Array, x: Tensor): Promise<{ dims: readonly number[]; data: Float32Array }> {
  const session = await ort.InferenceSession.create(bytes)
  try {
    const data = await x.data()
    const feed =
      x.dtype === 'int32'
        ? new ort.Tensor('int32', data as Int32Array, x.shape)
        : new ort.Tensor('float32', data as Float32Array, x.shape)
    const { output } = await session.run({ input: feed })
    return { dims: output!.dims, data: output!.data as Float32Array }
  } finally {
    await session.release()
  }
}

/** onnxruntime and this package say the same, for two sizes of batches. */
async function agrees(model: Model, inputShape: readonly number[], options: Partial<OnnxOptions> = {}): Promise<void> {
  const made = model.init({ inputShape, seed: 1 })
  const params = scramble(made.params, false)
  const state = scramble(made.state, true)
  const bytes = await toOnnx(model, params, { inputShape, state, ...options })
  for (const batch of [1, 3]) {
    const x =
      options.inputType === 'int32'
        ? tensor(
            Int32Array.from({ length: batch * inputShape.reduce((a, b) => a * b, 1) }, (_, i) => i % 5),
            { shape: [batch, ...inputShape] },
          )
        : randomNormal(key(batch), [batch, ...inputShape])
    const features =
      options.preprocessing === undefined
        ? x
        : tensor(
            (options.preprocessing as StandardScaler).transform({
              shape: [batch, inputShape[0]!],
              data: await x.data(),
            }),
            { dtype: 'float32' },
          )
    const expected = tidy(() => model.apply(params, features, { state }))
    const found = await runOnnx(bytes, x)
    expect(found.dims).toEqual(expected.shape)
    const values = await expected.data()
    const scale = Math.max(1, ...values.map(Math.abs))
    const error = Math.max(...values.map((v, i) => Math.abs(v - found.data[i]!)))
    expect(error / scale).toBeLessThan(1e-5)
    // Outputs that are all alike would agree with anything.
    expect(new Set(values).size).toBeGreaterThan(1)
  }
}

describe('onnxruntime says the same as apply', () => {
  const names: ActivationName[] = [
    'identity',
    'linear',
    'sigmoid',
    'tanh',
    'relu',
    'leakyRelu',
    'softmax',
    'relu6',
    'elu',
    'selu',
    'gelu',
    'silu',
    'softplus',
    'softsign',
    'mish',
    'hardSigmoid',
    'hardTanh',
  ]
  test.each(names)('%s', (name) => agrees(sequential([dense(6), activation(name)]), [5]))

  test.each<[string, Model, readonly number[]]>([
    [
      'dense without a bias, of rank 3',
      sequential([dense(4, { useBias: false }), dense(2, { activation: 'tanh' })]),
      [3, 5],
    ],
    ['conv2d', conv2d(3, { kernelSize: [3, 2], activation: 'relu' }), [6, 5, 2]],
    [
      'conv2d, same, strides',
      conv2d(2, { kernelSize: 4, strides: [2, 3], padding: 'same', useBias: false }),
      [7, 8, 3],
    ],
    [
      'conv2d, explicit padding',
      conv2d(2, {
        kernelSize: 3,
        padding: [
          [1, 2],
          [0, 1],
        ],
      }),
      [4, 5, 1],
    ],
    ['conv2d, same, where it needs no padding', conv2d(2, { kernelSize: 1, padding: 'same' }), [4, 5, 2]],
    ['conv2d, same, with steps beyond the end', conv2d(2, { kernelSize: 1, strides: 3, padding: 'same' }), [5, 8, 2]],
    [
      'conv2d, same, without padding along one axis',
      conv2d(2, { kernelSize: [1, 3], strides: [3, 1], padding: 'same' }),
      [5, 5, 1],
    ],
    ['maxPool2d, same, where it needs no padding', maxPool2d({ window: 2, strides: 2, padding: 'same' }), [4, 6, 2]],
    ['maxPool2d, same, with steps beyond the end', maxPool2d({ window: 2, strides: 4, padding: 'same' }), [5, 9, 2]],
    ['avgPool2d, same, with steps beyond the end', avgPool2d({ window: 1, strides: 3, padding: 'same' }), [5, 8, 2]],
    ['maxPool2d', maxPool2d(), [5, 6, 2]],
    ['maxPool2d, same', maxPool2d({ window: 3, strides: 2, padding: 'same' }), [6, 5, 2]],
    ['avgPool2d', avgPool2d({ window: [2, 3], strides: 1 }), [5, 6, 2]],
    ['avgPool2d, same: padding does not count', avgPool2d({ window: 3, strides: 2, padding: 'same' }), [6, 5, 2]],
    ['globalAveragePool2d', globalAveragePool2d(), [4, 5, 3]],
    ['batchNorm', sequential([batchNorm({ epsilon: 0.01 })]), [4]],
    ['batchNorm of images', batchNorm(), [3, 3, 2]],
    ['layerNorm', layerNorm({ epsilon: 0.1 }), [2, 5]],
    ['flatten and unflatten', sequential([flatten(), unflatten([3, 4]), dense(2)]), [2, 2, 3]],
    ['patchEmbedding', patchEmbedding(4, { patchSize: [2, 3], activation: 'gelu' }), [4, 6, 2]],
    ['dropout does nothing', sequential([dense(3), dropout(0.5)]), [2]],
    ['residual', residual(sequential([dense(5, { activation: 'relu' }), dense(3)])), [3]],
    [
      'a small convolutional network',
      sequential([
        conv2d(4, { kernelSize: 3, padding: 'same', activation: 'relu' }),
        batchNorm(),
        maxPool2d({ window: 2 }),
        conv2d(3, { kernelSize: 3 }),
        flatten(),
        dense(5, { activation: 'softmax' }),
      ]),
      [8, 8, 1],
    ],
  ])('%s', (_, model, inputShape) => agrees(model, inputShape))

  test('embedding of whole numbers', () =>
    agrees(sequential([embedding(5, 3), flatten(), dense(2)]), [4], { inputType: 'int32' }))

  test('a graph with shared layers, sums, products and concatenation', () => {
    const x = input([4])
    const shared = dense(4, { activation: 'tanh' })
    const a = call(shared, x)
    const b = call(shared, a)
    const y = concatNodes([addNodes([a, b, x]), multiplyNodes([a, b])])
    return agrees(graph({ inputs: x, outputs: call(dense(2), y) }), [4])
  })

  const fitted = [
    [2000, 0.5, 7],
    [2010, -3, 7],
    [2004, 2, 7],
  ]
  test.each<[string, AnyFitted]>([
    ['standardScaler', standardScaler().fit(fitted)],
    ['minMaxScaler', minMaxScaler({ range: [-1, 2] }).fit(fitted)],
    ['robustScaler', robustScaler().fit(fitted)],
    ['maxAbsScaler', maxAbsScaler().fit(fitted)],
    ['pipeline', pipeline([maxAbsScaler(), standardScaler()]).fit(fitted)],
  ])('with a %s', (_, preprocessing) => agrees(sequential([dense(4), dense(2)]), [3], { preprocessing }))

  // Instants in milliseconds: float32 has one of them every 131,072, and the scaler's range is a few of those.
  const instants = Array.from({ length: 10 }, (_, i) => [
    Math.fround(1.7e12) + 131_072 * i,
    i,
    -Math.fround(1.7e12) - 131_072 * i * i,
  ])
  test.each<[string, { fit(x: number[][]): StandardScaler | AnyFitted }]>([
    ['standardScaler', standardScaler()],
    ['standardScaler without the mean', standardScaler({ withMean: false })],
    ['minMaxScaler', minMaxScaler({ range: [-1, 1] })],
    ['robustScaler', robustScaler()],
    ['maxAbsScaler', maxAbsScaler()],
    ['pipeline', pipeline([minMaxScaler(), standardScaler()])],
  ])('with a %s of columns with a large centre', async (_, scaler) => {
    // Off the values that are in the middle of two float32.
    const preprocessing = scaler.fit(instants.map(([a, b, c]) => [a! + 12_345, b!, c!])) as StandardScaler
    const model = dense(3)
    const weight = tensor([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
    const bytes = await toOnnx(model, { weight, bias: tensor([0, 0, 0]) }, { inputShape: [3], preprocessing })
    const found = await runOnnx(bytes, tensor(instants))
    const expected = preprocessing.transform(instants).data
    const scale = Math.max(1, ...expected.map(Math.abs))
    expect(Math.max(...expected.map((v, i) => Math.abs(v - found.data[i]!)))).toBeLessThan(1e-6 * scale)
  })

  test('with a batchNorm of float64 whose mean is large', async () => {
    const model = batchNorm()
    const { params } = model.init({ inputShape: [1], dtype: 'float64' })
    const state = { mean: tensor([1.7e12], { dtype: 'float64' }), variance: tensor([1e10], { dtype: 'float64' }) }
    const bytes = await toOnnx(model, params, { inputShape: [1], state })
    const x = Math.fround(1.7e12) + 131_072
    const { data } = await runOnnx(bytes, tensor([[x]]))
    expect(data[0]).toBeCloseTo((x - 1.7e12) / 1e5, 5)
  })
})

describe('an export is compared with its model', () => {
  const model = sequential([dense(4, { activation: 'relu' }), dense(2)])
  const { params } = model.init({ inputShape: [3], seed: 2 })

  test('one that says something else is not given', async () => {
    const before = backend.memory().buffers
    const { node: original } = GraphBuilder.prototype
    const node = vi.spyOn(GraphBuilder.prototype, 'node').mockImplementation(function (
      this: GraphBuilder,
      op,
      ...rest
    ) {
      return original.call(this, op === 'Relu' ? 'Tanh' : op, ...rest)
    })
    try {
      await expect(toOnnx(model, params, { inputShape: [3] })).rejects.toThrow(
        /^toOnnx: the export is in float32, where it says .* when the model says .*\[NOT_SUPPORTED\]$/,
      )
    } finally {
      node.mockRestore()
    }
    await toOnnx(model, params, { inputShape: [3] })
    expect(backend.memory().buffers).toBe(before)
  })

  test('weights that float32 cannot hold are refused', async () => {
    const large = { weight: tensor([[1e39]], { dtype: 'float64' }), bias: tensor([0], { dtype: 'float64' }) }
    await expect(toOnnx(dense(1), large, { inputShape: [1] })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
    const apart = { weight: tensor([[1e9], [-1e9 - 1]], { dtype: 'float64' }), bias: tensor([0], { dtype: 'float64' }) }
    const added = sequential([dense(2, { useBias: false }), dense(1)])
    const twice = { weight: tensor([[1, 1]], { dtype: 'float64' }) }
    await expect(toOnnx(added, [twice, apart], { inputShape: [1] })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  })
})

describe('refused', () => {
  const model = sequential([dense(2)])
  const { params } = model.init({ inputShape: [3] })
  const own = layer({ name: 'own', config: { kind: 'own' }, apply: (_, x) => x })
  test.each<[string, Model, Tree, OnnxOptions, string]>([
    ['layers of your own', sequential([own]), [{}], { inputShape: [3] }, 'NOT_SUPPORTED'],
    [
      'a layer that does not say what it is',
      sequential([layer({ name: 'mute', apply: (_, x) => x })]),
      [{}],
      { inputShape: [3] },
      'NOT_SUPPORTED',
    ],
    ['functions', dense(2, { activation: (x) => x }), params[0], { inputShape: [3] }, 'NOT_SUPPORTED'],
    ['other params', model, [{}], { inputShape: [3] }, 'NOT_INITIALIZED'],
    ['another shape', model, params, { inputShape: [4] }, 'SHAPE_MISMATCH'],
    [
      'batchNorm without state',
      batchNorm(),
      batchNorm().init({ inputShape: [3] }).params,
      { inputShape: [3] },
      'NOT_INITIALIZED',
    ],
    ['an imputer', model, params, { inputShape: [3], preprocessing: imputer().fit([[1, 2, 3]]) }, 'NOT_SUPPORTED'],
    [
      'clipping',
      model,
      params,
      {
        inputShape: [3],
        preprocessing: minMaxScaler({ clip: true }).fit([
          [1, 2, 3],
          [2, 3, 4],
        ]),
      },
      'NOT_SUPPORTED',
    ],
    ['another type', model, params, { inputShape: [3], inputType: 'bool' as never }, 'INVALID_ARGUMENT'],
    ['unknown options', model, params, Object.assign({ inputShape: [3] }, { opset: 9 }), 'UNKNOWN_OPTION'],
  ])('%s', async (_, given, tree, options, code) => {
    await expect(toOnnx(given, tree, options)).rejects.toMatchObject({ code })
  })
  test('params that are not finite, in rows of an embedding that no check meets, too', async () => {
    const weight = tensor([[1], [NaN]])
    await expect(toOnnx(embedding(2, 1), { weight }, { inputShape: [1] })).rejects.toThrow(
      /^toOnnx: params\.weight holds NaN; .*\[NON_FINITE\]$/,
    )
    const infinite = { weight: tensor([[Infinity]]), bias: tensor([0]) }
    await expect(toOnnx(dense(1), infinite, { inputShape: [1] })).rejects.toMatchObject({ code: 'NON_FINITE' })
  })
  test('a kind that has no form is named', async () => {
    await expect(toOnnx(sequential([own]), [{}], { inputShape: [3] })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^toOnnx: layer\.0 is of the kind 'own', which has no form in ONNX here/,
      ) as string,
      details: { kind: 'own' },
    })
  })
})
