import { checkArgument, type Backend, type Tree } from '@neurite/core'
import {
  aBoolean,
  aFunction,
  anObject,
  aSeed,
  asGiven,
  either,
  having,
  listOf,
  mustBe,
  number,
  oneOf,
  optional,
  or,
  show,
  whole,
  type ReadBy,
  type Reader,
  type Readers,
  aModelTree,
  aBackend,
} from '@neurite/core/arguments'
import type { BatchOrder, Labels, Sampler, SplitIndices } from '@neurite/data'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import type { Optimizer } from '@neurite/optimizers'
import { readCallbacks, type Callback, type EpochEvent, type IterationEvent } from '../../callbacks/callback.js'
import { MAY_DIFFER, type Checkpoint } from '../../checkpoint/checkpoint.js'
import type { Metric } from '../../metrics/metric.js'
import { readClassWeights, type ClassWeights } from '../data/class-weights.js'
import type { Dataset } from '../data/dataset.js'
import { checkWeighs } from '../data/loss.js'
import { MAX_BYTES_ON_DEVICE } from '../data/place.js'
import { isFold } from '../data/plan.js'
import type { BatchSource } from '../data/source.js'
import { isReserved } from './history.js'

/** How a model is trained. */
export interface FitOptions<
  P extends Tree = Tree,
  S extends Tree = Tree,
  O extends Tree = Tree,
  M extends Readonly<Record<string, Metric>> = Readonly<Record<string, Metric>>,
> {
  /** What is minimized. */
  readonly loss: Loss
  readonly optimizer: Optimizer<O>
  /** Times that all training rows are gone through, at least 1. */
  readonly epochs: number
  /** Rows a step; 'full' is gradient descent on all of them at once. The last step of an epoch takes what is left. More than there are rows is all of them. Default: 32; a source's batches as they come. */
  readonly batchSize?: number | 'full'
  /** Default 'shuffled-cyclic': every row once an epoch, in a new order each. Or a sampler of all rows given, such as `weightedSampler` of @neurite/data makes. A source decides this itself. */
  readonly order?: BatchOrder
  /**
   * A share in (0, 1) of the rows, drawn after shuffling and then left out of training; a fold of them, as `kFold` and
   * `timeSeriesSplit` make; or other data, in memory or from a source. Default: none.
   */
  readonly validation?: number | SplitIndices | Dataset | BatchSource
  /** One label a row, so that a validation share has the classes in proportion. */
  readonly stratify?: Labels
  /** One label a row, so that a validation share has all rows of a label or none: of a person, say. Not with `stratify`. */
  readonly groups?: Labels
  /** Measured after each epoch, on all training rows and on all validation rows, under these names. */
  readonly metrics?: M
  readonly callbacks?: readonly Callback[]
  /** Of initialization, split, order and dropout. Any whole number; 0 is one like any other. Default 0. */
  readonly seed?: number
  /** Ends training between two steps: the result then says `stoppedBy: 'signal'`. */
  readonly signal?: AbortSignal
  readonly onIteration?: (event: IterationEvent) => void | Promise<void>
  readonly onEpoch?: (event: EpochEvent) => void | Promise<void>
  /**
   * Is told what usually spoils training: logits given to a loss that expects probabilities, or the reverse, as {@link diagnose}
   * tells it; at the end, that gradients were too large for the optimizer. Default: `console.warn`, once for each message.
   */
  readonly onWarning?: (message: string) => void
  /** Whether events tell the length of the gradients; costs a few operations a step. Default false. */
  readonly gradientNorm?: boolean
  /**
   * What a row of each class counts in the training loss, as in Keras; not in validation and metrics. With `labelSmoothing`, PyTorch's
   * are the loss's own: `crossEntropy({ classWeights, labelSmoothing })`. Default: 1 each.
   */
  readonly classWeights?: ClassWeights
  /** Where host data and new params go. Default: that of tensors given, else the default backend. */
  readonly backend?: Backend
  /** Of params and features. Default: that of `params`, else 'float32'. */
  readonly dtype?: 'float32' | 'float64'
  /**
   * How many bytes of rows are put on the device at once, for training and for validation each. Data in memory that is larger stays where it is, must not
   * change until training ends, and goes to the device batch by batch; 0 does so always. Results are the same. Tensors stay where they are. Default 268435456, 256 MiB.
   */
  readonly maxBytesOnDevice?: number
  /** Where training begins instead of with `model.init({ inputShape, seed })`; left untouched. */
  readonly params?: P
  readonly state?: S
  /** Together with `params`. */
  readonly optimizerState?: O
  /**
   * A checkpoint of this run: training goes on as if it had never ended. One of another run is refused, and so are `params` beside it. Functions of
   * your own are compared by name; what a source gives is not. `undefined` starts anew.
   */
  readonly resume?: Checkpoint | undefined
  /** What may differ from the run that `resume` goes on with, where that is meant: `['optimizer']`, say. Default: nothing. */
  readonly resumeDespite?: readonly (typeof MAY_DIFFER)[number][]
}

/**
 * A reader for each option of `fit`, for functions that take some of them among their own.
 *
 * @example
 * ```ts
 * import { or, readOptions, whole } from '@neurite/core/arguments'
 * import { fitReaders, type FitOptions } from '@neurite/train'
 * interface Options extends Pick<FitOptions, 'seed'> {
 *   readonly repeats?: number
 * }
 * const { seed } = fitReaders()
 * const read = (options: Options) => readOptions('fitAgain', options, { seed, repeats: or(2, whole(1)) })
 * read({ repeats: 3 }) // => { seed: 0, repeats: 3 }
 * read({ sed: 3 } as Options) // => throws UNKNOWN_OPTION
 * ```
 */
