import { isTensor, NeuriteError } from '@neurite/core'
import { checkTargets, type Measures } from '../../evaluate/evaluator.js'
import { classWeightsOf, countsOf, massOf } from '../../evaluate/mass.js'
import { sourceEvaluatorOf } from '../../evaluate/source-evaluator.js'
import type { Fit } from '../run/options.js'
import { Chunks, type Batches } from './chunks.js'
import { rowWeights } from './class-weights.js'
import type { Dataset, Rows } from './dataset.js'
import type { Batch, Feed } from './feed.js'
import { firstRows } from './host.js'
import { checkRows, targetsOf, type Placement } from './place.js'
import { Pull } from './pull.js'
import type { BatchSource } from './source.js'
import { batchSupply, type Supply } from './supply.js'

/**
 * Batches from a source, each given back by whoever was given it, when no replay needs it any more. The first batch tells what the columns are and where tensors live.
 *
 * @param placementOf - decides by the first batch
 */
export async function streamFeed(
  source: BatchSource,
  options: Fit,
  measures: Measures,
  placementOf: (first: Dataset) => Placement,
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
    const { dtype } = placement
    const features = first.x.shape.slice(1)
    if (!isTensor(first.y)) checkTargets(measures, features, first.y)

    let fresh: Pull | undefined = begun
    let pull = begun
    const alive = new Set<Supply>()
    const batchOf = async ({ where, rows: size, ...data }: Rows, from: number): Promise<Batch> => {
      const checked = await checkRows(where, data, placement)
      const all = firstRows(size)
      const weighed = classWeights !== undefined || classWeightsOf(placement.loss) !== undefined
      const targets = weighed ? await targetsOf(checked) : undefined
      const weights = rowWeights(targets, checked.sampleWeights, classWeights, all)
      const counts = targets === undefined ? weights : countsOf(placement.loss, targets, weights)
      const supply = batchSupply(checked, weights, placement)
      alive.add(supply)
      return {
        steps: 1,
        size,
        rows: () => all.map((row) => row + from),
        streamed: true,
        mass: () => massOf(all, counts),
        features: () => supply.features(all),
        lent: supply.lent,
        give: (_, end) => supply.give(undefined, end === undefined ? [size] : [1, size]),
        bytes: supply.bytes,
        dispose() {
          alive.delete(supply)
          supply.dispose()
        },
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
            return batchOf(batch, from - batch.rows)
          },
        }
      },
      close: () => pull.close(),
      dispose() {
        for (const left of alive) left.dispose()
        alive.clear()
      },
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
