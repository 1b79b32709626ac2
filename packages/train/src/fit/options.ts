import {
  checkArgument,
  checkOptions,
  defaultBackend,
  isTensor,
  NeuriteError,
  tensorsIn,
  type Backend,
  type Tree,
} from '@neurite/core'
import type { BatchOrder, Labels } from '@neurite/data'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import type { Optimizer } from '@neurite/optimizers'
import { checkCallbacks, type Callback, type EpochEvent, type IterationEvent } from '../callbacks/callback.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { Metric } from '../metrics/metric.js'
import type { ClassWeights } from './class-weights.js'
import type { Dataset } from './data.js'
import { isReserved } from './history.js'
import type { BatchSource } from './source.js'

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
  /** Rows a step; 'full' is gradient descent on all of them at once. The last step of an epoch takes what is left. Default: 32, or all rows if there are fewer; a source's batches as they come. */
  readonly batchSize?: number | 'full'
  /** Default 'shuffled-cyclic': every row once an epoch, in a new order each. A source decides this itself. */
  readonly order?: BatchOrder
  /** A share in (0, 1) of the rows, drawn after shuffling and then left out of training; or other data, in memory or from a source. Default: none. */
  readonly validation?: number | Dataset | BatchSource
  /** One label a row, so that a validation share has the classes in proportion. */
  readonly stratify?: Labels
  /** Measured after each epoch, on all training rows and on all validation rows, under these names. */
  readonly metrics?: M
  readonly callbacks?: readonly Callback[]
  /** Of initialization, split, order and dropout. Any whole number; 0 is one like any other. Default 0. */
  readonly seed?: number
  /** Ends training between two steps: the result then says `stoppedBy: 'signal'`. */
  readonly signal?: AbortSignal
  readonly onIteration?: (event: IterationEvent) => void | Promise<void>
  readonly onEpoch?: (event: EpochEvent) => void | Promise<void>
  /** Whether events tell the length of the gradients; costs a few operations a step. Default false. */
  readonly gradientNorm?: boolean
  /** In the training loss only, not in validation and metrics. Default: 1 each. */
  readonly classWeights?: ClassWeights
  /** Where host data and new params go. Default: that of tensors given, else the default backend. */
  readonly backend?: Backend
  /** Of params and features. Default: that of `params`, else 'float32'. */
  readonly dtype?: 'float32' | 'float64'
  /** Where training begins instead of with `model.init({ inputShape, seed })`; left untouched. */
  readonly params?: P
  readonly state?: S
  /** Together with `params`. */
  readonly optimizerState?: O
  /** A checkpoint of a run with these options: training goes on as if it had never ended. `undefined` starts anew. */
  readonly resume?: Checkpoint | undefined
}

export const FIT_OPTIONS: readonly (keyof FitOptions)[] = [
  'loss',
  'optimizer',
  'epochs',
  'batchSize',
  'order',
  'validation',
  'stratify',
  'metrics',
  'callbacks',
  'seed',
  'signal',
  'onIteration',
  'onEpoch',
  'gradientNorm',
  'classWeights',
  'backend',
  'dtype',
  'params',
  'state',
  'optimizerState',
  'resume',
]

/** Refuses what can be refused before any data is looked at. */
export function checkFit(model: Layer, options: FitOptions): void {
  checkModel('fit', model)
  checkOptions('fit', options, FIT_OPTIONS)
  const {
    loss,
    optimizer,
    epochs,
    batchSize = 32,
    order,
    validation,
    metrics = {},
    callbacks = [],
    gradientNorm = false,
    stratify,
  } = options
  checkLoss('fit', loss)
  checkArgument(
    typeof optimizer === 'object' &&
      optimizer !== null &&
      typeof optimizer.init === 'function' &&
      typeof optimizer.update === 'function',
    () =>
      `fit: optimizer must be what a factory such as adam() returns, got ${typeof optimizer}${typeof optimizer === 'function' ? '; call it' : ''}.`,
  )
  checkArgument(
    Number.isInteger(epochs) && epochs >= 1,
    () => `fit: epochs must be a whole number >= 1, got ${String(epochs)}.`,
    { epochs },
  )
  checkArgument(
    batchSize === 'full' || (Number.isInteger(batchSize) && batchSize >= 1),
    () => `fit: batchSize must be a whole number >= 1 or 'full', got ${String(batchSize)}.`,
    { batchSize },
  )
  checkArgument(
    order === undefined || ['cyclic', 'shuffled-cyclic', 'random'].includes(order),
    () => `fit: order must be 'cyclic', 'shuffled-cyclic' or 'random', got '${String(order)}'.`,
    { order },
  )
  checkArgument(
    typeof gradientNorm === 'boolean',
    () => `fit: gradientNorm must be true or false, got ${String(gradientNorm)}.`,
  )
  if (typeof validation === 'number') {
    checkArgument(
      validation > 0 && validation < 1,
      () => `fit: validation must be a share in (0, 1), 0.2 say, or data { x, y }, got ${validation}.`,
      { validation },
    )
  }
  checkArgument(
    stratify === undefined || typeof validation === 'number',
    () => 'fit: stratify decides how a validation share is drawn; give validation: 0.2, say, or leave it out.',
  )
  checkArgument(
    options.optimizerState === undefined || options.params !== undefined,
    () => 'fit: optimizerState belongs to params; give both.',
  )
  checkMetrics('fit', metrics)
  checkCallbacks('fit', callbacks)
}

