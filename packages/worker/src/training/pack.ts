import { NeuriteError, type ArraySource, type HostArray, type Tree } from '@neurite/core'
import { anObject, type ReadBy } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import type { Loss, LossConfig } from '@neurite/losses'
import { configOf, type Layer, type LayerConfig } from '@neurite/nn'
import type { Optimizer, OptimizerConfig } from '@neurite/optimizers'
import type { BatchSource, Callback, CallbackConfig, Dataset, fitReaders, Metric, MetricConfig } from '@neurite/train'
import { isTransferring, transferring } from '../sendable.js'
import { packArray, packHost, packTree, type PackedArray, type PackedTree } from './numbers.js'

// The page's side: models, losses, optimizers as what they say of themselves, numbers as memory.

/** Options of `fit`, read. */
export type Fit = ReadBy<ReturnType<typeof fitReaders>>

/** A dataset: `x`, `y`, and what else was given, which the worker judges. */
export type PackedData = Readonly<Record<string, PackedArray | undefined>>

/** Trees by the names of the options that they are. */
export type PackedTrees = Readonly<Record<string, PackedTree>>

/** What measures, and what is a tree, of `fit` and `evaluate`. */
export interface PackedMeasures {
  readonly loss: LossConfig | undefined
  readonly metrics: Readonly<Record<string, MetricConfig>>
}

/** What `fit` is told. */
export interface PackedFit extends PackedMeasures {
  readonly model: LayerConfig
  readonly data: PackedData
  readonly optimizer: OptimizerConfig
  /** Where it is other data; a share or a fold is plain. */
  readonly validation: PackedData | undefined
  readonly callbacks: readonly CallbackConfig[]
  readonly trees: PackedTrees
  /** Options that are plain data. */
  readonly plain: object
}

export async function packFit(
  where: string,
  model: Layer,
  data: Dataset | BatchSource,
  options: Fit,
): Promise<PackedFit> {
  const {
    loss,
    metrics,
    optimizer,
    callbacks = [],
    validation,
    stratify,
    groups,
    params,
    state,
    optimizerState,
  } = options
  const { epochs, batchSize, order, seed, gradientNorm, classWeights, dtype, maxBytesOnDevice } = options
  const { resume, resumeDespite } = options
  if (typeof order === 'object') throw staysHere(where, 'order is a sampler, which')
  const other = isData(validation) ? validation : undefined
  const run = { epochs, batchSize, order, seed, gradientNorm, classWeights, dtype, maxBytesOnDevice }
  const plain = { ...run, resume, resumeDespite }
  const share = other === undefined ? { validation } : {}
  const labels = { stratify: labelsOf(`${where}: stratify`, stratify), groups: labelsOf(`${where}: groups`, groups) }
  return {
    model: packModel(where, model),
    ...packMeasures(where, loss, metrics),
    optimizer: packOptimizer(where, optimizer),
    callbacks: callbacks.map((callback, i) => packCallback(where, `callbacks[${i}], '${callback.name}',`, callback)),
    data: await packData(where, data),
    validation: other && (await packData(`${where}: validation`, other)),
    trees: await packTrees(where, { params, state, optimizerState }),
    plain: Object.fromEntries(
      Object.entries({ ...plain, ...share, ...labels }).filter(([, value]) => value !== undefined),
    ),
  }
}

/** @throws NeuriteError `NOT_SUPPORTED` for a model with a function in it */
export function packModel(where: string, model: Layer): LayerConfig {
  try {
    return configOf(model)
  } catch (error) {
    throw NeuriteError.isInstance(error)
      ? error.within(`${where}: the model cannot be sent to a worker; ${WAY_OUT}`)
      : error
  }
}

export function packMeasures(
  where: string,
  loss: Loss | undefined,
  metrics: Readonly<Record<string, Metric>>,
): PackedMeasures {
  const packed = Object.entries(metrics).map(([name, { kind, options }]) => {
    if (kind === undefined) throw staysHere(where, `metrics.${name} is a function of your own, which`)
    return [name, { kind, ...options }] as const
  })
  if (loss !== undefined && loss.kind === undefined) throw staysHere(where, 'loss is a function of your own, which')
  return { loss: loss && { kind: loss.kind!, ...loss.options }, metrics: Object.fromEntries(packed) }
}

function packOptimizer(where: string, { config }: Optimizer): OptimizerConfig {
  if (config === undefined) throw staysHere(where, 'optimizer has no config, so it')
  return config
}

function packCallback(where: string, name: string, { config }: Callback): CallbackConfig {
  if (config === undefined)
    throw staysHere(where, `${name} has no config (onEpoch and onIteration run on the page), so it`)
  return config
}

/** @throws NeuriteError `NOT_SUPPORTED` for a source, whose batches are made by a function */
export async function packData(where: string, data: Dataset | BatchSource): Promise<PackedData> {
  anObject(where, 'the data, { x, y },', data)
  if ('batches' in data) throw staysHere(where, 'the data is a source of batches, which')
  const packed = Object.entries<ArraySource | undefined>({ ...data }).map(async ([name, values]) => {
    return [name, values === undefined ? undefined : await packArray(`${where}: ${name}`, values)] as const
  })
  const whole = Object.fromEntries(await Promise.all(packed))
  return isTransferring(data) ? transferring(whole) : whole
}

export async function packTrees(
  where: string,
  trees: Readonly<Record<string, Tree | undefined>>,
): Promise<PackedTrees> {
  const given = Object.entries(trees).flatMap(([name, tree]) => (tree === undefined ? [] : [[name, tree] as const]))
  const packed = given.map(async ([name, tree]) => [name, await packTree(`${where}: ${name}`, tree)] as const)
  return Object.fromEntries(await Promise.all(packed))
}

/** A share and a fold are plain data. */
function isData(validation: Fit['validation']): validation is Dataset | BatchSource {
  return typeof validation === 'object' && !('trainIndices' in validation)
}

/** Names stay names. */
function labelsOf(where: string, labels: Labels | undefined): unknown {
  return labels === undefined || Array.isArray(labels) ? labels : packHost(where, labels as HostArray)
}

const WAY_OUT = 'make it in the worker, in a task of your own, and offer that with expose of @neurite/worker'

function staysHere(where: string, what: string): NeuriteError {
  return new NeuriteError('NOT_SUPPORTED', `${where}: ${what} cannot be sent to a worker; ${WAY_OUT}.`)
}
