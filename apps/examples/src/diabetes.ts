// How far will diabetes progress in a year? A number is predicted, so the target is scaled as well, and predictions are scaled back.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { kFold, standardScaler, Table, takeRows } from '@neurite/data'
import { diabetes } from '@neurite/datasets'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { fit, meanAbsoluteError, predict, r2 } from '@neurite/train'

setDefaultBackend(cpu())

const patients = Table.fromColumns(diabetes()).withTarget('progression')
const [x, y] = [patients.features, patients.toMatrix(['progression'])]

// 442 patients are few. The penalty on large weights keeps the network from learning them by heart.
const regularizer = { l2: 1 / 32 }
const model = sequential([dense(16, { activation: 'tanh', regularizer }), dense(1, { regularizer })])

const scores: number[] = []
const errors: number[] = []
for (const { trainIndices, testIndices } of kFold(442, { folds: 5, seed: 0 })) {
  const [trainX, trainY] = [takeRows(x, trainIndices), takeRows(y, trainIndices)]
  const xScaler = standardScaler().fit(trainX)
  const yScaler = standardScaler().fit(trainY)
  const train = { x: xScaler.transform(trainX), y: yScaler.transform(trainY) }
  const { params } = await fit(model, train, {
    loss: mse,
    optimizer: adam({ learningRate: 0.005 }),
    epochs: 40,
    batchSize: 32,
    seed: 0,
  })

  const outputs = await predict(model, params, xScaler.transform(takeRows(x, testIndices)))
  const predicted = yScaler.inverseTransform({ shape: outputs.shape, data: await outputs.data() })
  const truth = takeRows(y, testIndices)
  scores.push(r2(predicted, truth))
  errors.push(meanAbsoluteError(predicted, truth))
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length
console.log(`R2 of each fold: ${scores.map((score) => score.toFixed(3)).join(' ')}`)
console.log(`mean absolute error: ${mean(errors).toFixed(1)}, of a progression from 25 to 346`)
console.log(`test R2: ${mean(scores).toFixed(3)}`)
