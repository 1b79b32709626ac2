import {
  key,
  randomNormal,
  reshape as fold,
  setDefaultBackend,
  sizeOf,
  tensor,
  trace,
  zeros,
  type Tensor,
} from '@neurite/core'
import { conv2d as convolve } from '@neurite/core/functional'
import { cpu } from '@neurite/backend-cpu'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  avgPool2d,
  conv2d,
  dense,
  embedding,
  flatten,
  globalAveragePool2d,
  layerNorm,
  maxPool2d,
  patchEmbedding,
  unflatten,
  type Layer,
} from '../src/index.js'
import { expectClose } from './support/expect-close.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const numbers = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1)
  return tensor(
    Float64Array.from({ length: size }, (_, i) => i),
    { shape },
  )
}

describe('4.2.1 dense', () => {
  test('is x W + b, then the activation', async () => {
    const params = {
      weight: tensor([
        [1, -2],
        [3, 4],
      ]),
      bias: tensor([10, 20]),
    }
    expect(
      await dense(2)
        .apply(params, tensor([[1, 2]]))
        .toArray(),
    ).toEqual([[17, 26]])
    expect(
      await dense(2, { activation: 'relu' })
        .apply(params, tensor([[-9, 0]]))
        .toArray(),
    ).toEqual([[1, 38]])
  })

  test('acts on the last axis of anything', async () => {
    const weight = tensor([[1], [10]], { dtype: 'float64' })
    const y = dense(1, { useBias: false }).apply({ weight }, numbers([2, 3, 2]))
    await expectClose(y, { shape: [2, 3, 1], data: [10, 32, 54, 76, 98, 120] })
    expect(dense(7).outputShape([3, 2])).toEqual([3, 7])
  })

  test('takes a batch of no rows', () => {
    const { params } = dense(3).init({ inputShape: [2, 2] })
    expect(dense(3).apply(params, tensor(new Float32Array(0), { shape: [0, 2, 2] })).shape).toEqual([0, 2, 3])
  })

  test('wrong arguments are named', () => {
    for (const units of [0, -1, 2.5, Number.NaN, '3'])
      expect(() => dense(units as never)).toThrow(/dense: units must be a whole number >= 1.*INVALID_ARGUMENT/)
    expect(() => dense(3, { kernelInitializer: 1 } as object)).toThrow(
      /dense: unknown option 'kernelInitializer'; known options: activation, useBias, weightInitializer.*UNKNOWN_OPTION/,
    )
    expect(() => dense(3).init({ inputShape: [] })).toThrow(
      'dense: expected inputs of shape [batch, features], got [batch].',
    )
    expect(() => dense(3).init({ inputShape: [4], dtype: 'int32' as never })).toThrow(
      /dense.init: dtype must be 'float32' or 'float64', got 'int32'.*INVALID_ARGUMENT/,
    )
    expect(() => dense(3).init({ inputShape: 4 } as never)).toThrow(
      /dense.init: inputShape must be an array.*got 4.*INVALID_ARGUMENT/,
    )
  })
})

describe('shapes', () => {
  test('flatten and unflatten keep the order', async () => {
    await expectClose(flatten().apply({}, numbers([2, 2, 3])), {
      shape: [2, 6],
      data: Array.from({ length: 12 }, (_, i) => i),
    })
    await expectClose(unflatten([-1, 2]).apply({}, numbers([2, 6])), {
      shape: [2, 3, 2],
      data: Array.from({ length: 12 }, (_, i) => i),
    })
    expect(flatten().outputShape([])).toEqual([1])
  })

  test('unflatten refuses what does not fill the shape', () => {
    expect(() => unflatten([4, -1]).outputShape([6])).toThrow(
      'unflatten: expected inputs of shape [batch, whatever fills [4, -1]], got [batch, 6].',
    )
    expect(() => unflatten([4]).outputShape([6])).toThrow(/SHAPE_MISMATCH/)
    for (const wrong of [[-1, -1], [0], [1.5]])
      expect(() => unflatten(wrong)).toThrow(/unflatten: shape must be an array.*INVALID_ARGUMENT/)
  })

  const extent = fc.integer({ min: 1, max: 7 })
  const pair = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  const side = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
  const padding = fc.oneof(fc.constant('same' as const), fc.constant('valid' as const), fc.tuple(side, side))

  test('windows: the promised shape is the one that comes out, or both refuse', () => {
    fc.assert(
      fc.property(extent, extent, pair, pair, padding, (height, width, window, strides, pad) => {
        const x = numbers([1, height, width, 2])
        const layers: Layer[] = [conv2d(3, { kernelSize: window, strides, padding: pad })]
        if (typeof pad === 'string' || pad.every((amounts, i) => Math.max(...amounts) < window[i]!)) {
          layers.push(maxPool2d({ window, strides, padding: pad }), avgPool2d({ window, strides, padding: pad }))
        } else
          expect(() => maxPool2d({ window, strides, padding: pad })).toThrow(
            /must be smaller than the window.*INVALID_ARGUMENT/,
          )
        for (const layer of layers) {
          let promised: readonly number[]
          try {
            promised = layer.outputShape([height, width, 2])
          } catch {
            expect(() => layer.init({ inputShape: [height, width, 2] })).toThrow(/does not fit.*SHAPE_MISMATCH/)
            expect(() => convolve(x, numbers([...window, 2, 1]), { strides, padding: pad })).toThrow(/SHAPE_MISMATCH/)
            continue
          }
          const { params } = layer.init({ inputShape: [height, width, 2], dtype: 'float64' })
          expect(layer.apply(params, x).shape).toEqual([1, ...promised])
        }
      }),
      { numRuns: 150, seed: 3 },
    )
  })

  test('windows: wrong options are named', () => {
    expect(() => conv2d(1, {} as never)).toThrow(/conv2d: kernelSize must be a whole number.*INVALID_ARGUMENT/)
    expect(() => conv2d(1, { kernelSize: 0 })).toThrow(/conv2d: kernelSize.*INVALID_ARGUMENT/)
    expect(() => conv2d(1, { kernelSize: 1, padding: 'full' as never })).toThrow(
      /conv2d: padding must be 'same', 'valid' or.*INVALID_ARGUMENT/,
    )
    expect(() => maxPool2d({ strides: [1, 2, 3] as never })).toThrow(/maxPool2d: strides.*INVALID_ARGUMENT/)
    expect(() => avgPool2d({ size: 2 } as object)).toThrow(/avgPool2d: unknown option 'size'.*UNKNOWN_OPTION/)
  })
})

