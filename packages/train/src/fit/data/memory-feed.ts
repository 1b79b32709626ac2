import { disposeTree, tensor, type Tensor } from '@neurite/core'
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
    const inputs: BatchInputs = { x, y, ...(weights && { weights: own(tensor(weights, { dtype, backend })) }) }
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
            const steps = Math.max(1, Math.min(most, whole - step))
            const pick = indices.subarray(step * batchSize, (step + steps) * batchSize)
            const size = pick.length / steps
            step += steps
            return {
              steps,
              size,
              inputs,
              pick,
              rows(i) {
                return pick.subarray(i * size, (i + 1) * size)
              },
              mass(i) {
                return weights === undefined ? size : massOf(pick.subarray(i * size, (i + 1) * size), weights)
              },
            }
          },
        }
      },
      close: () => Promise.resolve(),
      dispose: () => disposeTree(owned),
    }
  } catch (error) {
    disposeTree(owned)
    throw error
  }
}
