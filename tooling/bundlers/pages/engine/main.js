import { webgl } from '@neurite/backend-tfjs/webgl'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { fit } from '@neurite/train'

const corners = [0, 1].flatMap((a) => [0, 1].map((b) => [a, b]))
const xor = { x: corners, y: corners.map(([a, b]) => [a ^ b]) }
const model = sequential([dense(8, { activation: 'tanh' }), dense(1)])
const options = { loss: mse, optimizer: adam({ learningRate: 0.05 }), epochs: 20, seed: 1 }

async function train() {
  // Of TensorFlow.js, the core and this engine alone are installed.
  setDefaultBackend(await webgl())
  const { history } = await fit(model, xor, options)
  console.log('loss', history.loss.at(-1))
}

void train()
