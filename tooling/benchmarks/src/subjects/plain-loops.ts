import { NotOffered, sample, type Job } from '../harness/library.js'
import { need, type Problem } from '../workloads/problem.js'
import { shapeAfter, type Inference, type Training, type Workload } from '../workloads/workload.js'

/** Dense networks, products and chains as loops over typed arrays, the innermost along memory: no library, nothing allocated. */
export function plain(workload: Workload, problem: Problem): Job {
  switch (workload.kind) {
    case 'training':
      return train(workload, problem)
    case 'inference':
      return infer(workload, problem)
    case 'matmul': {
      const { n } = workload
      const [a, b] = [need(problem, 'a').data, need(problem, 'b').data]
      const out = new Float32Array(n * n)
      const run = (): void => {
        out.fill(0)
        product(a, b, out, n, n, n)
      }
      return jobOf(run, () => sample(out))
    }
    case 'chain': {
      const [x, a, b] = [need(problem, 'x').data, need(problem, 'a').data, need(problem, 'b').data]
      const y = new Float32Array(workload.size)
      const run = (): void => {
        y.set(x)
        for (let operation = 0; operation < workload.operations; operation++) {
          if (operation % 2 === 0) for (let i = 0; i < y.length; i++) y[i]! *= a[i]!
          else for (let i = 0; i < y.length; i++) y[i]! += b[i]!
        }
      }
      return jobOf(run, () => sample(y))
    }
    case 'softmax':
      throw new NotOffered('it is not written')
  }
}

function jobOf(run: () => void, values: () => readonly number[]): Job {
  return {
    run(count) {
      for (let i = 0; i < count; i++) run()
    },
    values,
    close: () => undefined,
  }
}

/** out [rows, columns] += a [rows, inner] b [inner, columns]. */
function product(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let n = 0; n < rows; n++) {
    const row = n * columns
    for (let i = 0; i < inner; i++) {
      const factor = a[n * inner + i]!
      const from = i * columns
      for (let j = 0; j < columns; j++) out[row + j]! += factor * b[from + j]!
    }
  }
}

/** A dense layer with what it computes. */
interface Dense {
  readonly inputs: number
  readonly units: number
  readonly activation: 'tanh' | 'relu' | undefined
  readonly weight: Float32Array
  readonly bias: Float32Array
  readonly output: Float32Array
}

function layersOf({ inputShape, layers }: Training | Inference, problem: Problem, batch: number): Dense[] {
  let shape = inputShape
  return layers.map((layer, i) => {
    if (layer.kind !== 'dense') throw new NotOffered('only dense layers are written')
    const [inputs, units] = [shape[0]!, layer.units]
    shape = shapeAfter(layer, shape)
    const [weight, bias] = [need(problem, `${i}.weight`).data.slice(), need(problem, `${i}.bias`).data.slice()]
    return { inputs, units, activation: layer.activation, weight, bias, output: new Float32Array(batch * units) }
  })
}

function forward(layers: readonly Dense[], x: Float32Array, batch: number): Float32Array {
  let input = x
  for (const { inputs, units, activation, weight, bias, output } of layers) {
    for (let n = 0; n < batch; n++) output.set(bias, n * units)
    product(input, weight, output, batch, inputs, units)
    if (activation === 'tanh') for (let i = 0; i < output.length; i++) output[i] = Math.tanh(output[i]!)
    if (activation === 'relu') for (let i = 0; i < output.length; i++) output[i] = Math.max(0, output[i]!)
    input = output
  }
  return input
}

function infer(workload: Inference, problem: Problem): Job {
  const layers = layersOf(workload, problem, 1)
  const { data } = need(problem, 'x')
  let answer = new Float32Array()
  return jobOf(
    () => {
      answer = forward(layers, data, 1).slice()
    },
    () => sample(answer),
  )
}

