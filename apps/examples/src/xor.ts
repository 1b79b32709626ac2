// Exclusive or: no single neuron can compute it, one hidden layer can. Trained on all four rows at once, then asked.

import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { xor } from '@neurite/datasets'
import { binaryCrossEntropy } from '@neurite/losses'
import { dense, sequential, type Model } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { accuracy, fit, predict } from '@neurite/train'

setDefaultBackend(cpu())

const { x, y } = xor()
const networks: Record<string, Model> = {
  'one neuron': sequential([dense(1, { activation: 'sigmoid' })]),
  'one hidden layer': sequential([dense(4, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })]),
}

for (const [name, model] of Object.entries(networks)) {
  const { params, history } = await fit(
    model,
    { x, y },
    {
      loss: binaryCrossEntropy,
      optimizer: adam({ learningRate: 0.05 }),
      epochs: 500,
      batchSize: 'full',
      metrics: { accuracy },
      seed: 0,
    },
  )
  const outputs = await (await predict(model, params, x)).data()
  console.log(`${name}: loss ${history.loss.at(-1)?.toFixed(3)}`)
  for (let row = 0; row < 4; row++)
    console.log(`  ${x.data[2 * row]} xor ${x.data[2 * row + 1]} = ${outputs[row]?.toFixed(2)}`)
  console.log(`  accuracy: ${history.accuracy.at(-1)?.toFixed(2)}`)
}
