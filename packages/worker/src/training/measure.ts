import type { ArraySource, Tensor, Tree } from '@neurite/core'
import { aModelTree, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { abortError, type Layer } from '@neurite/nn'
import { fitReaders, type BatchSource, type Dataset, type EvaluateOptions, type PredictOptions } from '@neurite/train'
import type { Remote } from '../connect.js'
import { packArray, unpackTensor } from './numbers.js'
import { packData, packMeasures, packModel, packTrees } from './pack.js'
import { pageBackend } from './page-backend.js'
import type { TrainingTasks } from './tasks.js'

/** `predict`. */
export async function predictRemotely(
  remote: Remote<TrainingTasks>,
  workerBackend: string | undefined,
  model: Layer,
  params: Tree,
  x: ArraySource,
  options: PredictOptions,
): Promise<Tensor> {
  const where = 'predict'
  const { state, batchSize, signal } = readOptions(where, options, common())
  const backend = pageBackend(undefined, params, x)
  const args = {
    backend: workerBackend,
    model: packModel(where, model),
    trees: await packTrees(where, { params: aModelTree(where, 'params', params), state }),
    x: await packArray(`${where}: x`, x),
    batchSize,
  }
  const output = await heeding(where, signal, () =>
    remote.call('predict', args, signal === undefined ? {} : { signal }),
  )
  return unpackTensor(output, backend)
}

/** `evaluate`. */
export async function evaluateRemotely(
  remote: Remote<TrainingTasks>,
  workerBackend: string | undefined,
  model: Layer,
  params: Tree,
  data: Dataset | BatchSource,
  options: EvaluateOptions,
): Promise<Readonly<Record<string, number>>> {
  const where = 'evaluate'
  const { loss, metrics } = fitReaders()
  const readers = { ...common(), loss: optional(loss), metrics }
  const { state, batchSize, signal, ...measures } = readOptions<EvaluateOptions, typeof readers>(
    where,
    options,
    readers,
  )
  const args = {
    backend: workerBackend,
    model: packModel(where, model),
    trees: await packTrees(where, { params: aModelTree(where, 'params', params), state }),
    data: await packData(where, data),
    ...packMeasures(where, measures.loss, measures.metrics),
    batchSize,
  }
  return heeding(where, signal, () => remote.call('evaluate', args, signal === undefined ? {} : { signal }))
}

/** Of both. */
function common() {
  return { state: optional(aModelTree), batchSize: or(256, whole(1)), signal: fitReaders().signal }
}

/** An abort ends the work with `ABORTED`, as it does without a worker. */
async function heeding<T>(where: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw signal?.aborted === true && error === signal.reason ? abortError(where, signal) : error
  }
}
