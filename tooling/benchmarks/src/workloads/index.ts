import type { LayerSpec, Workload } from './workload.js'

const TINY: readonly LayerSpec[] = [
  { kind: 'dense', units: 8, activation: 'tanh' },
  { kind: 'dense', units: 8, activation: 'tanh' },
  { kind: 'dense', units: 1 },
]

const DIGITS: readonly LayerSpec[] = [
  { kind: 'dense', units: 128, activation: 'relu' },
  { kind: 'dense', units: 10 },
]

/** What is measured, in the order it is measured. */
export const WORKLOADS: readonly Workload[] = [
  {
    kind: 'training',
    id: 'W1',
    title: 'step 2-8-8-1 tanh, MSE, SGD, batch 10',
    inputShape: [2],
    layers: TINY,
    batch: 10,
    loss: 'mse',
    optimizer: { kind: 'sgd', learningRate: 0.1 },
  },
  {
    kind: 'training',
    id: 'W1-many',
    title: 'the same, many steps in one call',
    inputShape: [2],
    layers: TINY,
    batch: 10,
    loss: 'mse',
    optimizer: { kind: 'sgd', learningRate: 0.1 },
    inOneCall: true,
  },
  {
    kind: 'training',
    id: 'W2',
    title: 'step 1-64-1 tanh, MSE, Adam, batch 64',
    inputShape: [1],
    layers: [
      { kind: 'dense', units: 64, activation: 'tanh' },
      { kind: 'dense', units: 1 },
    ],
    batch: 64,
    loss: 'mse',
    optimizer: { kind: 'adam', learningRate: 0.001 },
  },
  {
    kind: 'training',
    id: 'W3',
    title: 'step 784-128-10 relu, cross-entropy, SGD, batch 32',
    inputShape: [784],
    layers: DIGITS,
    batch: 32,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', learningRate: 0.01 },
  },
  {
    kind: 'training',
    id: 'W3b',
    title: 'step 784-128-10 relu, cross-entropy, Adam, batch 128',
    inputShape: [784],
    layers: DIGITS,
    batch: 128,
    loss: 'crossEntropy',
    optimizer: { kind: 'adam', learningRate: 0.001 },
  },
  {
    kind: 'training',
    id: 'W4',
    title: 'step 1024-1024-1024-10 relu, cross-entropy, SGD, batch 256',
    inputShape: [1024],
    layers: [
      { kind: 'dense', units: 1024, activation: 'relu' },
      { kind: 'dense', units: 1024, activation: 'relu' },
      { kind: 'dense', units: 10 },
    ],
    batch: 256,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', learningRate: 0.01 },
    checkSteps: 2,
  },
  { kind: 'matmul', id: 'W5-256', title: 'matmul float32, n = 256', n: 256 },
  { kind: 'matmul', id: 'W5-1024', title: 'matmul float32, n = 1024', n: 1024 },
  {
    kind: 'training',
    id: 'W6',
    title: 'step CNN 28x28: conv 3x3x8, pool, conv 3x3x16, pool, dense 10, cross-entropy, SGD, batch 32',
    inputShape: [28, 28, 1],
    layers: [
      { kind: 'conv2d', filters: 8, size: 3, activation: 'relu' },
      { kind: 'maxPool2d', size: 2 },
      { kind: 'conv2d', filters: 16, size: 3, activation: 'relu' },
      { kind: 'maxPool2d', size: 2 },
      { kind: 'flatten' },
      { kind: 'dense', units: 10 },
    ],
    batch: 32,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', learningRate: 0.01 },
    checkSteps: 2,
  },
  { kind: 'softmax', id: 'W7', title: 'softmax of [1024, 1024]', shape: [1024, 1024] },
  { kind: 'inference', id: 'W8-digits', title: 'one sample through 784-128-10', inputShape: [784], layers: DIGITS },
  { kind: 'inference', id: 'W8-tiny', title: 'one sample through 2-8-8-1', inputShape: [2], layers: TINY },
]
