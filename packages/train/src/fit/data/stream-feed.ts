import { disposeTree, isTensor, NeuriteError, tensor, type Tensor } from '@neurite/core'
import { checkTargets, type Measures } from '../../evaluate/evaluator.js'
import { massOf } from '../../evaluate/mass.js'
import { sourceEvaluatorOf } from '../../evaluate/source-evaluator.js'
import type { Fit } from '../run/options.js'
import { snapshot } from '../step/run-steps.js'
import { Chunks, type Batches } from './chunks.js'
import { rowWeights } from './class-weights.js'
import type { Dataset, Rows } from './dataset.js'
import type { Batch, Feed } from './feed.js'
import { placeRows, type Placement } from './place.js'
import { Pull } from './pull.js'
import type { BatchSource } from './source.js'

/**
 * Batches from a source: each is put on the device when it is asked for, and given back when no replay needs it any more. The
 * first batch tells what the columns are and where tensors live.
 *
 * @param placementOf - decides by the first batch
 * @param keptOf - batches that a replay may need beside the newest
 */
export async function streamFeed(
  source: BatchSource,
  options: Fit,
  measures: Measures,
  placementOf: (first: Dataset) => Placement,
  keptOf: (placement: Placement) => number,
): Promise<Feed> {
  const { seed, signal, batchSize, classWeights, resume } = options
  const size = batchSize as number | undefined
  const begun = new Pull('fit', source, { epoch: resume?.progress.epoch ?? 0, seed, signal }, undefined)
  const begin = (epoch: number): Pull => new Pull('fit', source, { epoch, seed, signal }, begun.columns)
  try {
    const first = await begun.peek()
    if (first === undefined)
      throw new NeuriteError('ABORTED', 'fit: the signal was aborted before the first batch came.', {}, signal?.reason)
    const placement = placementOf(first)
    const { dtype, backend } = placement
    const kept = keptOf(placement)
    const features = first.x.shape.slice(1)
    if (!isTensor(first.y)) checkTargets(measures, features, first.y)

    let fresh: Pull | undefined = begun
    let pull = begun
    const alive: Tensor[][] = []
    const place = async ({ where, rows: count, ...data }: Rows, from: number): Promise<Batch> => {
      const { x, y, sampleWeights, hostTargets, owned } = await placeRows(where, data, placement)
      // Handles of our own: the source may dispose its tensors at the next batch, and a replay comes later.
      const own = (given: Tensor): Tensor => (owned.includes(given) ? given : snapshot(given))
      const placed = { x: own(x), y: own(y) }
      const mine = [...new Set([...owned, placed.x, placed.y])]
      alive.push(mine)
      const rows = Int32Array.from({ length: count }, (_, i) => i)
      const targets = classWeights && { shape: y.shape, data: hostTargets ?? (await y.data()) }
      const weights = rowWeights(targets, sampleWeights, classWeights, rows)
      const weighted = weights && { weights: tensor(weights, { dtype, backend }) }
      if (weighted) mine.push(weighted.weights)
      while (alive.length > kept + 1) disposeTree(alive.shift())
      return {
        steps: 1,
        size: count,
        rows: () => rows.map((row) => row + from),
        mass: () => massOf(rows, weights),
        inputs: { ...placed, ...weighted },
      }
    }

    return {
      placement,
      features,
      split: { trainIndices: new Int32Array(0), validationIndices: new Int32Array(0) },
      identity: { seed, batchSize: size ?? 'as they come', dtype, features },
      digest: () => Promise.resolve({}),
      evaluator: (wanted) => sourceEvaluatorOf('fit', wanted, begin, placement),
      async open(epoch, skip) {
        pull = fresh?.epoch === epoch ? fresh : begin(epoch)
        fresh = undefined
        const batches: Batches = size === undefined ? pull : new Chunks(`fit: epoch ${epoch}`, pull, size)
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
  } catch (error) {
    await begun.close().catch(() => undefined)
    throw error
  }
}

function tooShort(epoch: number, steps: number, skip: number): NeuriteError {
  const message = `fit: resume: the checkpoint is of step ${skip} of epoch ${epoch}, but the source gave ${steps} batches; it must give the same batches as in the run that was saved.`
  return new NeuriteError('BAD_CHECKPOINT', message, { epoch, steps, saved: skip })
}
