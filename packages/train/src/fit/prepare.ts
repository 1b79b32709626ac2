import { disposeTree, fold, key, tensor, type Backend, type Key, type Tensor } from '@neurite/core'
import type { Layer } from '@neurite/nn'
import type { Callback, Run } from '../callbacks/callback.js'
import { checkSameRun } from '../checkpoint/checkpoint.js'
import { evaluatorOf, type Evaluator } from '../evaluate/evaluator.js'
import type { Metric } from '../metrics/metric.js'
import { rowFactors } from './class-weights.js'
import { load, type Dataset, type Loaded } from './data.js'
import { validationName } from './history.js'
import { placeOf, type FitOptions } from './options.js'
import { planOf, type Plan } from './plan.js'
import { Session } from './session.js'
import { initialTraining } from './start.js'
import { compileStep } from './step.js'
import { Stepper } from './stepper.js'

/** A run with all it needs, before its first step. */
export interface Prepared {
  readonly data: Loaded
  readonly plan: Plan
  /** Of the training loss, one number a row: sample weight times class weight. */
  readonly weights: Float64Array | undefined
  readonly weightTensor: Tensor | undefined
  /** On training rows (metrics alone) and on validation rows. */
  readonly trainEvaluator: Evaluator | undefined
  readonly validationEvaluator: Evaluator | undefined
  readonly stepper: Stepper
  readonly session: Session
  /** Steps under way before the loss of the first is read. */
  readonly lag: number
  /** Parent of the steps' keys. */
  readonly random: Key
  /** 0, 1, 2, ... as long as a batch: of a whole one, and of an epoch's last if that is shorter. */
  readonly offsets: { readonly whole: Tensor; readonly last: Tensor }
  /** True for a loss that adds up over rows: that of an epoch is then a sum too. */
  readonly sumLoss: boolean
  /** Keeps an epoch's order until a replay of its last steps is past. */
  keepOrder(order: Tensor): Tensor
  /** Gives back all but the newest params and states. */
  dispose(): void
}

/** Rows that go through the model at once when nothing is learned: no effect on results, so as many as memory takes easily. */
const EVALUATION_ROWS = 256

export async function prepare(model: Layer, data: Dataset, options: FitOptions): Promise<Prepared> {
  const {
    loss,
    optimizer,
    seed = 0,
    validation,
    metrics = {},
    gradientNorm = false,
    classWeights,
    order = 'shuffled-cyclic',
  } = options
  const random = fold(key(seed), 'step')
  const { backend, dtype } = placeOf('fit', options, data)
  const placement = {
    backend,
    dtype,
    loss,
    outputShape: (inputShape: readonly number[]) => model.outputShape(inputShape),
  }
  const owned: { dispose(): void }[] = []
  const own = <T extends { dispose(): void }>(made: T): T => {
    owned.push(made)
    return made
  }
  const dispose = (): void => owned.splice(0).forEach((made) => made.dispose())
  try {
    const loaded = await load('fit', data, placement)
    loaded.owned.forEach(own)
    const plan = planOf({
      rows: loaded.rows,
      validation: typeof validation === 'number' ? validation : undefined,
      stratify: options.stratify,
      batchSize: options.batchSize,
      order,
      seed,
    })
    const { trainIndices, validationIndices } = plan.split
    const weights = rowWeights(loaded, classWeights, trainIndices)
    const weightTensor = weights === undefined ? undefined : own(tensor(weights, { dtype, backend }))

    const measures = { model, metrics, batchSize: Math.max(EVALUATION_ROWS, plan.batchSize) }
    const names = Object.keys(metrics)
    const trainEvaluator =
      names.length === 0
        ? undefined
        : own(evaluatorOf('fit', { ...measures, loss, withLoss: false }, loaded, trainIndices))
    let validationEvaluator: Evaluator | undefined
    if (typeof validation === 'number')
      validationEvaluator = own(evaluatorOf('fit', { ...measures, loss, withLoss: true }, loaded, validationIndices))
    else if (validation !== undefined) {
      const other = await load('fit: validation', validation, placement)
      other.owned.forEach(own)
      validationEvaluator = own(
        evaluatorOf(
          'fit',
          { ...measures, loss, withLoss: true },
          other,
          Int32Array.from({ length: other.rows }, (_, i) => i),
        ),
      )
    }

    const offsets = {
      whole: own(countTo(plan.batchSize, backend)),
      last: own(countTo(trainIndices.length - (plan.iterations - 1) * plan.batchSize, backend)),
    }
    const callbacks = [...(options.callbacks ?? []), ...listener(options)]
    // Who hears of each step wants to find the run as it is after that step.
    const lag = backend.capabilities.syncRead || callbacks.some(({ onIteration }) => onIteration !== undefined) ? 0 : 1
    const identity = {
      seed,
      rows: loaded.rows,
      trainRows: trainIndices.length,
      batchSize: plan.batchSize,
      order,
      dtype,
      features: loaded.x.shape.slice(1),
    }
    if (options.resume !== undefined) checkSameRun(options.resume.run, identity)
    const initial = initialTraining(model, loaded, options, { backend, dtype, gradientNorm }, plan)
    const stepper = own(new Stepper(compileStep({ model, loss, optimizer, gradientNorm }), initial, lag))
    const session = new Session({
      stepper,
      backend,
      callbacks,
      epochs: options.epochs,
      metrics: names,
      measured: measuredBy(metrics, validationEvaluator !== undefined),
      identity,
    })
    const orders: Tensor[] = []
    const keepOrder = (order: Tensor): Tensor => {
      orders.push(order)
      if (orders.length > 2) orders.shift()!.dispose()
      return order
    }
    own({ dispose: () => disposeTree(orders) })
    const sumLoss = loss.options?.reduction === 'sum'
    return {
      data: loaded,
      plan,
      weights,
      weightTensor,
      trainEvaluator,
      validationEvaluator,
      stepper,
      session,
      lag,
      random,
      offsets,
      sumLoss,
      keepOrder,
      dispose,
    }
  } catch (error) {
    dispose()
    throw error
  }
}

function rowWeights(
  { targets, sampleWeights }: Loaded,
  classWeights: FitOptions['classWeights'],
  trainRows: Int32Array,
): Float64Array | undefined {
  if (classWeights === undefined) return sampleWeights === undefined ? undefined : Float64Array.from(sampleWeights)
  const factors = rowFactors('fit', classWeights, targets, trainRows)
  return sampleWeights === undefined ? factors : factors.map((factor, row) => factor * sampleWeights[row]!)
}

/** `onIteration` and `onEpoch` of the options, as the callback that they are short for. */
function listener({ onIteration, onEpoch }: FitOptions): Callback[] {
  if (onIteration === undefined && onEpoch === undefined) return []
  return [
    {
      name: 'options of fit',
      ...(onIteration === undefined ? {} : { onIteration: (event) => onIteration(event) }),
      ...(onEpoch === undefined ? {} : { onEpochEnd: (event) => onEpoch(event) }),
    },
  ]
}

function countTo(length: number, backend: Backend): Tensor {
  return tensor(
    Int32Array.from({ length }, (_, i) => i),
    { backend },
  )
}

/** What each epoch will measure, and which way is better. */
function measuredBy(metrics: Readonly<Record<string, Metric>>, validated: boolean): Run['measured'] {
  const own = Object.entries(metrics).map(([name, { better }]) => [name, better] as const)
  const all = [['loss', 'lower'] as const, ...own]
  return Object.fromEntries([
    ...all,
    ...(validated ? all.map(([name, better]) => [validationName(name), better] as const) : []),
  ])
}