test('dense is one product of two matrices, however many axes its inputs have', () => {
  const layer = dense(4)
  const { params } = layer.init({ inputShape: [3] })
  for (const shape of [
    [2, 3],
    [2, 5, 3],
    [2, 5, 6, 3],
  ]) {
    const { instructions } = trace((x: Tensor) => layer.apply(params, x))(zeros(shape))
    const products = instructions.filter(({ primitive }) => primitive === 'matmul')
    expect(products.map((product) => product.shape)).toEqual([[sizeOf(shape) / 3, 4]])
  }
})

describe('images', () => {
  test('conv2d adds a bias a filter', async () => {
    const layer = conv2d(2, { kernelSize: 1, activation: 'relu' })
    const params = { weight: tensor([[[[1, -1]]]]), bias: tensor([0.5, 2]) }
    expect(await layer.apply(params, tensor([[[[1], [3]]]])).toArray()).toEqual([
      [
        [
          [1.5, 1],
          [3.5, 0],
        ],
      ],
    ])
  })

  test('globalAveragePool2d is the mean of each channel', async () => {
    await expectClose(globalAveragePool2d().apply({}, numbers([1, 2, 2, 3])), { shape: [1, 3], data: [4.5, 5.5, 6.5] })
  })

  test('4.5 patch size: a patchEmbedding is a conv2d that strides by its kernel', async () => {
    const x = randomNormal(key(0), [2, 4, 6, 3], { dtype: 'float64' })
    const layer = patchEmbedding(5, { patchSize: [2, 3] })
    const { params } = layer.init({ inputShape: [4, 6, 3], dtype: 'float64', seed: 2 })
    const expected = fold(convolve(x, fold(params.weight, [2, 3, 3, 5]), { strides: [2, 3] }), [2, 4, 5])
    await expectClose(layer.apply(params, x), { shape: [2, 4, 5], data: await expected.data() })
    expect(() => layer.outputShape([4, 5, 3])).toThrow(
      'patchEmbedding: expected inputs of shape [batch, a multiple of 2, a multiple of 3, channels], got [batch, 4, 5, 3].',
    )
  })
})

test('embedding looks rows up, casts whole floats, and gives zeros outside', async () => {
  const weight = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  const layer = embedding(3, 2)
  expect(
    await layer
      .apply(
        { weight },
        tensor(
          [
            [2, 0],
            [1, 1],
          ],
          { dtype: 'int32' },
        ),
      )
      .toArray(),
  ).toEqual([
    [
      [5, 6],
      [1, 2],
    ],
    [
      [3, 4],
      [3, 4],
    ],
  ])
  expect(await layer.apply({ weight }, tensor([[1]])).toArray()).toEqual([[[3, 4]]])
  expect(await layer.apply({ weight }, tensor([3, -1], { dtype: 'int32' })).toArray()).toEqual([
    [0, 0],
    [0, 0],
  ])
})

test('layerNorm looks at one example alone', async () => {
  const layer = layerNorm()
  const { params } = layer.init({ inputShape: [3], dtype: 'float64' })
  const one = layer.apply(params, tensor([[1, 2, 6]], { dtype: 'float64' }))
  const two = layer.apply(
    params,
    tensor(
      [
        [1, 2, 6],
        [900, 0, 0],
      ],
      { dtype: 'float64' },
    ),
  )
  expect(Array.from(await two.data()).slice(0, 3)).toEqual(Array.from(await one.data()))
  expect(Array.from(await one.data()).reduce((a, b) => a + b)).toBeCloseTo(0, 12)
})
