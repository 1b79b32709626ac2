import { cpu } from '@neurite/backend-cpu'
import { disposeTree } from '@neurite/core'
import { mse } from '@neurite/losses'
import { batchNorm, dense, sequential } from '@neurite/nn'
import { adam, cosineDecay, sgd } from '@neurite/optimizers'
import { expect, test } from 'vitest'
import { evaluate, fit, meanAbsoluteError } from '../../src/index.js'

// No file sets a default here: a program may use backends side by side.

test.each([
  ['a rate', () => sgd()],
  ['a schedule', () => adam({ learningRate: cosineDecay({ initial: 0.1, steps: 20 }) })],
])('the backend that is given does it all, %s', async (_, optimizer) => {
  const backend = cpu()
  const data = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }
  const model = sequential([dense(2), batchNorm(), dense(1)])
  const rates: (number | undefined)[] = []
  const result = await fit(model, data, {
    ...{ loss: mse, optimizer: optimizer(), epochs: 2, batchSize: 2, backend, gradientNorm: true },
    metrics: { meanAbsoluteError },
    validation: data,
    onIteration: ({ learningRate }) => void rates.push(learningRate),
  })
  expect(rates).toHaveLength(4)
  expect(result.history.learningRate[0]).toBe(rates[0])
  const report = await evaluate(model, result.params, data, { loss: mse, state: result.state })
  expect(report.loss).toBeCloseTo(result.history.valLoss.at(-1)!, 5)
  disposeTree([result.params, result.state, result.optimizerState])
  expect(backend.memory().buffers).toBe(0)
})
