import { tensor, type Tensor } from '@neurite/core'
import layersFile from '../golden/layers.json' with { type: 'json' }
import trainingsFile from '../golden/trainings.json' with { type: 'json' }

/** A tensor of a golden file. */
export interface Host {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** One call of one function, with PyTorch's answer in float64. */
export interface LayerCase {
  readonly name: string
  readonly attrs: Readonly<Record<string, unknown>>
  readonly inputs: readonly Host[]
  readonly output: Host
}

/** A small network with its weights, the losses of its training and what came out of it. */
export interface TrainingCase {
  readonly name: string
  readonly attrs: { readonly optimizer: string; readonly learningRate: number }
  readonly X: Host
  readonly Y: Host
  readonly weights: readonly Host[]
  readonly biases: readonly Host[]
  readonly hidden: string
  readonly loss: string
  readonly batchSize: number
  readonly firstGradients: { readonly weights: readonly Host[]; readonly biases: readonly Host[] }
  readonly losses: readonly number[]
  readonly finalWeights: readonly Host[]
}

export const layerCases = (name: string): readonly LayerCase[] =>
  (layersFile.cases as readonly LayerCase[]).filter((c) => c.name === name)
export const trainingCases: readonly TrainingCase[] = trainingsFile.cases

/** What went in: exact in float32, of which the ten digits are a rounding. */
export const float64 = ({ shape, data }: Host): Tensor => tensor({ shape, data: Float64Array.from(data, Math.fround) })
