// Two spirals wind around each other. Trained on 400 noisy points, tested on 400 others, and drawn as the network sees them.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { twoSpirals } from '@neurite/datasets'
import { sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { accuracy, evaluate, fit, predict } from '@neurite/train'

setDefaultBackend(cpu())

const train = twoSpirals({ points: 400, noise: 0.02, seed: 0 })
const test = twoSpirals({ points: 400, noise: 0.02, seed: 1 })

// Not tanh: with biases that begin at 0 it makes an odd function, f(-x) = -f(x), and stays at 0.63. With biasInitializer:
// uniform({ minimum: -0.5, maximum: 0.5 }) it learns as well.
const model = sequential([dense(32, { activation: 'relu' }), dense(32, { activation: 'relu' }), dense(2)])
const loss = sparseCrossEntropy({ fromLogits: true })
const { params } = await fit(model, train, {
  loss,
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 200,
  batchSize: 32,
  seed: 0,
})

// Asked on a grid of 21 rows of 41 points, from the upper left on.
const grid = Array.from({ length: 21 * 41 }, (_, i) => [-1 + (i % 41) / 20, 1 - Math.floor(i / 41) / 10])
const outputs = await (await predict(model, params, grid)).data()
const picture = grid.map((_, i) => (outputs[2 * i]! > outputs[2 * i + 1]! ? '#' : '.')).join('')
for (let row = 0; row < 21; row++) console.log(picture.slice(41 * row, 41 * (row + 1)))

const report = await evaluate(model, params, test, { loss, metrics: { accuracy } })
console.log(`test accuracy: ${report.accuracy.toFixed(3)}`)
