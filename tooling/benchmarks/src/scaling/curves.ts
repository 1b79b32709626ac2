import type { LayerSpec, Workload } from '../workloads/workload.js'

/** The time of a step against one number, everything else fixed. */
export interface Curve {
  /** As in the name of its picture. */
  readonly id: string
  readonly title: string
  /** What the number is. */
  readonly axis: string
  readonly points: readonly { readonly at: number; readonly workload: Workload }[]
  /** The names of the subjects that are measured. */
  readonly subjects: readonly string[]
}

/** Ours, the peer most alike, and what is written by hand. */
const ALONE = ['cpu', 'wasm', 'wasm-floor', 'plain-js', 'tfjs-wasm', 'jax-js']
const THREADS = ['wasm', 'tfjs-wasm', 'wasm:2-threads']
/** Who is drawn: each has the same look in every picture. */
export const DRAWN: readonly string[] = [...new Set([...ALONE, ...THREADS])]

const hidden = (units: number, count: number): LayerSpec[] =>
  Array.from({ length: count }, () => ({ kind: 'dense' as const, units, activation: 'tanh' as const }))

/** A training step of a network with one output, as W1's. */
function step(id: string, layers: readonly LayerSpec[], batch = 10): Workload {
  return {
    kind: 'training',
    id,
    title: '',
    inputShape: [2],
    layers: [...layers, { kind: 'dense', units: 1 }],
    batch,
    loss: 'mse',
    optimizer: { kind: 'sgd', learningRate: 0.1 },
  }
}

function curve(
  id: string,
  title: string,
  axis: string,
  at: readonly number[],
  make: (value: number, id: string) => Workload,
  subjects: readonly string[] = ALONE,
): Curve {
  const points = at.map((value) => ({ at: value, workload: make(value, `${id}-${value}`) }))
  return { id, title, axis, points, subjects }
}

export const CURVES: readonly Curve[] = [
  curve('batch', 'A training step of 2-8-8-1, tanh, SGD', 'batch', [5, 10, 40, 160, 640, 2560], (batch, id) =>
    step(id, hidden(8, 2), batch),
  ),
  curve(
    'width',
    'A training step of 2-n-n-1, tanh, SGD, batch 10',
    'width n',
    [4, 8, 16, 32, 64, 128, 256],
    (units, id) => step(id, hidden(units, 2)),
  ),
  curve(
    'depth',
    'A training step of 2-8-...-8-1, tanh, SGD, batch 10',
    'hidden layers',
    [1, 2, 4, 8, 16, 32],
    (count, id) => step(id, hidden(8, count)),
  ),
  curve(
    'operations',
    'Operations in a row, element by element, on 80 numbers',
    'operations',
    [1, 4, 16, 64, 256],
    (operations, id) => ({
      kind: 'chain',
      id,
      title: '',
      operations,
      size: 80,
    }),
  ),
  curve(
    'threads',
    'A training step of n-n-n-10, relu, SGD, batch 256',
    'width n',
    [32, 64, 128, 256, 512, 1024],
    (units, id) => ({
      kind: 'training',
      id,
      title: '',
      inputShape: [units],
      layers: [
        { kind: 'dense', units, activation: 'relu' },
        { kind: 'dense', units, activation: 'relu' },
        { kind: 'dense', units: 10 },
      ],
      batch: 256,
      loss: 'crossEntropy',
      optimizer: { kind: 'sgd', learningRate: 0.01 },
      checkSteps: 2,
    }),
    THREADS,
  ),
]
