import type { LayerSpec, Training, Workload } from '../../src/workloads/workload.js'

// Workloads as the benchmark's, at sizes that take no time.

const TANH: readonly LayerSpec[] = [
  { kind: 'dense', units: 8, activation: 'tanh' },
  { kind: 'dense', units: 8, activation: 'tanh' },
  { kind: 'dense', units: 1 },
]
const RELU: readonly LayerSpec[] = [
  { kind: 'dense', units: 7, activation: 'relu' },
  { kind: 'dense', units: 3 },
]
const CNN: readonly LayerSpec[] = [
  { kind: 'conv2d', filters: 3, size: 3, activation: 'relu' },
  { kind: 'maxPool2d', size: 2 },
  { kind: 'conv2d', filters: 4, size: 3, activation: 'relu' },
  { kind: 'maxPool2d', size: 2 },
  { kind: 'flatten' },
  { kind: 'dense', units: 3 },
]

function training(
  id: string,
  given: Pick<Training, 'inputShape' | 'layers' | 'batch' | 'loss'>,
  adam = false,
): Training {
  const optimizer = adam ? { kind: 'adam' as const, learningRate: 0.01 } : { kind: 'sgd' as const, learningRate: 0.1 }
  return { kind: 'training', id, title: '', ...given, optimizer }
}

const tiny = { inputShape: [2], layers: TANH, batch: 10, loss: 'mse' as const }
const classes = { inputShape: [5], layers: RELU, batch: 4, loss: 'crossEntropy' as const }
const images = { inputShape: [8, 8, 1], layers: CNN, batch: 3, loss: 'crossEntropy' as const }

export const CASES: readonly Workload[] = [
  training('tanh-mse-sgd', tiny),
  // The floors are written for a batch of 10, and take others.
  training('tanh-mse-sgd-20', { ...tiny, batch: 20 }),
  { ...training('tanh-mse-sgd-many', tiny), inOneCall: true },
  training('tanh-mse-adam', tiny, true),
  training('relu-crossentropy-sgd', classes),
  training('relu-crossentropy-adam', classes, true),
  training('cnn-crossentropy-sgd', images),
  { kind: 'matmul', id: 'matmul', title: '', n: 17 },
  { kind: 'softmax', id: 'softmax', title: '', shape: [5, 9] },
  { kind: 'inference', id: 'inference', title: '', inputShape: [2], layers: TANH },
  { kind: 'chain', id: 'chain', title: '', operations: 5, size: 6 },
]
