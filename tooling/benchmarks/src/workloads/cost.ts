import { shapeAfter, type LayerSpec, type Workload } from './workload.js'

/** What a workload cannot do without, whoever computes it. */
export interface Cost {
  /** Multiplications and additions of its products, convolutions and updates. Of functions such as tanh and exp none are counted. */
  readonly flops: number
  /** Bytes read and written if each array came and went once: inputs, params and what the optimizer keeps; no activations. */
  readonly bytes: number
}

const FLOAT = 4

/** Multiplications and additions that change one param, and arrays like it that are read and written, its gradient left out. */
const UPDATES = { sgd: { flops: 2, arrays: 2 }, adam: { flops: 12, arrays: 6 } } as const

/** What a workload costs at least. */
export function costOf(workload: Workload): Cost {
  switch (workload.kind) {
    case 'matmul':
      return { flops: 2 * workload.n * workload.n * workload.n, bytes: 3 * workload.n * workload.n * FLOAT }
    case 'softmax': {
      const [rows, columns] = workload.shape
      // Less the largest, the sum, divided by it.
      return { flops: 3 * rows * columns, bytes: 2 * rows * columns * FLOAT }
    }
    case 'chain':
      return { flops: workload.operations * workload.size, bytes: 4 * workload.size * FLOAT }
    case 'inference': {
      const { flops, params, inputs, outputs } = costOfLayers(workload.inputShape, workload.layers)
      return { flops, bytes: (params + inputs + outputs) * FLOAT }
    }
    case 'training': {
      const { batch, optimizer } = workload
      const { flops, first, params, inputs, outputs } = costOfLayers(workload.inputShape, workload.layers)
      const update = UPDATES[optimizer.kind]
      return {
        // Forward, gradients by the weights, and by what comes in, which the first layer need not have.
        flops: batch * (3 * flops - first) + params * update.flops,
        bytes: (params * update.arrays + batch * (inputs + outputs)) * FLOAT,
      }
    }
  }
}

/** Of one sample: operations forward, in all layers and in the first that has any; and numbers. */
function costOfLayers(inputShape: readonly number[], layers: readonly LayerSpec[]) {
  let [flops, first, params] = [0, 0, 0]
  let shape = inputShape
  for (const layer of layers) {
    const next = shapeAfter(layer, shape)
    if (layer.kind === 'dense' || layer.kind === 'conv2d') {
      const fanIn = shape.at(-1)! * (layer.kind === 'conv2d' ? layer.size * layer.size : 1)
      const forward = 2 * fanIn * sizeOf(next)
      if (flops === 0) first = forward
      flops += forward
      params += (fanIn + 1) * next.at(-1)!
    }
    shape = next
  }
  return { flops, first, params, inputs: sizeOf(inputShape), outputs: sizeOf(shape) }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
