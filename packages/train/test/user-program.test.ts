import { setDefaultBackend, tensor, grad, sum, square, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { sequential, dense, dropout } from '@neurite/nn'
import { crossEntropy } from '@neurite/losses'
import { adam } from '@neurite/optimizers'
import { readCsv, oneHotEncoder, standardScaler, trainTestSplit } from '@neurite/data'
import { expect, test } from 'vitest'
import { fit, evaluate, predict, accuracy, earlyStopping } from '../src/index.js'

test('what a user writes runs as written', async () => {
  setDefaultBackend(cpu())

  const df = (x: Tensor) => grad((x) => sum(square(x)))(x)
  const g = df(tensor([1, 2, 3]))
  expect(await g.toArray()).toEqual([2, 4, 6])

  const table = await readCsv(new URL('../../datasets/data/iris.csv', import.meta.url))
  const split = trainTestSplit(table, { test: 0.2, stratify: 'species', seed: 7 })
  const scaler = standardScaler().fit(split.train.features)
  const classes = oneHotEncoder().fit(split.train.column('species'))
  const model = sequential([dense(16, { activation: 'relu' }), dropout(0.1), dense(3)])
  const loss = crossEntropy({ fromLogits: true })

  const { params, history } = await fit(
    model,
    {
      x: scaler.transform(split.train.features),
      y: classes.transform(split.train.column('species')),
    },
    {
      loss,
      optimizer: adam({ learningRate: 0.01 }),
      epochs: 100,
      batchSize: 16,
      order: 'shuffled-cyclic',
      validation: 0.2,
      metrics: { accuracy },
      callbacks: [earlyStopping({ patience: 10 })],
      seed: 42,
    },
  )
  const unseen = { x: scaler.transform(split.test.features), y: classes.transform(split.test.column('species')) }
  const report = await evaluate(model, params, unseen, { loss, metrics: { accuracy } })

  expect(report.accuracy).toBeGreaterThanOrEqual(0.9)
  expect(report.loss).toBeLessThan(0.3)
  expect(history.valAccuracy.length).toBe(history.loss.length)
  expect(history.accuracy.at(-1)).toBeGreaterThan(0.9)
  const prediction = await predict(model, params, unseen.x)
  expect(prediction.shape).toEqual([30, 3])
  expect(accuracy((await prediction.toArray()) as number[][], unseen.y)).toBe(report.accuracy)
})
