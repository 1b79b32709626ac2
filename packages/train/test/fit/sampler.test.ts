import { setDefaultBackend, tensorsIn } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { weightedSampler } from '@neurite/data'
import { memoryStore } from '@neurite/files'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeEach, expect, test } from 'vitest'
import { checkpoint, evaluate, fit, loadCheckpoint, type FitOptions } from '../../src/index.js'

beforeEach(() => setDefaultBackend(cpu()))

const line = { x: [[0], [1], [2], [3], [4], [5]], y: [1, 3, 5, 7, 9, 11] }
/** The last two rows are on no line, and have the weight 0. */
const data = { x: [...line.x, [2], [3]], y: [...line.y, -50, 70] }
const weights = [1, 1, 1, 1, 1, 2, 0, 0]
const model = sequential([dense(1)])
const options: FitOptions = {
  loss: mse,
  optimizer: sgd({ learningRate: 0.02 }),
  epochs: 60,
  dtype: 'float64',
  order: weightedSampler(weights),
}

test('a sampler decides which rows are learned from', async () => {
  const { params } = await fit(model, data, options)
  expect((await evaluate(model, params, line, { loss: mse })).loss).toBeLessThan(0.2)
  const losses: number[] = []
  const { iterations } = await fit(model, data, {
    ...options,
    ...{ epochs: 2, batchSize: 1, onIteration: ({ loss }) => void losses.push(loss) },
  })
  expect(iterations).toBe(16)
  expect(Math.max(...losses)).toBeLessThan(200)
})

test('is one of all rows, of which a validation share is left out', async () => {
  const losses: number[] = []
  await fit(model, data, {
    ...options,
    ...{ epochs: 5, batchSize: 1, validation: 0.25, onIteration: ({ loss }) => void losses.push(loss) },
  })
  expect(losses).toHaveLength(30)
  expect(Math.max(...losses)).toBeLessThan(200)
  await expect(fit(model, line, options)).rejects.toMatchObject({
    code: 'SHAPE_MISMATCH',
    message: expect.stringContaining('fit: order: the sampler draws from 8 rows, the data has 6') as string,
  })
  await expect(fit(model, { batches: () => [data] }, options)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('order is an object, but a source decides the order') as string,
  })
})

test('a run goes on with the same sampler, and with no other', async () => {
  const bits = async (params: unknown): Promise<unknown> => Promise.all(tensorsIn(params).map((leaf) => leaf.data()))
  const store = memoryStore()
  await fit(model, data, { ...options, epochs: 3, callbacks: [checkpoint(store)] })
  const resume = await loadCheckpoint(store)
  const again = { ...options, order: weightedSampler(weights), epochs: 6 }
  expect(await bits((await fit(model, data, { ...again, resume })).params)).toEqual(
    await bits((await fit(model, data, again)).params),
  )
  const other = { ...again, order: weightedSampler(weights.map((weight) => weight + 1)), resume }
  await expect(fit(model, data, other)).rejects.toMatchObject({
    code: 'BAD_CHECKPOINT',
    message: expect.stringContaining('order') as string,
  })
})
