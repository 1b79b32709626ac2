import { cpu } from '@neurite/backend-cpu'
import {
  add,
  key,
  leakyRelu,
  matmul,
  memory,
  mul,
  randomNormal,
  randomUniform,
  reshape,
  setDefaultBackend,
  tanh,
  tensor,
  type Tensor,
} from '@neurite/core'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import {
  activation,
  addNodes,
  avgPool2d,
  batchNorm,
  call,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  graph,
  input,
  layer,
  multiplyNodes,
  residual,
  sequential,
  type Activation,
  type Layer,
} from '@neurite/nn'
import { constant, normal } from '@neurite/nn/initializers'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { collapseLinear, FLOW_THRESHOLDS, gradientFlow } from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const wide = { dtype: 'float64' } as const
const filled = (model: Layer, inputShape: readonly number[], seed = 1) => {
  const { params, state } = model.init({ inputShape, seed, dtype: 'float64' })
  return { params, state }
}

describe('4.2.4.b collapseLinear', () => {
  test('4.2.4.b a network without activations equals one affine map, of any depth and width', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 0, max: 1000 }),
        async ([inputs, ...units], seed) => {
          const model: Layer = sequential(
            units.map((n, i) =>
              dense(n, { biasInitializer: normal(), activation: i % 2 === 0 ? 'identity' : 'linear' }),
            ),
          )
          const { params } = filled(model, [inputs!], seed)
          const { weight, bias, error } = await collapseLinear(model, params)
          expect(weight.shape).toEqual([inputs, units.at(-1)])
          expect(error).toBeLessThan(1e-12)
          const x = randomNormal(key(seed), [3, inputs!], wide)
          const one = dense(units.at(-1)!).apply({ weight, bias }, x).dataSync()
          model
            .apply(params, x)
            .dataSync()
            .forEach((value, i) => expect(one[i]).toBeCloseTo(value, 9))
        },
      ),
      { numRuns: 20, seed: 5 },
    )
  })

  test('4.2.4.b it is the product of the weights', async () => {
    const model = sequential([dense(3), dense(2, { useBias: false })])
    const { params } = model.init({ inputShape: [4], seed: 3, dtype: 'float64' })
    const { weight } = await collapseLinear(model, params)
    const product = matmul(params[0].weight, params[1].weight).dataSync()
    weight.dataSync().forEach((value, i) => expect(value).toBeCloseTo(product[i]!, 14))
  })

  test('4.2.4.b convolutions, averages, batchNorm, dropout and shortcuts are linear too', async () => {
    const image = sequential([
      conv2d(3, { kernelSize: 2, biasInitializer: normal() }),
      batchNorm(),
      avgPool2d({ window: 2 }),
      activation('identity'),
      flatten(),
      dropout(0.5),
      residual(dense(3)),
      dense(2),
    ])
    const { params, state } = image.init({ inputShape: [3, 3, 1], seed: 2, dtype: 'float64' })
    const moved = state.map((part) =>
      'mean' in part ? { mean: add(part.mean, 0.5), variance: mul(part.variance, 2) } : part,
    )
    const { weight, bias } = await collapseLinear(image, params, { inputShape: [3, 3, 1], state: moved })
    const x = randomNormal(key(1), [4, 3, 3, 1], wide)
    const collapsed = add(matmul(reshape(x, [4, 9]), weight), bias).dataSync()
    image
      .apply(params, x, { state: moved })
      .dataSync()
      .forEach((value, i) => expect(collapsed[i]).toBeCloseTo(value, 10))

    const a = input([2])
    const joined = graph({ inputs: a, outputs: addNodes([call(dense(2), a), a]) })
    expect((await collapseLinear(joined, filled(joined, [2]).params)).weight.shape).toEqual([2, 2])
  })

  test('4.2.4.b in float32 the result is float32, and rounded once', async () => {
    const model = sequential([dense(3), dense(2)])
    const { params } = model.init({ inputShape: [2], seed: 3 })
    const { weight, bias, error } = await collapseLinear(model, params)
    expect([weight.dtype, bias.dtype]).toEqual(['float32', 'float32'])
    expect(error).toBeLessThan(1e-12)
  })

  test('4.2.4.b nonlinear layers are refused by name', async () => {
    const refused = async (model: Layer, inputShape: readonly number[], words: RegExp): Promise<void> => {
      const { params } = filled(model, inputShape)
      await expect(collapseLinear(model, params, { inputShape })).rejects.toThrow(words)
    }
    await refused(
      sequential([dense(2), dense(2, { activation: 'tanh' })]),
      [2],
      /sequential\[1\] dense is not linear: its activation is tanh/,
    )
    await refused(sequential([dense(2), activation('relu')]), [2], /sequential\[1\] activation .* relu/)
    await refused(
      sequential([sequential([dense(2, { activation: (x) => x })])]),
      [2],
      /sequential\[0\] sequential\[0\] dense.* function/,
    )
    await refused(sequential([layer({ name: 'mine', apply: (_, x) => tanh(x) })]), [2], /mine/)
    const a = input([2])
    await refused(graph({ inputs: a, outputs: multiplyNodes([call(dense(2), a), a]) }), [2], /multiplies/)
    const infinite = { weight: tensor([[Infinity]]), bias: tensor([1]) }
    await expect(collapseLinear(dense(1), infinite)).rejects.toThrow('NON_FINITE')
    await expect(collapseLinear(flatten(), {})).rejects.toThrow(/inputShape/)
    await expect(collapseLinear(dense(1), infinite, { shape: [1] } as never)).rejects.toThrow('UNKNOWN_OPTION')
  })

  test('4.2.4.b nothing is left behind but the map', async () => {
    const model = sequential([dense(3), dense(2)])
    const { params } = model.init({ inputShape: [2] })
    const before = memory().buffers
    const { weight, bias } = await collapseLinear(model, params)
    expect(memory().buffers).toBe(before + 2)
    weight.dispose()
    bias.dispose()
  })
})

