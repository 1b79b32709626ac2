import { disposeTree, tensor, type Backend, type Tensor } from '@neurite/core'
import { massOf } from '../evaluate/mass.js'
import type { Loaded } from './data.js'
import type { Plan } from './plan.js'
import type { BatchInputs } from './step.js'

/** A step's rows. */
export interface StepBatch {
  /** As errors name them: of the data, or of the epoch where data streams in. */
  readonly rows: Int32Array
  /** How much they count together. */
  readonly mass: number
  readonly inputs: BatchInputs
}

/** The steps of one epoch that are left. */
export interface EpochBatches {
  /** True once all were given. */
  readonly ended: boolean
  /** Undefined at the end, or where the signal came first. Only what has to be waited for is a promise. */
  next(): StepBatch | undefined | Promise<StepBatch | undefined>
}

/** Where a run's batches come from. */
export interface Feed {
  /** @param skip - steps of the epoch that were made already */
  open(epoch: number, skip: number): EpochBatches | Promise<EpochBatches>
  /** Gives up what is left of an epoch. */
  close(): Promise<void>
  dispose(): void
}

/** Batches of rows that are on the device as a whole: a step is told which rows, and nothing else moves. */
export function memoryFeed(
  data: Loaded,
  plan: Plan,
  weights: Float64Array | undefined,
  { backend, dtype }: { readonly backend: Backend; readonly dtype: 'float32' | 'float64' },
): Feed {
  const { batchSize, iterations } = plan
  const count = plan.split.trainIndices.length
  const offsets = { whole: countTo(batchSize, backend), last: countTo(count - (iterations - 1) * batchSize, backend) }
  const weightTensor = weights === undefined ? undefined : tensor(weights, { dtype, backend })
  // An epoch's order stays until a replay of its last steps is past.
  const orders: Tensor[] = []
  const keep = (order: Tensor): Tensor => {
    orders.push(order)
    if (orders.length > 2) orders.shift()!.dispose()
    return order
  }
  return {
    open(epoch, skip) {
      const order = plan.order(epoch)
      const kept = keep(tensor(order, { backend }))
      const inputs = (part: Tensor): BatchInputs => ({
        x: data.x,
        y: data.y,
        ...(weightTensor === undefined ? {} : { weights: weightTensor }),
        pick: { order: kept, offsets: part },
      })
      const whole = inputs(offsets.whole)
      const last = inputs(offsets.last)
      let step = skip
      return {
        get ended() {
          return step >= iterations
        },
        next() {
          const rows = order.subarray(step * batchSize, (step + 1) * batchSize)
          step++
          return { rows, mass: massOf(rows, weights), inputs: step === iterations ? last : whole }
        },
      }
    },
    close: () => Promise.resolve(),
    dispose: () => disposeTree([orders, offsets, weightTensor]),
  }
}

function countTo(length: number, backend: Backend): Tensor {
  return tensor(
    Int32Array.from({ length }, (_, i) => i),
    { backend },
  )
}
