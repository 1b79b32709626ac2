import { disposeTree, tensor, type Backend, type Tensor } from '@neurite/core'
import { evaluatorOf } from '../../evaluate/evaluator.js'
import { massOf } from '../../evaluate/mass.js'
import type { Fit } from '../run/options.js'
import type { BatchInputs } from '../step/step.js'
import { rowWeights } from './class-weights.js'
import type { Dataset } from './dataset.js'
import type { Feed } from './feed.js'
import { checksum, digestOf } from './digest.js'
import { load, type Placement } from './place.js'
import { planOf } from './plan.js'

/** Batches of rows that are on the device as a whole: a step is told which rows, and nothing else moves. */
export async function memoryFeed(data: Dataset, options: Fit, placement: Placement): Promise<Feed> {
  const { backend, dtype } = placement
  const { seed, order: kind = 'shuffled-cyclic', classWeights } = options
  const loaded = await load('fit', data, placement)
  const owned: Tensor[] = [...loaded.owned]
  const own = (made: Tensor): Tensor => {
    owned.push(made)
    return made
  }
  try {
    const { rows, x, y } = loaded
    const plan = planOf(rows, { ...options, order: kind })
    const { split, batchSize, iterations } = plan
    const { trainIndices } = split
    const features = x.shape.slice(1)
    const weights = rowWeights(loaded.targets, loaded.sampleWeights, classWeights, trainIndices)
    const all: BatchInputs = { x, y, ...(weights && { weights: own(tensor(weights, { dtype, backend })) }) }
    const whole = own(countTo(batchSize, backend))
    const rest = own(countTo(trainIndices.length - (iterations - 1) * batchSize, backend))
    // An epoch's order stays until a replay of its last steps is past.
    const orders: Tensor[] = []
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
      cursorAt: (step) => (step === iterations ? 0 : step * batchSize),
      evaluator: (measures, part) =>
        evaluatorOf('fit', measures, loaded, part === 'share' ? split.validationIndices : trainIndices),
      open(epoch, skip) {
        const indices = plan.order(epoch)
        const order = tensor(indices, { backend })
        orders.push(order)
        if (orders.length > 2) orders.shift()!.dispose()
        const most: BatchInputs = { ...all, pick: { order, offsets: whole } }
        const last: BatchInputs = { ...all, pick: { order, offsets: rest } }
        let step = skip
        return {
          get ended() {
            return step >= iterations
          },
          next() {
            const from = step * batchSize
            const size = Math.min(batchSize, indices.length - from)
            step++
            return {
              size,
              mass: weights === undefined ? size : massOf(indices.subarray(from, from + size), weights),
              rows() {
                return indices.subarray(from, from + size)
              },
              inputs: step === iterations ? last : most,
            }
          },
        }
      },
      close: () => Promise.resolve(),
      dispose: () => disposeTree([orders, owned]),
    }
  } catch (error) {
    disposeTree(owned)
    throw error
  }
}

function countTo(length: number, backend: Backend): Tensor {
  return tensor(
    Int32Array.from({ length }, (_, i) => i),
    { backend },
  )
}
