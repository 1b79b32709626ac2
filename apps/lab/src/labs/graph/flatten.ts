import { key, mean, randomPermutation, tensor, type Backend } from '@neurite/core'
import { digits } from '@neurite/datasets'
import type { LayerConfig } from '@neurite/nn'
import type { TaskContext } from '@neurite/worker'
import { LiveTraining } from '../../training/live-training.js'
import type { Rows, TrainingSpec } from '../../training/spec.js'
import { usual } from '../../training/usual.js'
import { NETS, PIXELS, RECENT, TEST, TRAIN, type Net } from './grid.js'
import { EPOCHS } from './state.js'

/** Both end in a softmax over ten classes; one sees a row of numbers, the other an image. */
const MODELS: Readonly<Record<Net, readonly LayerConfig[]>> = {
  dense: [
    { kind: 'dense', units: 24, activation: 'relu' },
    { kind: 'dense', units: 10 },
  ],
  conv: [
    { kind: 'unflatten', shape: [8, 8, 1] },
    { kind: 'conv2d', filters: 12, kernelSize: 3, activation: 'relu' },
    { kind: 'maxPool2d', window: 3 },
    { kind: 'flatten' },
    { kind: 'dense', units: 10 },
  ],
}

/** One order for the pixels of every image. */
export const orderOf = (seed: number): Int32Array => randomPermutation(key(seed), PIXELS)

/** Rows `from` to `to` of the digits, 0 to 1, as they are or with their pixels in another order. */
export function digitRows(from: number, to: number, order?: Int32Array): Rows {
  const { x, y } = digits()
  const data = x.data.slice(PIXELS * from, PIXELS * to).map((value) => value / 16)
  const moved = order === undefined ? data : data.map((_, i) => data[i - (i % PIXELS) + order[i % PIXELS]!]!)
  return { x: { shape: [to - from, PIXELS], data: moved }, y: { shape: [to - from], data: y.data.slice(from, to) } }
}

export function specOf(net: Net, order?: Int32Array): TrainingSpec {
  return {
    model: { kind: 'sequential', layers: MODELS[net] },
    loss: { kind: 'sparseCrossEntropy', fromLogits: true },
    optimizer: { kind: 'adam', learningRate: 0.01 },
    data: digitRows(0, TRAIN, order),
    test: digitRows(TRAIN, TRAIN + TEST, order),
    batchSize: 40,
    seed: 1,
    classes: true,
  }
}

/** How often one of the four networks is right on digits that it was not trained on. */
export interface RaceEvent {
  readonly net: Net
  readonly shuffled: boolean
  readonly epoch: number
  readonly accuracy: number
  /** The mean accuracy of the last {@link RECENT} epochs: one epoch alone is a matter of luck. */
  readonly recent: number
}

/** Both networks on both orders, one epoch each in turn. */
export async function* flattenRace(
  { seed }: { readonly seed: number },
  { signal }: TaskContext,
): AsyncGenerator<RaceEvent, void, undefined> {
  const order = orderOf(seed)
  const { name: backend } = await usual()
  const runs: { net: Net; shuffled: boolean; training: LiveTraining; seen: number[] }[] = []
  try {
    for (const net of NETS)
      for (const shuffled of [false, true])
        runs.push({
          net,
          shuffled,
          training: await LiveTraining.open({ ...specOf(net, shuffled ? order : undefined), backend }),
          seen: [],
        })
    for (let epoch = 0; epoch <= EPOCHS; epoch++)
      for (const { net, shuffled, training, seen } of runs) {
        if (signal.aborted) return
        if (epoch > 0) await training.advance(training.iterationsPerEpoch)
        const { testAccuracy = 0 } = await training.frame({})
        seen.push(testAccuracy)
        const recent = await meanOf(seen.slice(-RECENT), training.backend)
        yield { net, shuffled, epoch, accuracy: testAccuracy, recent }
      }
  } finally {
    for (const { training } of runs) await training.close()
  }
}

const meanOf = (values: readonly number[], backend: Backend): Promise<number> =>
  mean(tensor([...values], { backend, dtype: 'float64' })).item()

/** The first image of each of ten digits, and the order of their pixels. */
export function flattenSamples({ seed }: { readonly seed: number }): {
  readonly images: Float32Array
  readonly order: Int32Array
} {
  const { x } = digitRows(0, 10)
  return { images: x.data as Float32Array, order: orderOf(seed) }
}
