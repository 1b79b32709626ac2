import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-backend-cpu'

tf.enableProdMode()
const layers = [
  [2, 8],
  [8, 8],
  [8, 1],
].map(([inputs = 0, outputs = 0], i) => {
  const limit = Math.sqrt(6 / (inputs + outputs))
  return {
    weight: tf.variable(tf.randomUniform<tf.Rank.R2>([inputs, outputs], -limit, limit, 'float32', i)),
    bias: tf.variable(tf.zeros([outputs])),
  }
})
const optimizer = tf.train.sgd(0.1)

const inputs = Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(i)])
const x = tf.tensor2d(inputs)
const y = tf.tensor2d(inputs.map(([a = 0, b = 0]) => [a * b]))
const cost = (): tf.Scalar => {
  const output = layers.reduce<tf.Tensor>((h, { weight, bias }, i) => {
    const z = tf.add(tf.matMul(h as tf.Tensor2D, weight), bias)
    return i < layers.length - 1 ? tf.tanh(z) : z
  }, x)
  return tf.losses.meanSquaredError(y, output)
}
for (let i = 0; i < 100; i++) {
  const loss = optimizer.minimize(cost, i === 99)
  if (loss !== null) console.log((await loss.data())[0])
}
