import { fold, isTensor, key, NeuriteError, type Backend, type Key } from '@neurite/core'
import type { Layer } from '@neurite/nn'
import type { Callback, Run } from '../callbacks/callback.js'
import { checkSameRun, type Checkpoint } from '../checkpoint/checkpoint.js'
import { checkTargets, evaluatorOf, type Evaluator, type Measures } from '../evaluate/evaluator.js'
import { sourceEvaluatorOf } from '../evaluate/source-evaluator.js'
import type { Metric } from '../metrics/metric.js'
import { rowWeights } from './class-weights.js'
import { load, type Dataset, type Loaded, type Placement } from './data.js'
import { memoryFeed, type Feed } from './feed.js'
import { validationName } from './history.js'
import { checkStreamed, placeOf, type FitOptions } from './options.js'
import { planOf, type Plan, type Split } from './plan.js'
import { Session } from './session.js'
import { isSource, Pull, type BatchSource } from './source.js'
import { initialTraining } from './start.js'
import { compileStep } from './step.js'
import { Stepper } from './stepper.js'
import { streamFeed } from './stream-feed.js'

/** A run with all it needs, before its first step. */
export interface Prepared {
  readonly feed: Feed
  /** Of rows in memory; a source is not split. */
  readonly split: Split
  /** On training rows (metrics alone) and on validation rows. */
  readonly trainEvaluator: Evaluator | undefined
  readonly validationEvaluator: Evaluator | undefined
  readonly stepper: Stepper
  readonly session: Session
  /** Steps under way before the loss of the first is read. */
  readonly lag: number
  /** Parent of the steps' keys. */
  readonly random: Key
  /** True for a loss that adds up over rows: that of an epoch is then a sum too. */
  readonly sumLoss: boolean
  /** Gives back all but the newest params and states. */
  dispose(): void
}

/** What differs between rows in memory and rows that stream in. */
interface Rows {
  readonly feed: Feed
  readonly split: Split
  readonly features: readonly number[]
  readonly trainEvaluator: Evaluator | undefined
  /** Of a validation share. */
  readonly shareEvaluator: Evaluator | undefined
  readonly placement: Placement
  readonly measures: Measures
  /** What a checkpoint must share with the run that goes on from it. */
  readonly identity: Checkpoint['run']
  /** Where in an epoch's order a run begins, for rows in memory. */
  readonly cursor: number | undefined
}

type Own = <T extends { dispose(): void }>(made: T) => T

/** Rows that go through the model at once when nothing is learned: no effect on results, so as many as memory takes easily. */
const EVALUATION_ROWS = 256

export async function prepare(model: Layer, data: Dataset | BatchSource, options: FitOptions): Promise<Prepared> {
  const { loss, optimizer, seed = 0, metrics = {}, gradientNorm = false, validation } = options
  const owned: { dispose(): void }[] = []
  const own: Own = (made) => {
    owned.push(made)
    return made
  }
  const dispose = (): void => owned.splice(0).forEach((made) => made.dispose())
  let feed: Feed | undefined
  try {
    const callbacks = [...(options.callbacks ?? []), ...listener(options)]
    const lagOf = ({ capabilities }: Backend): number =>
      // Who hears of each step wants to find the run as it is after that step.
      capabilities.syncRead || callbacks.some(({ onIteration }) => onIteration !== undefined) ? 0 : 1
    const rows = isSource('fit', data)
      ? await streamedRows(model, data, options, own, lagOf)
      : await rowsInMemory(model, data, options, own)
    feed = rows.feed
    const { placement, identity } = rows
    const { backend, dtype } = placement
    const validationEvaluator =
      rows.shareEvaluator ??
      (typeof validation === 'object' ? await otherEvaluator(validation, rows, options, own) : undefined)
    if (options.resume !== undefined) checkSameRun(options.resume.run, identity)
    const lag = lagOf(backend)
    const initial = initialTraining(model, rows.features, options, { backend, dtype, gradientNorm }, rows.cursor)
    const stepper = own(new Stepper(compileStep({ model, loss, optimizer, gradientNorm }), initial, lag))
    const session = new Session({
      optimizer,
      stepper,
      backend,
      callbacks,
      epochs: options.epochs,
      metrics: Object.keys(metrics),
      measured: measuredBy(metrics, validationEvaluator !== undefined),
      identity,
    })
    return {
      feed,
      split: rows.split,
      trainEvaluator: rows.trainEvaluator,
      validationEvaluator,
      stepper,
      session,
      lag,
      random: fold(key(seed), 'step'),
      sumLoss: loss.options?.reduction === 'sum',
      dispose,
    }
  } catch (error) {
    await feed?.close().catch(() => undefined)
    dispose()
    throw error
  }
}

