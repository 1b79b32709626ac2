import { setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  accuracy,
  averagePrecision,
  evaluate,
  f1,
  fit,
  logLoss,
  precision,
  recall,
  rocAuc,
  topKAccuracy,
  type Metric,
} from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const macro = { average: 'macro' } as const
const METRICS: Readonly<Record<string, Metric>> = {
  ...{ accuracy, topKAccuracy, logLoss, rocAuc, averagePrecision },
  ...{ f1: f1(macro), precision: precision(macro), recall: recall(macro) },
}
const x = [[1], [2], [3]]

/** A model that counts how often it computes. */
function counting(units: number) {
  let computed = 0
  const activation = (z: Tensor): Tensor => {
    computed++
    return z
  }
  return { model: sequential([dense(units, { activation })]), computed: () => computed }
}

const WAYS: Readonly<Record<string, (metric: Metric, units: number, y: readonly number[]) => Promise<() => number>>> = {
  evaluate: (metric, units, y) => evaluated(metric, units, { x, y }),
  'evaluate a source': (metric, units, y) => evaluated(metric, units, { batches: () => [{ x, y }] }),
  'evaluate a source of tensors': (metric, units, y) =>
    evaluated(metric, units, { batches: () => [{ x: tensor(x), y: tensor([...y]) }] }),
  fit: (metric, units, y) => fitted(metric, units, { x, y }),
  'fit a source': (metric, units, y) => fitted(metric, units, { batches: () => [{ x, y }] }),
}
type Data = Parameters<typeof evaluate>[2]
async function evaluated(metric: Metric, units: number, data: Data): Promise<() => number> {
  const { model, computed } = counting(units)
  const { params } = model.init({ inputShape: [1], seed: 1 })
  return refusing(computed, () => evaluate(model, params, data, { metrics: { metric } }))
}
async function fitted(metric: Metric, units: number, data: Data): Promise<() => number> {
  const { model, computed } = counting(units)
  const options = { loss: mse, optimizer: sgd(), epochs: 1, metrics: { metric } }
  return refusing(computed, () => fit(model, data, options))
}
/** Passes on what a call throws, if nothing was computed before. */
async function refusing(computed: () => number, call: () => Promise<unknown>): Promise<() => number> {
  try {
    await call()
  } catch (error) {
    expect(computed()).toBe(0)
    throw error
  }
  return computed
}

describe.each(Object.entries(WAYS))('%s: before anything is computed', (_, way) => {
  test.each(Object.entries(METRICS))('%s refuses a third class of a model with one output', async (_name, metric) => {
    await expect(way(metric, 1, [0, 1, 2])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(
        /the model predicts one number a row and the target of row 2 is 2: this looks like regression/,
      ) as string,
    })
  })
  test.each(Object.entries(METRICS))('%s refuses what is no class', async (_name, metric) => {
    await expect(way(metric, 3, [0, 1, 0.5])).rejects.toThrow(
      /row 2 is 0\.5, no class index: this looks like regression/,
    )
    await expect(way(metric, 3, [0, 2 ** 24, 1])).rejects.toThrow(/row 1 is 16777216, no class index: this looks like/)
    await expect(way(metric, 3, [0, -2, 1])).rejects.toThrow(/row 1 is -2, no class index: expected class indices/)
  })
  test.each([accuracy, f1, precision, recall])('a threshold, where the largest of several wins', async (make) => {
    const metric = make === accuracy ? accuracy({ threshold: 0.3 }) : (make as typeof f1)({ threshold: 0.3, ...macro })
    await expect(way(metric, 3, [0, 1, 2])).rejects.toThrow(/threshold is for one number a row/)
  })
  test.each([f1, precision, recall])('the positive class of three', async (make) => {
    await expect(way(make, 3, [0, 1, 0])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

test('what suits is computed', async () => {
  const computed = await WAYS['evaluate a source']!(accuracy, 1, [0, 1, 1])
  expect(computed()).toBeGreaterThan(0)
})
