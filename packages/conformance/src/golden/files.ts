import type { DType } from '@neurite/core'
import opsFile from '../../golden/ops.json' with { type: 'json' }
import trainingsFile from '../../golden/trainings.json' with { type: 'json' }
import { host, type HostArray } from '../reference/host.js'

// Only what the suite itself runs is imported, and thus bundled. The other golden files are for the packages they
// belong to; they reach them as '@neurite/conformance/golden/losses.json'.

/** A tensor in a golden file; JSON has no NaN and no infinities, so these are strings. */
export interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly (number | string)[]
}

/** One call of one function, with PyTorch's answer. */
export interface GoldenOp {
  readonly name: string
  readonly attrs: Readonly<Record<string, unknown>>
  readonly inputs: readonly GoldenTensor[]
  readonly output: GoldenTensor
  readonly upstream?: GoldenTensor
  readonly gradients?: readonly (GoldenTensor | null)[]
}

interface GoldenLayers {
  readonly weights: readonly GoldenTensor[]
  readonly biases: readonly GoldenTensor[]
}

/** A whole training of a small network, with PyTorch's losses and weights. */
export interface GoldenTraining extends GoldenLayers {
  readonly name: string
  readonly attrs: { readonly optimizer: string; readonly learningRate: number }
  readonly X: GoldenTensor
  readonly Y: GoldenTensor
  readonly hidden: string
  readonly loss: string
  readonly batchSize: number
  readonly losses: readonly number[]
  readonly firstGradients: GoldenLayers
  readonly finalWeights: readonly GoldenTensor[]
}

export const goldenOps: readonly GoldenOp[] = opsFile.cases
export const goldenTrainings: readonly GoldenTraining[] = trainingsFile.cases

/** What a golden file says came out: ten digits. */
export function expectedOf({ shape, data }: GoldenTensor, dtype: DType): HostArray {
  return host(shape, data.map(Number), dtype)
}

/** What a golden file says went in: exact in float32, of which the ten digits are a rounding. */
export function inputOf({ shape, data }: GoldenTensor, dtype: DType): HostArray {
  return host(
    shape,
    data.map((value) => Math.fround(Number(value))),
    dtype,
  )
}