function train(workload: Training, problem: Problem): Job {
  const { batch, loss: criterion, optimizer } = workload
  const layers = layersOf(workload, problem, batch)
  const [x, y] = [need(problem, 'x').data, need(problem, 'y').data]
  const gradients = layers.map(({ weight, bias, output }) => ({
    weight: new Float32Array(weight.length),
    bias: new Float32Array(bias.length),
    /** Of the loss by the layer's output. */
    output: new Float32Array(output.length),
  }))
  const update = optimizer.kind === 'sgd' ? sgd(optimizer.learningRate) : adam(optimizer.learningRate)
  let loss = NaN
  const step = (): void => {
    const output = forward(layers, x, batch)
    loss = (criterion === 'mse' ? squares : logits)(output, y, gradients.at(-1).output, output.length / batch)
    for (let k = layers.length - 1; k >= 0; k--) {
      const { inputs, units, activation, weight, output: own } = layers[k]!
      const { weight: byWeight, bias: byBias, output: byOutput } = gradients[k]!
      const input = k === 0 ? x : layers[k - 1]!.output
      const byInput = k === 0 ? undefined : gradients[k - 1]!.output
      if (activation === 'tanh') for (let i = 0; i < own.length; i++) byOutput[i]! *= 1 - own[i]! * own[i]!
      if (activation === 'relu') for (let i = 0; i < own.length; i++) if (own[i]! <= 0) byOutput[i] = 0
      byWeight.fill(0)
      byBias.fill(0)
      for (let n = 0; n < batch; n++) {
        const row = n * units
        for (let j = 0; j < units; j++) byBias[j]! += byOutput[row + j]!
        for (let i = 0; i < inputs; i++) {
          const factor = input[n * inputs + i]!
          const from = i * units
          for (let j = 0; j < units; j++) byWeight[from + j]! += factor * byOutput[row + j]!
          if (byInput === undefined) continue
          let sum = 0
          for (let j = 0; j < units; j++) sum += weight[from + j]! * byOutput[row + j]!
          byInput[n * inputs + i] = sum
        }
      }
    }
    layers.forEach(({ weight, bias }, k) => {
      update(2 * k, weight, gradients[k]!.weight)
      update(2 * k + 1, bias, gradients[k]!.bias)
    })
  }
  return jobOf(step, () => [loss])
}

/** The mean of squared errors, and its gradient. */
function squares(output: Float32Array, y: Float32Array, gradient: Float32Array): number {
  let sum = 0
  for (let i = 0; i < output.length; i++) {
    const error = output[i]! - y[i]!
    sum += error * error
    gradient[i] = (2 / output.length) * error
  }
  return sum / output.length
}

/** Cross-entropy of logits with one-hot targets, the mean over the rows, and its gradient. */
function logits(output: Float32Array, y: Float32Array, gradient: Float32Array, classes: number): number {
  const batch = output.length / classes
  let loss = 0
  for (let row = 0; row < output.length; row += classes) {
    let [most, sum] = [-Infinity, 0]
    for (let j = 0; j < classes; j++) most = Math.max(most, output[row + j]!)
    for (let j = 0; j < classes; j++) sum += Math.exp(output[row + j]! - most)
    for (let j = 0; j < classes; j++) {
      const [z, target] = [output[row + j]! - most, y[row + j]!]
      loss -= target * (z - Math.log(sum))
      gradient[row + j] = (Math.exp(z) / sum - target) / batch
    }
  }
  return loss / batch
}

/** Changes the array of this number by its gradient. */
type Update = (index: number, values: Float32Array, gradient: Float32Array) => void

function sgd(rate: number): Update {
  return (_, values, gradient) => {
    for (let i = 0; i < values.length; i++) values[i]! -= rate * gradient[i]!
  }
}

/** Kingma & Ba (2015), algorithm 1. */
function adam(rate: number): Update {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8]
  const kept: { m: Float32Array; v: Float32Array; power1: number; power2: number }[] = []
  return (index, values, gradient) => {
    const own = (kept[index] ??= {
      m: new Float32Array(values.length),
      v: new Float32Array(values.length),
      power1: 1,
      power2: 1,
    })
    const { m, v } = own
    own.power1 *= beta1
    own.power2 *= beta2
    const [correct1, correct2] = [1 / (1 - own.power1), 1 / (1 - own.power2)]
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!
      m[i] = beta1 * m[i]! + (1 - beta1) * g
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g
      values[i]! -= (rate * m[i]! * correct1) / (Math.sqrt(v[i]! * correct2) + epsilon)
    }
  }
}
