import type { LayerSpec, Workload } from '../workloads/workload.js'

/** The time of a step against one number, everything else fixed. */
export interface Curve {
  /** As in the name of its picture. */
  readonly id: string
  readonly title: string
  /** What the number is. */
  readonly axis: string
  readonly points: readonly { readonly at: number; readonly workload: Workload }[]
}

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
): Curve {
  return { id, title, axis, points: at.map((value) => ({ at: value, workload: make(value, `${id}-${value}`) })) }
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
]

/** Who is drawn: ours, the peer most alike, and what is written by hand. */
export const DRAWN = ['cpu', 'wasm', 'wasm-floor', 'plain-js', 'tfjs-wasm', 'jax-js']
