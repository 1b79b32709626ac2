import { add, mean, mul, setDefaultBackend, sub, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { binaryCrossEntropy, crossEntropy, mse, sparseCrossEntropy } from '@neurite/losses'
import { conv2d, dense, flatten, layer, sequential } from '@neurite/nn'
import { beforeAll, describe, expect, test } from 'vitest'
import { diagnose, type Dataset, type DiagnoseOptions } from '../src/index.js'

const backend = cpu()
beforeAll(() => setDefaultBackend(backend))

const logits = sequential([dense(4, { activation: 'relu' }), dense(2)])
const softmax = sequential([dense(4, { activation: 'relu' }), dense(2, { activation: 'softmax' })])
const sigmoid = sequential([dense(1, { activation: 'sigmoid' })])
const number = sequential([dense(1)])
const x = [
  [0.1, 1],
  [-0.3, 2],
  [0.8, -1],
  [-1, 0.2],
]
const oneHot = [
  [1, 0],
  [0, 1],
  [1, 0],
  [0, 1],
]
const kinds = async (model: Parameters<typeof diagnose>[0], data: Dataset, options: DiagnoseOptions) =>
  (await diagnose(model, data, options)).map(({ kind }) => kind)

describe('diagnose', () => {
  test('says nothing where all is well', async () => {
    const before = backend.memory()
    expect(await kinds(logits, { x, y: oneHot }, { loss: crossEntropy({ fromLogits: true }), batchSize: 2 })).toEqual(
      [],
    )
    expect(await kinds(softmax, { x, y: oneHot }, { loss: crossEntropy({ fromLogits: false }) })).toEqual([])
    expect(await kinds(sigmoid, { x, y: [0, 1, 0, 1] }, { loss: binaryCrossEntropy({ fromLogits: false }) })).toEqual(
      [],
    )
    expect(await kinds(number, { x, y: [0.5, 1, -2, 3] }, { loss: mse })).toEqual([])
    expect(backend.memory()).toEqual(before)
  })
  test('features on scales 100 apart, beyond 100, constant', async () => {
    const apart = x.map(([a, b]) => [a!, b! * 0.001, 7])
    const findings = await diagnose(number, { x: apart, y: [1, 2, 3, 4] }, { loss: mse })
    expect(findings.map(({ kind, columns }) => [kind, columns])).toEqual([
      ['constant-feature', [2]],
      ['feature-scales', [0]],
    ])
    expect(
      await kinds(number, { x: x.map((row) => row.map((v) => 1000 * v)), y: [1, 2, 3, 4] }, { loss: mse }),
    ).toEqual(['unscaled-features'])
  })
  test('targets far from 0', async () =>
    expect(await kinds(number, { x, y: [151, 75, 141, 206] }, { loss: mse })).toEqual(['unscaled-targets']))
  test('NaN', async () => expect(await kinds(number, { x: [[NaN]], y: [1] }, { loss: mse })).toEqual(['non-finite']))
  test('softmax with mse', async () =>
    expect(await kinds(softmax, { x, y: oneHot }, { loss: mse })).toEqual(['softmax-mse']))
  test('images', async () => {
    const model = sequential([conv2d(2, { kernelSize: 2 }), flatten(), dense(2)])
    const images = [0.5, -0.5].map((a) => [
      [[a], [0.3], [-a]],
      [[0.1], [a], [0.2]],
    ])
    const data = { x: images, y: [[1, 0], [0, 1]] } // prettier-ignore
    const found = await kinds(model, data, { loss: crossEntropy({ fromLogits: true }) })
    const one = sequential([conv2d(2, { kernelSize: 2 }), flatten(), dense(1, { activation: 'softmax' })])
    await expect(diagnose(one, { x: images, y: [[1], [1]] }, { loss: mse })).rejects.toThrow(/diagnose: .*softmax/)
    expect(found.filter((kind) => !['constant-feature', 'duplicate-rows'].includes(kind))).toEqual([])
  })
  test('what a layer of your own makes is looked at: rows that sum to 1, or not', async () => {
    const own = (values: (x: Tensor) => Tensor) =>
      sequential([layer({ name: 'own', apply: (_, given) => values(given) })])
    const half = own((x) => add(mul(x, 0), 0.5))
    const quarter = own((x) => add(mul(x, 0), 0.25))
    expect(await kinds(half, { x, y: oneHot }, { loss: mse })).toEqual(['softmax-mse'])
    expect(await kinds(quarter, { x, y: oneHot }, { loss: mse })).toEqual([])
    // Their sum is 1, and they are no probabilities.
    const signed = own((given) => add(mul(given, 0), tensor([-0.5, 0.5, 1])))
    const three = { x: x.map((row) => [...row, row[0]! * row[1]!]), y: oneHot.map((row) => [...row, 0.5]) }
    expect(await kinds(signed, three, { loss: mse })).not.toContain('softmax-mse')
  })
  test('logits for a loss of probabilities, and the reverse', async () => {
    expect(await kinds(logits, { x, y: oneHot }, { loss: crossEntropy({ fromLogits: false }) })).toEqual([
      'logits-as-probabilities',
    ])
    expect(await kinds(softmax, { x, y: oneHot }, { loss: crossEntropy({ fromLogits: true }) })).toEqual([
      'probabilities-as-logits',
    ])
    expect(await kinds(number, { x, y: [0, 1, 0, 1] }, { loss: binaryCrossEntropy({ fromLogits: false }) })).toEqual([
      'logits-as-probabilities',
    ])
    expect(await kinds(sigmoid, { x, y: [0, 1, 0, 1] }, { loss: binaryCrossEntropy({ fromLogits: true }) })).toEqual([
      'probabilities-as-logits',
    ])
  })
  test('a plain function of prediction and target says nothing of what it expects', async () => {
    const plain = (prediction: Tensor, target: Tensor) => mean(sub(prediction, target))
    expect(await kinds(softmax, { x, y: oneHot.map(([a, b]) => [100 * a!, b!]) }, { loss: plain })).toEqual([])
  })
  test('classes that are rare', async () => {
    const many = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)])
    const y = Int32Array.from({ length: 12 }, (_, i) => (i === 0 ? 1 : 0))
    expect(await kinds(logits, { x: many, y }, { loss: sparseCrossEntropy({ fromLogits: true }) })).toEqual([
      'class-imbalance',
    ])
  })
  test('a batch larger than the data', async () =>
    expect(await kinds(number, { x, y: [1, 2, 3, 4] }, { loss: mse, batchSize: 5 })).toEqual(['batch-too-large']))
})
