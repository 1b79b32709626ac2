import { disposeTree, NeuriteError, tensor, type Tensor } from '@neurite/core'
import { massOf } from '../evaluate/mass.js'
import { rowWeights, type ClassWeights } from './class-weights.js'
import { Chunks, type Batches } from './chunks.js'
import { placeRows, type Placement } from './data.js'
import type { Feed, StepBatch } from './feed.js'
import type { Pull, RawBatch } from './source.js'
import { snapshot } from './stepper.js'

/** What a stream of batches needs to know. */
export interface StreamParts {
  /** Begins a pass. */
  readonly begin: (epoch: number) => Pull
  /** A pass that was begun already, to learn the columns. */
  readonly begun: Pull
  /** Rows a step; undefined takes batches as they come. */
  readonly batchSize: number | undefined
  readonly classWeights: ClassWeights | undefined
  readonly placement: Placement
  /** Batches that a replay may need beside the newest. */
  readonly kept: number
}

/** Batches from a source: each is put on the device when it is asked for, and given back when no replay needs it any more. */
export function streamFeed({ begin, begun, batchSize, classWeights, placement, kept }: StreamParts): Feed {
  const { dtype, backend } = placement
  let fresh: Pull | undefined = begun
  let pull = begun
  const alive: Tensor[][] = []

  const place = async ({ where, rows: count, ...data }: RawBatch, from: number): Promise<StepBatch> => {
    const { x, y, sampleWeights, hostTargets, owned } = await placeRows(where, data, placement)
    // Handles of our own: the source may dispose its tensors at the next batch, and a replay comes later.
    const own = (given: Tensor): Tensor => (owned.includes(given) ? given : snapshot(given))
    const placed = { x: own(x), y: own(y) }
    const mine = [...new Set([...owned, placed.x, placed.y])]
    alive.push(mine)
    const rows = Int32Array.from({ length: count }, (_, i) => i)
    const targets = classWeights === undefined ? undefined : { shape: y.shape, data: hostTargets ?? (await y.data()) }
    const weights = rowWeights(targets, sampleWeights, classWeights, rows)
    const weightTensor = weights === undefined ? {} : { weights: tensor(weights, { dtype, backend }) }
    mine.push(...Object.values(weightTensor))
    while (alive.length > kept + 1) disposeTree(alive.shift())
    return { rows: rows.map((row) => row + from), mass: massOf(rows, weights), inputs: { ...placed, ...weightTensor } }
  }

  return {
    async open(epoch, skip) {
      pull = fresh?.epoch === epoch ? fresh : begin(epoch)
      fresh = undefined
      const batches: Batches = batchSize === undefined ? pull : new Chunks(`fit: epoch ${epoch}`, pull, batchSize)
      let from = 0
      for (let step = 0; step < skip; step++) {
        const passed = await batches.next()
        if (passed === undefined && batches.ended) throw tooShort(epoch, step, skip)
        from += passed?.rows ?? 0
      }
      return {
        get ended() {
          return batches.ended
        },
        async next() {
          const batch = await batches.next()
          if (batch === undefined) return undefined
          from += batch.rows
          return place(batch, from - batch.rows)
        },
      }
    },
    close: () => pull.close(),
    dispose: () => disposeTree(alive.splice(0)),
  }
}

function tooShort(epoch: number, steps: number, skip: number): NeuriteError {
  const message = `fit: resume: the checkpoint is of step ${skip} of epoch ${epoch}, but the source gave ${steps} batches; it must give the same batches as in the run that was saved.`
  return new NeuriteError('BAD_CHECKPOINT', message, { epoch, steps, saved: skip })
}
