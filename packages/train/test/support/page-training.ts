import { setDefaultBackend, tensorsIn } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { sparseCrossEntropy } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential } from '@neurite/nn'
import { adam, adjustableLearningRate } from '@neurite/optimizers'
import {
  accuracy,
  checkpoint,
  earlyStopping,
  fit,
  indexedDbStore,
  loadCheckpoint,
  reduceOnPlateau,
} from '../../src/index.js'

// A page that trains and keeps checkpoints in IndexedDB, for a test to reload.

setDefaultBackend(cpu())

const rows = (from: number, length: number) => ({
  x: Array.from({ length }, (_, i) => [((i + from) % 3) + Math.sin(i), (((i + from) % 3) - 1) ** 2 + Math.cos(i)]),
  y: Int32Array.from({ length }, (_, i) => (i + from) % 3),
})

/** What a run ended with. */
export interface Ended {
  /** Of params, state and optimizer state, byte by byte. */
  readonly bits: readonly (readonly number[])[]
  readonly history: Readonly<Record<string, readonly number[]>>
  readonly iterations: number
  /** Iterations that the checkpoint had seen which it went on from; 0 for a run that began. */
  readonly begun: number
}

/** What the page did last. */
const seen = { iteration: -1 }

/**
 * Trains, on from what is kept under this name.
 *
 * @param haltAt - after this iteration the page does nothing any more, as one that is about to go
 */
async function train(name: string, haltAt = Infinity): Promise<Ended> {
  const store = indexedDbStore(name)
  const resume = await loadCheckpoint(store)
  const model = sequential([dense(6, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(3)])
  const { params, state, optimizerState, history, iterations } = await fit(model, rows(0, 40), {
    loss: sparseCrossEntropy({ fromLogits: true }),
    optimizer: adam({ learningRate: adjustableLearningRate(0.05) }),
    epochs: 12,
    batchSize: 7,
    validation: rows(1, 12),
    metrics: { accuracy },
    seed: 3,
    callbacks: [
      checkpoint(store, { everyIterations: 1 }),
      earlyStopping({ patience: 20 }),
      reduceOnPlateau({ monitor: 'valLoss', patience: 2, factor: 0.5 }),
    ],
    resume,
    onIteration: ({ iteration }) => {
      seen.iteration = iteration
      return iteration >= haltAt ? new Promise<void>(() => undefined) : undefined
    },
  })
  const parts = await Promise.all(tensorsIn([params, state, optimizerState]).map((leaf) => leaf.data()))
  const { seconds: _, ...measured } = history
  return {
    bits: parts.map(({ buffer, byteOffset, byteLength }) => [...new Uint8Array(buffer, byteOffset, byteLength)]),
    history: measured,
    iterations,
    begun: resume?.progress.iteration ?? 0,
  }
}

export const training = { train, seen }
Object.assign(globalThis, { training })
