import { grad, key, randomNormal, setDefaultBackend, square, sum, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, expect, test } from 'vitest'
import { batchNorm, dense, sequential } from '../src/index.js'
import { expectClose, statisticsOf } from './support/expect-close.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const layer = batchNorm({ momentum: 0.75, epsilon: 0 })
const made = () => layer.init({ inputShape: [2], dtype: 'float64' })
// Feature 0 has mean 2 and squares 1, 0, 1; feature 1 has mean 20 and squares 400, 0, 400.
const x = () =>
  tensor(
    [
      [1, 0],
      [2, 20],
      [3, 40],
    ],
    { dtype: 'float64' },
  )

test('training uses the batch and moves the running statistics', async () => {
  const { params, state } = made()
  const [y, next] = layer.forward(params, state, x(), { training: true })
  const r = Math.sqrt(1.5)
  await expectClose(y, { shape: [3, 2], data: [-r, -r, 0, 0, r, r] })
  // 0.75 * old + 0.25 * batch's; the variance there over n - 1: 1 and 400.
  await expectClose(next.mean, { shape: [2], data: [0.5, 5] })
  await expectClose(next.variance, { shape: [2], data: [0.75 + 0.25, 0.75 + 100] })
  const [, third] = layer.forward(params, next, x(), { training: true })
  await expectClose(third.mean, { shape: [2], data: [0.875, 8.75] })
  // The state that was given is as it was.
  expect(await state.mean.toArray()).toEqual([0, 0])
})

test('outside training it uses the running statistics and leaves them', async () => {
  const params = { scale: tensor([2, 1], { dtype: 'float64' }), offset: tensor([0, 5], { dtype: 'float64' }) }
  const state = { mean: tensor([1, 10], { dtype: 'float64' }), variance: tensor([4, 25], { dtype: 'float64' }) }
  const [y, next] = layer.forward(params, state, x())
  await expectClose(y, { shape: [3, 2], data: [0, 3, 1, 7, 2, 11] })
  expect(next).toBe(state)
  await expectClose(layer.apply(params, x(), { state }), { shape: [3, 2], data: [0, 3, 1, 7, 2, 11] })
})

test('without its state it can train but not predict', async () => {
  const { params, state } = made()
  const [y] = layer.forward(params, state, x(), { training: true })
  await expectClose(layer.apply(params, x(), { training: true }), { shape: [3, 2], data: await y.data() })
  expect(() => layer.apply(params, x())).toThrow(/^batchNorm: outside training .*\{ state \}.*NOT_INITIALIZED/)
  expect(() => layer.apply(params, x(), { state: { mean: tensor([1]) } })).toThrow(
    /^batchNorm: .*state must be \{ mean \[2\], variance \[2\] \}.*NOT_INITIALIZED/,
  )
})

test('images are normalized a channel', async () => {
  // Were positions normalized apart, the difference between the two columns would be lost.
  const steps = batchNorm({ momentum: 0, epsilon: 0 })
  const two = steps.init({ inputShape: [1, 2, 1], dtype: 'float64' })
  const [z, next] = steps.forward(two.params, two.state, tensor([[[[1], [3]]], [[[1], [3]]]], { dtype: 'float64' }), {
    training: true,
  })
  await expectClose(z, { shape: [2, 1, 2, 1], data: [-1, 1, -1, 1] })
  await expectClose(next.mean, { shape: [1], data: [2] })

  const images = randomNormal(key(0), [4, 5, 6, 1], { mean: 7, standardDeviation: 3, dtype: 'float64' })
  const own = batchNorm({ epsilon: 0 })
  const { params, state } = own.init({ inputShape: [5, 6, 1], dtype: 'float64' })
  const [y] = own.forward(params, state, images, { training: true })
  const { mean, deviation } = await statisticsOf(y)
  expect(mean).toBeCloseTo(0, 12)
  expect(deviation).toBeCloseTo(1, 12)
})

test('a batch of one row stays finite', async () => {
  const own = batchNorm()
  const { params, state } = own.init({ inputShape: [2] })
  const [y, next] = own.forward(params, state, tensor([[3, 4]]), { training: true })
  expect(await y.toArray()).toEqual([[0, 0]])
  await expectClose(next.variance, { shape: [2], data: [0.9, 0.9] }, 1e-6)
})

test('in a model, running statistics reach those of the data', async () => {
  const model = sequential([batchNorm(), dense(1)])
  const start = model.init({ inputShape: [1] })
  let state = start.state
  for (let i = 0; i < 80; i++) {
    const batch = randomNormal(key(i), [64, 1], { mean: 5, standardDeviation: 2 })
    state = model.forward(start.params, state, batch, { training: true })[1]
  }
  expect(await state[0].mean.item()).toBeCloseTo(5, 0)
  expect(await state[0].variance.item()).toBeGreaterThan(3)
  expect(await state[0].variance.item()).toBeLessThan(5)
})

test('the running statistics carry no gradient', async () => {
  const { params, state } = made()
  const g = grad((z: Tensor) => sum(square(layer.forward(params, state, z, { training: true })[1].mean)))(x())
  expect(await g.toArray()).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ])
})

test('wrong options are named', () => {
  expect(() => batchNorm({ momentum: 1 })).toThrow(/batchNorm: momentum must be a number in \[0, 1\).*INVALID_ARGUMENT/)
  expect(() => batchNorm({ epsilon: -1 })).toThrow(/INVALID_ARGUMENT/)
  expect(() => batchNorm({ axis: 1 } as object)).toThrow(/UNKNOWN_OPTION/)
})
