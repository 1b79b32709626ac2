import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend } from '@neurite/core'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { fit } from '@neurite/train'

setDefaultBackend(cpu())

const corners = [0, 1].flatMap((a) => [0, 1].map((b) => [a, b]))
const xor = { x: corners, y: corners.map(([a, b]) => [a ^ b]) }
const model = sequential([dense(8, { activation: 'tanh' }), dense(1)])
const options = { loss: mse, optimizer: adam({ learningRate: 0.05 }), epochs: 100, seed: 1 }
fit(model, xor, options).then(({ history }) => console.log('loss', history.loss.at(-1)))
