import { moons } from '@neurite/datasets'
import type { LayerConfig } from '@neurite/nn'
import { leakyReluConfig } from '../../training/leaky-relu.js'
import type { Frame, TrainingSpec } from '../../training/spec.js'
import type { Init, Phi } from './state.js'

/** Units of each hidden layer. */
export const UNITS = 10

const INITIALIZERS: Readonly<Record<Exclude<Init, 'auto'>, LayerConfig>> = {
  glorotUniform: { kind: 'glorotUniform' },
  heNormal: { kind: 'heNormal' },
  lecunNormal: { kind: 'lecunNormal' },
  small: { kind: 'normal', standardDeviation: 0.05 },
  large: { kind: 'normal', standardDeviation: 1.5 },
}

export interface DeepRequest {
  readonly phi: Phi
  readonly a: number
  readonly layers: number
  readonly init: Init
  readonly rate: number
  readonly seed: number
}

/** The rows that it learns: few, since each frame looks at all of them. */
export const ROWS = moons({ points: 60, noise: 0.1, seed: 3 })

/** A deep network on the moons, by plain gradient descent: nothing makes up for gradients that vanish. */
export function deepSpec({ phi, a, layers, init, rate, seed }: DeepRequest): TrainingSpec {
  const own = phi === 'leakyRelu'
  // A leaky ReLU of one's own slope is a layer of its own; weights then start as before any ReLU.
  const start = init === 'auto' ? (own ? INITIALIZERS.heNormal : undefined) : INITIALIZERS[init]
  const hidden: LayerConfig = {
    kind: 'dense',
    units: UNITS,
    ...(!own && { activation: phi }),
    ...(start && { weightInitializer: start }),
  }
  return {
    model: {
      kind: 'sequential',
      layers: [
        ...Array.from({ length: layers }, () => (own ? [hidden, leakyReluConfig(a)] : [hidden])).flat(),
        { kind: 'dense', units: 1 },
      ],
    },
    loss: { kind: 'binaryCrossEntropy', fromLogits: true },
    optimizer: { kind: 'sgd', learningRate: rate },
    data: ROWS,
    batchSize: 20,
    seed,
    classes: true,
  }
}

/** One hidden layer, or the output, as it is drawn. */
export interface LayerView {
  readonly norm: number
  /** Of each unit over the rows; empty for the output. */
  readonly means: readonly number[]
  /** Units that give 0 for every row: no gradient reaches their weights. */
  readonly dead: readonly boolean[]
  readonly deadShare: number
  readonly saturatedShare: number
}

/** Dense layers with what follows them. A layer's norm is that of its weights and biases together. */
export function layerViews({ flow = [], units = [] }: Pick<Frame, 'flow' | 'units'>): readonly LayerView[] {
  return flow.flatMap((layer, i) => {
    if (layer.gradientNorm === undefined) return []
    const own = flow[i + 1]?.layer === 'leakyRelu'
    const after = own ? flow[i + 1]! : layer
    const values = units[own ? i + 1 : i] ?? new Float32Array()
    const rows = ROWS.x.shape[0]
    const count = Math.round(values.length / rows)
    const perUnit = Array.from({ length: count }, (_, unit) => values.subarray(unit * rows, (unit + 1) * rows))
    const last = i === flow.length - 1
    return [
      {
        norm: layer.gradientNorm,
        means: last ? [] : perUnit.map((row) => row.reduce((total, value) => total + value, 0) / rows),
        dead: last ? [] : perUnit.map((row) => row.every((value) => value === 0)),
        deadShare: after.deadShare ?? 0,
        saturatedShare: after.saturatedShare ?? 0,
      },
    ]
  })
}