async function rowsInMemory(model: Layer, data: Dataset, options: FitOptions, own: Own): Promise<Rows> {
  const { loss, seed = 0, validation, order = 'shuffled-cyclic' } = options
  const placement = placementOf(model, options, data)
  const { dtype } = placement
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
  const weights = rowWeights(loaded.targets, loaded.sampleWeights, options.classWeights, trainIndices)
  const measures = measuresOf(model, options, plan.batchSize)
  return {
    feed: own(memoryFeed(loaded, plan, weights, placement)),
    split: plan.split,
    features: loaded.x.shape.slice(1),
    trainEvaluator: wantsMetrics(options)
      ? own(evaluatorOf('fit', { ...measures, loss, withLoss: false }, loaded, trainIndices))
      : undefined,
    shareEvaluator:
      typeof validation === 'number' ? own(evaluatorOf('fit', measures, loaded, validationIndices)) : undefined,
    placement,
    measures,
    identity: {
      seed,
      rows: loaded.rows,
      trainRows: trainIndices.length,
      batchSize: plan.batchSize,
      order,
      dtype,
      features: loaded.x.shape.slice(1),
    },
    cursor: cursorAt(options.resume?.progress.step ?? 0, plan),
  }
}

/** Begins the source, whose first batch tells what its columns are and where tensors live. */
async function streamedRows(
  model: Layer,
  source: BatchSource,
  options: FitOptions,
  own: Own,
  lagOf: (backend: Backend) => number,
): Promise<Rows> {
  const { seed = 0, signal, batchSize, classWeights, resume } = options
  checkStreamed(options)
  const begin = (epoch: number): Pull => new Pull('fit', source, { epoch, seed, signal }, begun.columns)
  const begun = new Pull('fit', source, { epoch: resume?.progress.epoch ?? 0, seed, signal }, undefined)
  try {
    const first = await begun.peek()
    if (first === undefined)
      throw new NeuriteError('ABORTED', 'fit: the signal was aborted before the first batch came.', {}, signal?.reason)
    const placement = placementOf(model, options, first)
    const { dtype, backend } = placement
    const features = first.x.shape.slice(1)
    const measures = measuresOf(model, options, typeof batchSize === 'number' ? batchSize : EVALUATION_ROWS)
    if (!isTensor(first.y)) checkTargets(measures, features, first.y)
    return {
      feed: own(
        streamFeed({
          begin,
          begun,
          batchSize: typeof batchSize === 'number' ? batchSize : undefined,
          classWeights,
          placement,
          kept: lagOf(backend) + 1,
        }),
      ),
      split: { trainIndices: new Int32Array(0), validationIndices: new Int32Array(0) },
      features,
      trainEvaluator: wantsMetrics(options)
        ? own(sourceEvaluatorOf('fit', { ...measures, withLoss: false }, begin, placement))
        : undefined,
      shareEvaluator: undefined,
      placement,
      measures,
      identity: { seed, batchSize: batchSize ?? 'as they come', dtype, features },
      cursor: undefined,
    }
  } catch (error) {
    await begun.close().catch(() => undefined)
    throw error
  }
}

/** On data of its own. */
async function otherEvaluator(
  validation: Dataset | BatchSource,
  { placement, measures }: Pick<Rows, 'placement' | 'measures'>,
  { seed = 0, signal }: FitOptions,
  own: Own,
): Promise<Evaluator> {
  const where = 'fit: validation'
  if (isSource(where, validation)) {
    const begin = (epoch: number): Pull => new Pull(where, validation, { epoch, seed, signal }, undefined)
    return own(sourceEvaluatorOf(where, measures, begin, placement))
  }
  const loaded = await load(where, validation, placement)
  loaded.owned.forEach(own)
  return own(evaluatorOf('fit', measures, loaded, allRows(loaded)))
}

function placementOf(model: Layer, options: FitOptions, data: Dataset): Placement {
  const outputShape = (inputShape: readonly number[]): readonly number[] => model.outputShape(inputShape)
  return { ...placeOf('fit', options, data), loss: options.loss, outputShape }
}

function measuresOf(model: Layer, { loss, metrics = {} }: FitOptions, batchSize: number): Measures {
  return { model, loss, withLoss: true, metrics, batchSize: Math.max(EVALUATION_ROWS, batchSize) }
}

function wantsMetrics({ metrics = {} }: FitOptions): boolean {
  return Object.keys(metrics).length > 0
}

function allRows({ rows }: Loaded): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => i)
}

function cursorAt(step: number, { iterations, batchSize }: Plan): number {
  return step === iterations ? 0 : step * batchSize
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

/** What each epoch will measure, and which way is better. */
function measuredBy(metrics: Readonly<Record<string, Metric>>, validated: boolean): Run['measured'] {
  const own = Object.entries(metrics).map(([name, { mode }]) => [name, mode] as const)
  const all = [['loss', 'min'] as const, ...own]
  return Object.fromEntries([
    ...all,
    ...(validated ? all.map(([name, mode]) => [validationName(name), mode] as const) : []),
  ])
}