/** Refuses what only rows in memory can have. */
export function checkStreamed({ batchSize, order, validation, stratify, classWeights }: FitOptions): void {
  checkArgument(
    batchSize !== 'full',
    () => "fit: batchSize 'full' needs all rows at once, which a source does not give; give a number, or leave it out.",
  )
  checkArgument(
    order === undefined,
    () =>
      `fit: order is '${String(order)}', but a source decides the order of its rows: leave it out, and shuffle in batches({ seed }) if you want to.`,
  )
  checkArgument(
    typeof validation !== 'number' && stratify === undefined,
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
  checkArgument(
    typeof model === 'object' &&
      model !== null &&
      typeof model.forward === 'function' &&
      typeof model.init === 'function',
    () =>
      `${where}: the model must be a layer, such as sequential([...]), got ${model === null ? 'null' : typeof model}.`,
  )
}

export function checkLoss(where: string, loss: Loss): void {
  checkArgument(
    typeof loss === 'function',
    () =>
      `${where}: loss must be a function of prediction and target, such as mse or crossEntropy({ fromLogits: true }), got ${typeof loss}.`,
  )
  checkArgument(
    loss.options?.reduction !== 'none',
    () => `${where}: the loss has reduction 'none' and gives no single number; use 'mean' or 'sum'.`,
  )
}

export function checkMetrics(where: string, metrics: Readonly<Record<string, Metric>>): void {
  checkArgument(
    typeof metrics === 'object' && metrics !== null && !Array.isArray(metrics),
    () => `${where}: metrics must map names to metrics, { accuracy } say.`,
  )
  for (const [name, metric] of Object.entries(metrics)) {
    checkArgument(
      typeof metric === 'function',
      () => `${where}: metrics.${name} must be a function of prediction and target, got ${typeof metric}.`,
      { name },
    )
    checkArgument(
      !isReserved(name),
      () => `${where}: a metric cannot be called '${name}', a name that results use themselves; choose another.`,
      { name },
    )
  }
}

/** Where a run takes place and in which precision: what is given decides, else tensors, else the default. */
export function placeOf(
  where: string,
  { backend, dtype, params }: { backend?: Backend; dtype?: 'float32' | 'float64'; params?: Tree | undefined },
  data: Dataset,
): { backend: Backend; dtype: 'float32' | 'float64' } {
  const weights = params === undefined ? [] : tensorsIn(params)
  const given = [...weights, data?.x, data?.y].find((value) => isTensor(value))
  const floating = weights.find((leaf) => leaf.dtype === 'float32' || leaf.dtype === 'float64')?.dtype as
    'float32' | 'float64' | undefined
  checkArgument(
    dtype === undefined || dtype === 'float32' || dtype === 'float64',
    () => `${where}: dtype must be 'float32' or 'float64', got '${String(dtype)}'.`,
  )
  if (dtype !== undefined && floating !== undefined && dtype !== floating) {
    throw new NeuriteError(
      'DTYPE_MISMATCH',
      `${where}: dtype is ${dtype}, but params are ${floating}; leave dtype out, or cast the params.`,
      { dtype, params: floating },
    )
  }
  return {
    backend: backend ?? (isTensor(given) ? given.backend : defaultBackend()),
    dtype: dtype ?? floating ?? 'float32',
  }
}
