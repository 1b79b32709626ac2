import { disposeTree, isTensor } from '@neurite/core'
import { evaluatorOf } from '../../evaluate/evaluator.js'
import { checkCount, countsOf, massOf } from '../../evaluate/mass.js'
import type { Fit } from '../run/options.js'
import { rowWeights } from './class-weights.js'
import type { Dataset } from './dataset.js'
import type { Feed } from './feed.js'
import { checksum, digestOf } from './digest.js'
import { load, type Placement } from './place.js'
import { planOf } from './plan.js'
import { supplyOf, type Supply } from './supply.js'

/** How many bytes of rows one call is sent, for several steps: copying them takes longer than what stands around a call. */
const CALL_BYTES = 2 ** 20

/** Batches of rows that are all there: on the device, where a step is told which rows and nothing else moves, or on the host. */
export async function memoryFeed(data: Dataset, options: Fit, placement: Placement): Promise<Feed> {
  const { dtype } = placement
  const { seed, order: kind = 'shuffled-cyclic', classWeights, maxBytesOnDevice } = options
  const loaded = await load('fit', data, placement, maxBytesOnDevice)
  const { owned } = loaded
  let supply: Supply | undefined
  try {
    const { rows, x } = loaded
    const plan = planOf(rows, { ...options, order: kind })
    const { split, batchSize, iterations } = plan
    const { trainIndices } = split
    const features = x.shape.slice(1)
    const weights = rowWeights(loaded.targets, loaded.sampleWeights, classWeights, trainIndices)
    const counts = countsOf(placement.loss, loaded.targets, weights)
    checkCount('fit', 'to train with', counts, trainIndices, dtype)
    const { lent, bytes, give, features: featuresOf, dispose } = (supply = supplyOf(loaded, weights))
    // Where all rows are lent, a call is sent their indices alone.
    const atOnce = isTensor(x) ? Infinity : Math.max(1, Math.floor((CALL_BYTES * rows) / (bytes * batchSize)))
    return {
      placement,
      features,
      split,
      identity: {
        ...{ seed, rows, batchSize, order: typeof kind === 'string' ? kind : kind.id, dtype, features },
        trainRows: trainIndices.length,
        ...(split.validationIndices.length > 0 && { trainIndices: checksum(trainIndices) }),
      },
      digest: () => digestOf(loaded),
      evaluator: (measures, part) =>
        evaluatorOf('fit', measures, loaded, part === 'share' ? split.validationIndices : trainIndices),
      open(epoch, skip) {
        const indices = plan.order(epoch)
        const whole = Math.floor(indices.length / batchSize)
        let step = skip
        return {
          get ended() {
            return step >= iterations
          },
          next(most) {
            // What is left over at the end is a step of its own.
            const steps = Math.max(1, Math.min(most, atOnce, whole - step))
            const pick = indices.subarray(step * batchSize, (step + steps) * batchSize)
            const size = pick.length / steps
            step += steps
            const rowsOf = (i: number): Int32Array => pick.subarray(i * size, (i + 1) * size)
            return {
              steps,
              size,
              rows: rowsOf,
              streamed: false,
              mass: (i) => (counts === undefined ? size : massOf(rowsOf(i), counts)),
              features: (i) => featuresOf(rowsOf(i)),
              lent,
              give: (begin, end) =>
                end === undefined
                  ? give(rowsOf(begin), [size])
                  : give(pick.subarray(begin * size, end * size), [end - begin, size]),
              bytes: 0,
              dispose: () => undefined,
            }
          },
        }
      },
      close: () => Promise.resolve(),
      dispose() {
        dispose()
        disposeTree(owned)
      },
    }
  } catch (error) {
    supply?.dispose()
    disposeTree(owned)
    throw error
  }
}
