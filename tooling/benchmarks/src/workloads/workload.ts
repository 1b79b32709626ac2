/** One layer of a network, as every library can build it. Images are NHWC; convolutions have stride 1 and padding 'same'. */
export type LayerSpec =
  | { readonly kind: 'dense'; readonly units: number; readonly activation?: 'tanh' | 'relu' }
  | { readonly kind: 'conv2d'; readonly filters: number; readonly size: number; readonly activation?: 'relu' }
  | { readonly kind: 'maxPool2d'; readonly size: number }
  | { readonly kind: 'flatten' }

/** How a network is trained. Adam's other numbers are beta1 0.9, beta2 0.999, epsilon 1e-8, set alike in every library. */
export interface OptimizerSpec {
  readonly kind: 'sgd' | 'adam'
  readonly learningRate: number
}

interface Named {
  /** As in `--only`. */
  readonly id: string
  readonly title: string
}

/** One step on one batch, always the same batch: forward, loss, backward, update. */
export interface Training extends Named {
  readonly kind: 'training'
  readonly inputShape: readonly number[]
  readonly layers: readonly LayerSpec[]
  readonly batch: number
  /** crossEntropy: of logits, with one-hot targets; the mean over the batch. */
  readonly loss: 'mse' | 'crossEntropy'
  readonly optimizer: OptimizerSpec
  /** Losses compared before timing. Default 3. */
  readonly checkSteps?: number
  /** Many steps in one call of the library, each on the next of stacked batches, which are all the same. */
  readonly inOneCall?: true
}

/** One sample from host memory through a network, the answer back in host memory. */
export interface Inference extends Named {
  readonly kind: 'inference'
  readonly inputShape: readonly number[]
  readonly layers: readonly LayerSpec[]
}

/** The product of two n x n float32 matrices. */
export interface Product extends Named {
  readonly kind: 'matmul'
  readonly n: number
}

/** Softmax over the last axis of a float32 matrix. */
export interface Softmax extends Named {
  readonly kind: 'softmax'
  readonly shape: readonly [number, number]
}

/** x = x a, x = x + b, and so on: operations in a row, element by element, on arrays of `size` numbers. */
export interface Chain extends Named {
  readonly kind: 'chain'
  readonly operations: number
  readonly size: number
}

/** The same arithmetic, put to every subject. Plain data: it travels to other processes as JSON. */
export type Workload = Training | Inference | Product | Softmax | Chain

/** The shape after a layer, without the batch axis. */
export function shapeAfter(layer: LayerSpec, shape: readonly number[]): readonly number[] {
  const [height = 0, width = 0, channels = 0] = shape
  switch (layer.kind) {
    case 'dense':
      return [layer.units]
    case 'conv2d':
      return [height, width, layer.filters]
    case 'maxPool2d':
      return [Math.floor(height / layer.size), Math.floor(width / layer.size), channels]
    case 'flatten':
      return [shape.reduce((a, b) => a * b, 1)]
  }
}
