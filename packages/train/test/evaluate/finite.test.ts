import { setDefaultBackend, tensor, type Backend, type Tree } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { batchNorm, dense, embedding, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import { diagnose, evaluate, fit, predict, predictor } from '../../src/index.js'
import { checkFinite } from '../../src/fit/data/finite.js'
import { slow } from '../support/slow.js'

const backend = cpu()
beforeAll(() => setDefaultBackend(backend))

const model = sequential([dense(1)])
const finite = [[1, 2], [3, 4]] // prettier-ignore
/** Finite as they come, Infinity in float32. */
const large = [[1, 2], [3, 1e39]] // prettier-ignore
const paramsIn = (dtype: 'float32' | 'float64') => model.init({ inputShape: [2], dtype }).params
const refused = / holds 1e\+39 in row 1, column 1, more than float32 can hold.*\[NON_FINITE\]/

describe('numbers that float32 cannot hold', () => {
  test('are refused as features', async () => {
    const params = paramsIn('float32')
    const options = { loss: mse, optimizer: sgd(), epochs: 1 }
    const y = [0, 1]
    const before = backend.memory()
    await expect(predict(model, params, large)).rejects.toThrow(refused)
    await expect(predictor(model, params).predict(large)).rejects.toThrow(refused)
    expect(() => predictor(model, params).predictSync(large)).toThrow(refused)
    await expect(evaluate(model, params, { x: large, y }, { loss: mse })).rejects.toThrow(refused)
    await expect(evaluate(model, params, { batches: () => [{ x: large, y }] }, { loss: mse })).rejects.toThrow(refused)
    await expect(fit(model, { x: large, y }, options)).rejects.toThrow(refused)
    await expect(fit(model, { batches: () => [{ x: large, y }] }, options)).rejects.toThrow(refused)
    const validation = { x: large, y }
    await expect(fit(model, { x: finite, y }, { ...options, validation })).rejects.toThrow(refused)
    expect(backend.memory()).toEqual(before)
  })
  test('and as targets and weights', async () => {
    const params = paramsIn('float32')
    for (const data of [
      { x: finite, y: [0, -1e39] },
      { x: finite, y: [0, 1], sampleWeights: [1, 1e39] },
    ]) {
      await expect(evaluate(model, params, data, { loss: mse })).rejects.toThrow(/more than float32 can hold/)
      await expect(fit(model, data, { loss: mse, optimizer: sgd(), epochs: 1 })).rejects.toThrow(/more than float32/)
    }
  })
  test('are a finding of diagnose', async () => {
    const [finding] = await diagnose(model, { x: large, y: [0, 1] }, { loss: mse })
    expect(finding).toMatchObject({ kind: 'non-finite' })
    expect(finding!.message).toMatch(/^x holds 1 number.*such as 1e\+39/)
  })
  test('are numbers as others in float64', async () => {
    const params = paramsIn('float64')
    const output = await predict(model, params, large)
    expect((await output.data()).every(Number.isFinite)).toBe(true)
    expect(predictor(model, params).predictSync(large)).toEqual(await output.data())
  })
})

describe('params that are not finite', () => {
  const net = sequential([embedding(3, 1)])
  const x = { shape: [2, 1], data: Int32Array.of(0, 1) }
  /** A NaN that no row of x meets: the outputs do not show it. */
  const broken = (on: Backend): Tree => [{ weight: tensor([[1], [2], [NaN]], { backend: on }) }]

  test('are refused, by the name of the tensor', async () => {
    const params = broken(backend)
    const before = backend.memory()
    const message = /params\[0\]\.weight holds NaN.*\[NON_FINITE\]/
    await expect(predict(net, params, x)).rejects.toThrow(message)
    await expect(evaluate(net, params, { x, y: [[[0]], [[0]]] }, { loss: mse })).rejects.toThrow(message)
    expect(() => predictor(net, params)).toThrow(message)
    expect(backend.memory()).toEqual(before)
  })
  test('so are running statistics', async () => {
    const normed = sequential([batchNorm(), dense(1)])
    const { params } = normed.init({ inputShape: [2] })
    const statistics = [{ mean: tensor([0, 0]), variance: tensor([1, Infinity]) }, {}] as never
    await expect(predict(normed, params, finite, { state: statistics })).rejects.toThrow(
      /state\[0\]\.variance holds NaN or Infinity/,
    )
  })
  test('on a backend that reads later, at the first answer, though they were disposed', async () => {
    const later = slow(cpu())
    const params = broken(later)
    const answers = predictor(net, params)
    for (const leaf of Object.values((params as never[])[0]!)) (leaf as { dispose(): void }).dispose()
    await expect(answers.predict(x)).rejects.toThrow(/weight holds NaN/)
    await expect(answers.predict(x)).rejects.toThrow(/weight holds NaN/)
    const good = predictor(net, [{ weight: tensor([[1], [2], [3]], { backend: later }) }])
    expect(await good.predict(x)).toEqual(Float32Array.of(1, 2))
    good.dispose()
  })
})

test.each<[number[], number, number[], string]>([
  [[], 0, [], ''],
  [[3], 1, [1], ' in row 1'],
  [[2, 3], 4, [1, 1], ' in row 1, column 1'],
  [[2, 3, 2], 9, [1, 1, 1], ' in row 1, column 1, 1'],
])('the place in an array of shape %j', (shape, at, index, place) => {
  const size = shape.reduce((a, b) => a * b, 1)
  for (const [value, precision, why] of [
    [NaN, undefined, '; drop such rows, or fill them in first (an imputer).'],
    [-Infinity, 'float64', '; drop such rows, or fill them in first (an imputer).'],
    [1e39, 'float32', ', more than float32 can hold (3.4e38): scale the numbers, or compute in float64.'],
  ] as const) {
    const array = { shape, data: new Float64Array(size).fill(value, at) }
    expect(() => checkFinite('fit: x', array, precision)).toThrow(
      expect.objectContaining({
        code: 'NON_FINITE',
        message: `fit: x holds ${value}${place}${why} [NON_FINITE]`,
        details: { index, value },
      }) as Error,
    )
  }
  expect(() => checkFinite('fit: x', { shape, data: new Float64Array(size).fill(1e39) })).not.toThrow()
})
