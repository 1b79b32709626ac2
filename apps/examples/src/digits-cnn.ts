// Reads handwritten digits with convolutions: 1437 images of 8 x 8 pixels to learn from, 360 others to be tested on.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { trainTestSplit } from '@neurite/data'
import { digits } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { conv2d, dense, dropout, flatten, maxPool2d, unflatten, sequential, summary } from '@neurite/nn'
import { adam, cosineDecay } from '@neurite/optimizers'
import { accuracy, evaluate, fit } from '@neurite/train'

setDefaultBackend(cpu())

const { x, y } = digits()
// Pixels are 0 to 16 in every image: a fixed scale, nothing to learn from the data.
const images = { shape: x.shape, data: x.data.map((ink) => ink / 16) }
const { train, test } = trainTestSplit({ x: images, y }, { test: 0.2, stratify: 'y', seed: 0 })

const model = sequential([
  unflatten([8, 8, 1]),
  conv2d(16, { kernelSize: 3, padding: 'same', activation: 'relu' }),
  conv2d(32, { kernelSize: 3, padding: 'same', activation: 'relu' }),
  maxPool2d({ window: 2 }),
  flatten(),
  dropout(0.3),
  dense(10),
])
console.log(String(summary(model, [64])))

const loss = sparseCrossEntropy({ fromLogits: true })
const epochs = 8
const batchSize = 32
const steps = epochs * Math.ceil(1437 / batchSize)
const { params } = await fit(model, train, {
  loss,
  optimizer: adam({ learningRate: cosineDecay({ initial: 0.004, steps }) }),
  epochs,
  batchSize,
  seed: 0,
  onEpoch: ({ epoch, values }) => console.log(`epoch ${epoch + 1}: loss ${values['loss']?.toFixed(3)}`),
})

const report = await evaluate(model, params, test, { loss, metrics: { accuracy } })
console.log(`test accuracy: ${report.accuracy.toFixed(3)}`)