describe('4.2.4.a gradientFlow', () => {
  const deep = (act: Activation, options: object = {}): Layer =>
    sequential([...Array.from({ length: 10 }, () => dense(16, { activation: act, ...options })), dense(1)])
  const batch = (): { x: Tensor; y: Tensor } => ({
    x: randomNormal(key(3), [32, 4], wide),
    y: randomUniform(key(4), [32, 1], wide),
  })
  const flowOf = async (model: Layer, seed = 1) => gradientFlow(model, filled(model, [4], seed).params, batch(), mse)

  test('4.2.4.a in ten sigmoid layers gradients vanish; with ReLU and He they do not', async () => {
    for (const seed of [0, 1, 2]) {
      const sigmoid = await flowOf(deep('sigmoid'), seed)
      expect(sigmoid.verdict).toBe('vanishing')
      expect(sigmoid.layers[0]!.verdict).toBe('vanishing')
      expect(sigmoid.layers[0]!.meanSlope).toBeLessThanOrEqual(0.25)
      expect(sigmoid.message).toMatch(/vanish at layer \[0\] dense/)
      const relu = await flowOf(deep('relu'), seed)
      expect(relu.verdict, relu.message).toBe('healthy')
    }
  })

  test('4.2.4.a a bias of -10 kills ReLU units; leaky ReLU heals it', async () => {
    const biased = (act: Activation): Layer =>
      sequential([dense(16, { activation: act, biasInitializer: constant(-10) }), dense(1)])
    const dying = await flowOf(biased('relu'))
    expect(dying.verdict).toBe('dying')
    expect(dying.layers[0]).toMatchObject({ deadShare: 1, meanSlope: 0, gradientNorm: 0, verdict: 'dying' })
    for (const leaky of ['leakyRelu', (x: Tensor) => leakyRelu(x, { negativeSlope: 0.2 })] as const) {
      const healed = await flowOf(biased(leaky))
      expect(healed.verdict).toBe('healthy')
      expect(healed.layers[0]).toMatchObject({ deadShare: 0, saturatedShare: 0 })
      expect(healed.layers[0]!.meanSlope).toBeCloseTo(typeof leaky === 'string' ? 0.01 : 0.2, 12)
    }
  })

  test('4.2.4.a large weights saturate tanh, and make gradients of linear layers explode', async () => {
    const saturated = await flowOf(
      sequential([dense(8, { activation: 'tanh', biasInitializer: constant(20) }), dense(1)]),
    )
    expect(saturated.layers[0]!.saturatedShare).toBe(1)
    expect(saturated.layers[1]).toMatchObject({ meanSlope: 1, saturatedShare: 0, deadShare: 0 })
    const exploding = await flowOf(deep('relu', { weightInitializer: normal({ standardDeviation: 8 }) }))
    expect(exploding.verdict).toBe('exploding')
  })

  test('4.2.4.a norms are those of the gradient, slopes those of the activation', async () => {
    const model = sequential([dense(1, { activation: 'tanh' })])
    const params = [{ weight: tensor([[0.5]], wide), bias: tensor([0], wide) }] as const
    const x = tensor([[1], [-2]], wide)
    const y = tensor([[0], [0]], wide)
    const flow = await gradientFlow(model, params, { x, y }, mse)
    const out = [0.5, -1].map(Math.tanh)
    const slopes = out.map((value) => 1 - value * value)
    const dz = out.map((value, i) => value * slopes[i]!)
    expect(flow.layers[0]!.meanSlope).toBeCloseTo((slopes[0]! + slopes[1]!) / 2, 12)
    expect(flow.layers[0]!.gradientNorm).toBeCloseTo(Math.hypot(dz[0]! * 1 + dz[1]! * -2, dz[0]! + dz[1]!), 12)
  })

  test('4.2.4.a convolutions, shortcuts, graphs, softmax and layers of your own take part', async () => {
    const model = sequential([
      conv2d(4, { kernelSize: 2, activation: 'relu' }),
      layer({ name: 'double', apply: (_, x) => mul(x, 2) }),
      globalAveragePool2d(),
      residual(dense(4, { activation: 'tanh' })),
      dense(3, { activation: 'softmax' }),
    ])
    const { params } = filled(model, [4, 4, 1])
    const before = memory().buffers
    const x = randomNormal(key(3), [8, 4, 4, 1], wide)
    const y = tensor(new Int32Array([0, 1, 2, 0, 1, 2, 0, 1]))
    const flow = await gradientFlow(model, params, { x, y }, sparseCrossEntropy({ fromLogits: false }))
    expect(flow.layers.map(({ path, layer }) => `${path} ${layer}`)).toEqual([
      '[0] conv2d',
      '[1] double',
      '[2] globalAveragePool2d',
      '[3][0] dense',
      '[4] dense',
    ])
    expect(flow.layers[0]!.meanSlope).toBeGreaterThan(0)
    expect(flow.layers[1]).toMatchObject({ gradientNorm: undefined, meanSlope: undefined })
    expect(flow.layers[4]).toMatchObject({ activation: 'softmax', meanSlope: undefined })
    expect(memory().buffers).toBe(before + 2)
    const a = input([4])
    const joined = graph({
      inputs: a,
      outputs: call(dense(1), addNodes([call(dense(4, { activation: 'relu' }), a), a])),
    })
    expect((await flowOf(joined)).layers.map(({ path }) => path)).toEqual(['[0]', '[1]'])
  })

  test('4.2.4.a the thresholds are public', () => {
    expect(FLOW_THRESHOLDS).toEqual({
      vanishingRatio: 1e-4,
      explodingRatio: 1e4,
      explodingNorm: 1e6,
      deadShare: 0.5,
      saturatedSlope: 0.1,
    })
  })
})
