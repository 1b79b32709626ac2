import convnet, { type Net, type Vol } from 'convnetjs'
import { NotOffered, ONE_BY_ONE, sample, type Job } from '../harness/library.js'
import { serve } from '../harness/serve.js'
import { need, type Host, type Problem } from '../workloads/problem.js'
import type { Inference, LayerSpec, Training, Workload } from '../workloads/workload.js'

// ConvNetJS takes one sample at a time in float64 and sums gradients until the batch is full.

function open(workload: Workload, problem: Problem): Job {
  switch (workload.kind) {
    case 'training':
      return train(workload, problem)
    case 'inference':
      return infer(workload, problem)
    case 'matmul':
    case 'softmax':
    case 'chain':
      throw new NotOffered('it has layers, no operations on matrices')
  }
}

function train(workload: Training, problem: Problem): Job {
  if (workload.inOneCall === true) throw new NotOffered(ONE_BY_ONE)
  if (workload.optimizer.kind !== 'sgd') throw new NotOffered('its trainer has no Adam')
  const { batch, loss } = workload
  const net = build(workload, problem, loss)
  const xs = rows(need(problem, 'x'), workload.inputShape)
  const y = need(problem, 'y')
  const width = y.shape[1]!
  const ys = Array.from({ length: batch }, (_, n) => {
    const row = Array.from(y.data.subarray(n * width, (n + 1) * width))
    return loss === 'mse' ? row : row.indexOf(1)
  })
  // Its squared error has the gradient d, ours 2 d / outputs; the trainer divides by the batch as ours does.
  const scale = loss === 'mse' ? 2 / width : 1
  const trainer = new convnet.Trainer(net, {
    method: 'sgd',
    learning_rate: workload.optimizer.learningRate * scale,
    momentum: 0,
    batch_size: batch,
  })
  // It reports 2 d^2 for a regression.
  const lossScale = loss === 'mse' ? 1 / (2 * width) : 1
  let total = 0
  return {
    run(count) {
      for (let i = 0; i < count; i++) {
        total = 0
        for (let n = 0; n < batch; n++) total += trainer.train(xs[n]!, ys[n]!).cost_loss
      }
    },
    values: () => [(total * lossScale) / batch],
    close: () => undefined,
  }
}

function infer(workload: Inference, problem: Problem): Job {
  const net = build(workload, problem, 'mse')
  const { data } = need(problem, 'x')
  const [height, width, depth] = volume(workload.inputShape)
  let answer: ArrayLike<number> = []
  return {
    run(count) {
      for (let i = 0; i < count; i++) {
        const x = new convnet.Vol(width, height, depth, 0)
        x.w.set(data)
        answer = net.forward(x).w
      }
    },
    values: () => sample(answer),
    close: () => undefined,
  }
}

function build(
  network: { readonly inputShape: readonly number[]; readonly layers: readonly LayerSpec[] },
  problem: Problem,
  loss: 'mse' | 'crossEntropy',
): Net {
  const [height, width, depth] = volume(network.inputShape)
  const last = network.layers.length - 1
  const definitions: Record<string, unknown>[] = [{ type: 'input', out_sx: width, out_sy: height, out_depth: depth }]
  network.layers.forEach((layer, i) => {
    switch (layer.kind) {
      case 'dense':
        // The last layer belongs to the loss: makeLayers puts the fully connected one before it.
        if (i === last && loss === 'crossEntropy') definitions.push({ type: 'softmax', num_classes: layer.units })
        else if (i === last) definitions.push({ type: 'regression', num_neurons: layer.units })
        else definitions.push({ type: 'fc', num_neurons: layer.units, activation: layer.activation })
        break
      case 'conv2d':
        definitions.push({
          type: 'conv',
          sx: layer.size,
          filters: layer.filters,
          stride: 1,
          pad: (layer.size - 1) / 2,
          activation: layer.activation,
        })
        break
      case 'maxPool2d':
        definitions.push({ type: 'pool', sx: layer.size, stride: layer.size })
        break
      case 'flatten':
        break
    }
  })
  const net = new convnet.Net()
  net.makeLayers(definitions)
  load(net, network.layers, problem)
  return net
}

/** Our weights are [..., in, out]; ConvNetJS keeps one volume for each output, [height, width, in]. */
function load(net: Net, layers: readonly LayerSpec[], problem: Problem): void {
  const ours = layers.flatMap((layer, i) => (layer.kind === 'dense' || layer.kind === 'conv2d' ? [i] : []))
  const theirs = net.layers.filter((layer) => layer.filters !== undefined)
  ours.forEach((index, position) => {
    const weight = need(problem, `${index}.weight`)
    const outputs = weight.shape.at(-1)!
    const { filters, biases } = theirs[position]!
    filters!.forEach(({ w }, output) => {
      for (let k = 0; k < w.length; k++) w[k] = weight.data[k * outputs + output]!
    })
    biases!.w.set(need(problem, `${index}.bias`).data)
  })
}

function rows({ shape, data }: Host, inputShape: readonly number[]): Vol[] {
  const [height, width, depth] = volume(inputShape)
  const size = height * width * depth
  return Array.from({ length: shape[0]! }, (_, n) => {
    const x = new convnet.Vol(width, height, depth, 0)
    x.w.set(data.subarray(n * size, (n + 1) * size))
    return x
  })
}

function volume(shape: readonly number[]): [height: number, width: number, depth: number] {
  return shape.length === 1 ? [1, 1, shape[0]!] : [shape[0]!, shape[1]!, shape[2]!]
}

await serve(() => ({ version: 'convnetjs 0.3.0', open }))