export function fitReaders() {
  return {
    loss: checked(checkLoss),
    optimizer: having<Optimizer>('what a factory such as adam() returns', 'init', 'update'),
    epochs: whole(1),
    batchSize: optional(either("a whole number >= 1 or 'full'", whole(1), oneOf('full'))),
    order: optional(
      either(
        "'cyclic', 'shuffled-cyclic', 'random' or a sampler",
        oneOf('cyclic', 'shuffled-cyclic', 'random'),
        having<Sampler>('a sampler', 'id', 'rows', 'only', 'draw'),
      ),
    ),
    validation: optional(
      either(
        'a share in (0, 1), 0.2 say, a fold { trainIndices, testIndices }, or data { x, y }',
        number('(0, 1)'),
        having<SplitIndices | Dataset | BatchSource>('data'),
      ),
    ),
    stratify: optional(asGiven<Labels>),
    groups: optional(asGiven<Labels>),
    metrics: or({}, checked(checkMetrics)),
    callbacks: or([], readCallbacks),
    seed: or(0, aSeed),
    signal: optional(having<AbortSignal>('an AbortSignal', 'aborted', 'addEventListener')),
    onIteration: optional(aFunction<(event: IterationEvent) => void | Promise<void>>),
    onEpoch: optional(aFunction<(event: EpochEvent) => void | Promise<void>>),
    onWarning: or(warnOnce, aFunction<(message: string) => void>),
    gradientNorm: or(false, aBoolean),
    classWeights: optional(readClassWeights),
    backend: optional(aBackend),
    dtype: optional(oneOf('float32', 'float64')),
    maxBytesOnDevice: or(MAX_BYTES_ON_DEVICE, whole(0)),
    params: optional(aModelTree),
    state: optional(aModelTree),
    optimizerState: optional(aModelTree),
    resumeDespite: or([], listOf(oneOf(...MAY_DIFFER))),
    resume: optional(having<Checkpoint>('a checkpoint, as loadCheckpoint gives it', 'run', 'progress')),
  } satisfies Readers<FitOptions>
}

const warned = new Set<string>()

/** As Python's warnings are: a search or a cross-validation says it once. */
function warnOnce(message: string): void {
  // eslint-disable-next-line no-console -- where pages and programs look for warnings; `onWarning` takes them elsewhere
  if (!warned.has(message)) console.warn(message)
  warned.add(message)
}

/** Options of `fit`, read. */
export type Fit = ReadBy<ReturnType<typeof fitReaders>>

/** Refuses options that do not go together, before any data is looked at. */
export function checkTogether(options: Fit): void {
  const { validation, stratify, groups, params, state, optimizerState, loss, classWeights, resume } = options
  checkArgument(
    resume === undefined || (params ?? state ?? optimizerState) === undefined,
    () =>
      'fit: resume begins with what the checkpoint holds; leave params, state and optimizerState out, or leave resume out.',
  )
  checkArgument(
    (stratify ?? groups) === undefined || typeof validation === 'number',
    () =>
      `fit: ${stratify === undefined ? 'groups decide' : 'stratify decides'} how a validation share is drawn; give validation: 0.2, say, or leave it out.`,
  )
  checkArgument(
    optimizerState === undefined || params !== undefined,
    () => 'fit: optimizerState belongs to params; give both.',
  )
  if (classWeights !== undefined) checkWeighs('fit: classWeights', loss)
}

/** Refuses what only rows in memory can have. */
export function checkStreamed({ batchSize, order, validation, classWeights }: Fit): void {
  checkArgument(
    batchSize !== 'full',
    () => "fit: batchSize 'full' needs all rows at once, which a source does not give; give a number, or leave it out.",
  )
  checkArgument(
    order === undefined,
    () =>
      `fit: order is ${show(order)}, but a source decides the order of its rows: leave it out, and shuffle in batches({ seed }) if you want to.`,
  )
  checkArgument(
    typeof validation !== 'number' && !isFold(validation),
    () =>
      'fit: a share of a source cannot be held back, since its rows are not known beforehand; give validation: { x, y } or a source of its own.',
  )
  checkArgument(
    classWeights !== 'balanced',
    () =>
      "fit: classWeights 'balanced' counts all rows beforehand, which a source does not give; give a number for each class: { 0: 1, 1: 3.5 }, say.",
  )
}

export function checkModel(where: string, model: Layer): void {
  having<Layer>('a layer, such as sequential([...])', 'forward', 'init')(where, 'the model', model)
}

export function checkLoss(where: string, loss: Loss): void {
  if (typeof loss !== 'function')
    throw mustBe(where, 'loss', 'a function of prediction and target, such as mse or crossEntropy()', loss)
  checkArgument(
    loss.options?.reduction !== 'none',
    () => `${where}: the loss has reduction 'none' and gives no single number; use 'mean' or 'sum'.`,
  )
}

export function checkMetrics(where: string, metrics: Readonly<Record<string, Metric>>): void {
  for (const [name, metric] of Object.entries(
    anObject(where, 'metrics, names to metrics such as { accuracy },', metrics),
  )) {
    aFunction(where, `metrics.${name}`, metric)
    checkArgument(
      !isReserved(name),
      () => `${where}: a metric cannot be called '${name}', a name that results use themselves; choose another.`,
      { name },
    )
  }
}

function checked<T>(check: (where: string, value: T) => void): Reader<T> {
  return (where, _, value) => {
    check(where, value as T)
    return value as T
  }
}
