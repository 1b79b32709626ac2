import {
  BYTES_PER_ELEMENT,
  disposeTree,
  isTensor,
  NeuriteError,
  tensorsIn,
  type ArrayData,
  type Tensor,
} from '@neurite/core'
import { checkTargets, type Measures } from '../../evaluate/evaluator.js'
import { massOf } from '../../evaluate/mass.js'
import { sourceEvaluatorOf } from '../../evaluate/source-evaluator.js'
import type { Fit } from '../run/options.js'
import { snapshot } from '../step/run-steps.js'
import { Chunks, type Batches } from './chunks.js'
import { rowWeights } from './class-weights.js'
import type { Dataset, Rows } from './dataset.js'
import type { Batch, Feed } from './feed.js'
import { firstRows } from './host.js'
import { checkRows, placeChecked, type CheckedRows, type Place, type Placement } from './place.js'
import { Pull } from './pull.js'
import type { BatchSource } from './source.js'
import { deviceSupply, hostSupply, weightsColumn, type Supply } from './supply.js'

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
    const alive = new Set<Kept>()
    const kept = async ({ where, rows: count, ...data }: Rows): Promise<Kept> => {
      const checked = await checkRows(where, data, placement)
      try {
        const { y, sampleWeights, hostTargets } = checked
        const targets = classWeights && { shape: y.shape, data: hostTargets ?? (isTensor(y) ? await y.data() : y.data) }
        const rows = firstRows(count)
        return keep(checked, rowWeights(targets, sampleWeights, classWeights, rows), placement)
      } catch (error) {
        disposeTree(checked.owned)
        throw error
      }
    }
    const batchOf = async (read: Rows, from: number): Promise<Batch> => {
      const batch = await kept(read)
      alive.add(batch)
      const { size, weights, supply, bytes } = batch
      const all = firstRows(size)
      return {
        steps: 1,
        size,
        rows: () => all.map((row) => row + from),
        streamed: true,
        mass: () => massOf(all, weights),
        features: () => supply.features(all),
        lent: supply.lent,
        give: (_, end) => supply.give(undefined, end === undefined ? [size] : [1, size]),
        bytes,
        dispose() {
          alive.delete(batch)
          batch.dispose()
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

/** A batch in memory of our own: the source may fill its arrays anew, or dispose its tensors, at the next one, and a replay comes later. */
interface Kept {
  readonly size: number
  readonly weights: Float64Array | undefined
  readonly supply: Supply
  readonly bytes: number
  dispose(): void
}

/** What comes from the host stays there, and is on the device only while its step is made. */
function keep({ rows: size, x, y, owned }: CheckedRows, weights: Float64Array | undefined, place: Place): Kept {
  const column = weights && weightsColumn(weights, place)
  if (!isTensor(x) && !isTensor(y)) {
    const copyOf = ({ shape, data }: ArrayData): ArrayData => ({ shape, data: data.slice() })
    const supply = hostSupply({ x: copyOf(x), y: copyOf(y), ...(column && { weights: column }) }, place)
    return { size, weights, supply, bytes: size * supply.bytesPerRow, dispose: () => undefined }
  }
  const placed = placeChecked({ x, y, owned }, place.backend)
  const own = (given: Tensor): Tensor => (placed.owned.includes(given) ? given : snapshot(given))
  const columns = { x: own(placed.x), y: own(placed.y) }
  const supply = deviceSupply(columns.x, columns.y, place, column)
  const all = [...new Set(tensorsIn([columns, supply.lent, placed.owned]))]
  const bytes = all.reduce((sum, { size: count, dtype }) => sum + count * BYTES_PER_ELEMENT[dtype], 0)
  return { size, weights, supply, bytes, dispose: () => disposeTree(all) }
}

function tooShort(epoch: number, steps: number, skip: number): NeuriteError {
  const message = `fit: resume: the checkpoint is of step ${skip} of epoch ${epoch}, but the source gave ${steps} batches; it must give the same batches as in the run that was saved.`
  return new NeuriteError('BAD_CHECKPOINT', message, { epoch, steps, saved: skip })
}
