// Prints a checksum of trainings in float64 that need basic arithmetic, roots and powers alone, and of those that need exp, log, cos and tanh too.
import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import * as optimizers from '@neurite/optimizers'
import { fit } from '@neurite/train'

const { adam, cosineDecay, cosineRestarts, exponentialDecay, polynomialDecay, sgd, stepDecay } = optimizers
setDefaultBackend(cpu())

const x = Array.from({ length: 24 }, (_, i) => [Math.sqrt(i) - 2, (i % 5) / 3])
const y = x.map(([a, b]) => [a * b - 0.3])

async function train(activation, learningRate, optimizer) {
  const model = sequential([dense(6, { activation }), dense(1)])
  const result = await fit(model, { x, y }, {
    loss: mse, optimizer: optimizer({ learningRate }), epochs: 20, batchSize: 8, seed: 3, dtype: 'float64',
  })
  return Promise.all(result.params.flatMap((layer) => Object.values(layer)).map((tensor) => tensor.data()))
}

async function checksum(trainings) {
  let sum = 0
  for (const training of trainings)
    for (const values of await train(...training))
      for (const word of new Uint32Array(Float64Array.from(values).buffer)) sum = (Math.imul(sum, 31) + word) | 0
  return sum.toString(16)
}

const powers = [
  polynomialDecay({ initial: 0.02, steps: 50, end: 0.001, power: 0.9 }),
  exponentialDecay({ initial: 0.02, factor: 0.97 }),
  stepDecay({ initial: 0.02, every: 7, factor: 0.83 }),
]
const curves = [cosineDecay({ initial: 0.02, steps: 50 }), cosineRestarts({ initial: 0.02, steps: 9, growth: 1.5 })]
console.log(
  JSON.stringify({
    arithmetic: await checksum(powers.map((schedule) => ['relu', schedule, sgd])),
    functions: await checksum([...powers, ...curves].map((schedule) => ['tanh', schedule, adam])),
  }),
)
