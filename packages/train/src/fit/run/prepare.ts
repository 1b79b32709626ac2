import { disposeTree, fold, key, type Json } from '@neurite/core'
import { inputIndices, type Layer } from '@neurite/nn'
import type { Callback, Run } from '../../callbacks/callback.js'
import { checkSameRun } from '../../checkpoint/checkpoint.js'
import { evaluatorOf, type Evaluator, type Measures } from '../../evaluate/evaluator.js'
import { sourceEvaluatorOf } from '../../evaluate/source-evaluator.js'
import type { Metric } from '../../metrics/metric.js'
import type { Dataset } from '../data/dataset.js'
import { checksum, digestOf } from '../data/digest.js'
import type { Feed } from '../data/feed.js'
import { firstRows } from '../data/host.js'
import { memoryFeed } from '../data/memory-feed.js'
import { checkOutputs, looksOf, mismatch } from '../data/outputs.js'
import { load, placeOf, type Placement } from '../data/place.js'
import { isFold } from '../data/plan.js'
import { Pull } from '../data/pull.js'
import { isSource, type BatchSource } from '../data/source.js'
import { streamFeed } from '../data/stream-feed.js'
import type { Circumstances } from '../step/non-finite.js'
import { initialTraining } from '../step/start.js'
import { gradientNormOf, type Which } from '../step/run-steps.js'
import { compileRate, compileSteps, type Rate, type Training } from '../step/step.js'
import { Stepper } from '../step/stepper.js'
import { aboutParts } from './about.js'
import { validationName } from './history.js'
import { checkStreamed, type Fit } from './options.js'
import { Session } from './session.js'

/** A run with all it needs, before its first step. */
export interface Prepared {
  readonly feed: Feed
  /** On training rows (metrics alone) and on validation rows. */
  readonly trainEvaluator: Evaluator | undefined
  readonly validationEvaluator: Evaluator | undefined
  readonly stepper: Stepper
  readonly session: Session
  readonly rate: Rate | undefined
  /** Launches under way before the losses of the first are read. */
  readonly lag: number
  /** True for a loss that adds up over rows: that of an epoch is then a sum too. */
  readonly sumLoss: boolean
  /** Gives back all but the newest params and states. */
  dispose(): void
}

type Own = <T extends { dispose(): void }>(made: T) => T

/** Rows that go through the model at once when nothing is learned: no effect on results, so as many as memory takes easily. */
const EVALUATION_ROWS = 256

export async function prepare(model: Layer, data: Dataset | BatchSource, options: Fit): Promise<Prepared> {
  const { loss, optimizer, seed, metrics, gradientNorm, validation, resume, signal } = options
  const owned: { dispose(): void }[] = []
  const own: Own = (made) => {
    owned.push(made)
    return made
  }
  const dispose = (): void => owned.splice(0).forEach((made) => made.dispose())
  const callbacks = [...options.callbacks, ...listener(options)]
  // Who hears of each step wants to find the run as it is after that step.
  const watched = callbacks.some(({ onIteration }) => onIteration !== undefined)
  const placementOf = (rows: Partial<Dataset>): Placement => ({
    ...placeOf('fit', options, rows),
    indices: inputIndices(model),
    loss,
    outputShape: (inputShape) => model.outputShape(inputShape),
  })
  const measures = (batchSize = EVALUATION_ROWS): Measures => ({
    ...{ model, loss, withLoss: true, metrics, batchSize, signal },
  })
  let feed: Feed | undefined
  let initial: Training | undefined
  try {
    if (isSource('fit', data)) {
      checkStreamed(options)
      feed = own(await streamFeed(data, options, measures(), placementOf))
    } else feed = own(await memoryFeed(data, options, placementOf(data)))
    const { placement, identity, features } = feed
    checkOutputs('fit', model, features)
    const looks = looksOf(model)
    const found = looks && mismatch(looks, loss)
    if (found !== undefined) options.onWarning(`fit: ${found.message}`)
    const wanted = measures(Math.max(EVALUATION_ROWS, Number(identity.batchSize) || 0))
    const trainEvaluator =
      Object.keys(metrics).length > 0 ? own(feed.evaluator({ ...wanted, withLoss: false }, 'training')) : undefined
    const validated =
      typeof validation === 'number' || isFold(validation)
        ? {
            evaluator: own(feed.evaluator(wanted, 'share')),
            about: () => Promise.resolve({ indices: checksum(feed!.split.validationIndices) }),
          }
        : validation && (await otherEvaluator(validation, wanted, placement, options, own))
    const validationEvaluator = validated?.evaluator
    const about = once(async () => ({
      ...{ ...identity, ...aboutParts(model, options), ...(await feed!.digest()) },
      validation: (await validated?.about()) ?? null,
    }))
    if (resume !== undefined) checkSameRun(resume.run, await about(), options.resumeDespite)
    const lag = placement.backend.capabilities.syncRead || watched ? 0 : 1
    initial = initialTraining(model, features, options, placement)
    const parts = { model, loss, optimizer, gradientNorm }
    const rate = compileRate(optimizer, placement)
    if (rate !== undefined) own(rate)
    const random = fold(key(seed), 'step')
    const probe = async (before: Training, which: Which): Promise<Circumstances> => ({
      learningRate: await rate?.at(before),
      gradientNorm: await gradientNormOf(parts, before, which, random),
    })
    const stepper = own(new Stepper(compileSteps(parts), random, probe, initial))
    const session = new Session({
      stepper,
      optimizer,
      backend: placement.backend,
      callbacks,
      epochs: options.epochs,
      metrics: Object.keys(metrics),
      measured: measuredBy(metrics, validationEvaluator !== undefined),
      about,
    })
    return {
      ...{ rate, feed, trainEvaluator, validationEvaluator, stepper, session, lag, dispose },
      sumLoss: loss.options?.reduction === 'sum',
    }
  } catch (error) {
    await feed?.close().catch(() => undefined)
    dispose()
    disposeTree(initial)
    throw error
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** Measures validation rows. */
interface Validated {
  readonly evaluator: Evaluator
  /** What a checkpoint says of them. */
  readonly about: () => Promise<Json>
}

/** On data of its own. */
async function otherEvaluator(
  validation: Dataset | BatchSource,
  measures: Measures,
  placement: Placement,
  { seed, signal, maxBytesOnDevice }: Fit,
  own: Own,
): Promise<Validated> {
  const where = 'fit: validation'
  if (isSource(where, validation)) {
    const begin = (epoch: number): Pull => new Pull(where, validation, { epoch, seed, signal }, undefined)
    return {
      evaluator: own(sourceEvaluatorOf(where, measures, begin, placement)),
      about: () => Promise.resolve('a source'),
    }
  }
  const loaded = await load(where, validation, placement, maxBytesOnDevice)
  loaded.owned.forEach(own)
  const rows = firstRows(loaded.rows)
  return { evaluator: own(evaluatorOf('fit', measures, loaded, rows)), about: () => digestOf(loaded) }
}

/** `onIteration` and `onEpoch` of the options, as the callback that they are short for. */
function listener({ onIteration, onEpoch }: Fit): Callback[] {
  if (onIteration === undefined && onEpoch === undefined) return []
  return [
    {
      name: 'options of fit',
      ...(onIteration && { onIteration: (event) => onIteration(event) }),
      ...(onEpoch && { onEpochEnd: (event) => onEpoch(event) }),
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
