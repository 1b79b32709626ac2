import type { Layer } from '@neurite/nn'
import type { ArraySource, Tree } from '@neurite/core'
import { aBoolean, aString, or, optional, readOptions } from '@neurite/core/arguments'
import {
  fitReaders,
  type BatchSource,
  type Dataset,
  type evaluate,
  type EvaluateOptions,
  type fit,
  type fitEvents,
  type FitEventsOptions,
  type FitOptions,
  type Metric,
  type predict,
  type PredictOptions,
} from '@neurite/train'
import { anAddress, connect, type ConnectOptions, type Remote } from '../connect.js'
import type { AnyWorker } from '../any-worker.js'
import { evaluateRemotely, predictRemotely } from './measure.js'
import { fitRemotely, trainRemotely, type RemoteRun } from './run.js'
import type { TrainingTasks } from './tasks.js'

/** Options of {@link connectTraining}. */
export interface ConnectTrainingOptions extends ConnectOptions {
  /** Which of the backends that the worker has it computes on, by name. Default: its first. */
  readonly workerBackend?: string
}

/** What @neurite/train offers, computed in a worker: the same functions, with the same types; and the worker's own tasks. */
export interface RemoteTraining<T = Readonly<Record<never, never>>> extends Remote<T> {
  readonly fit: typeof fit
  readonly fitEvents: typeof fitEvents
  readonly predict: typeof predict
  readonly evaluate: typeof evaluate
}

/**
 * `fit`, `fitEvents`, `predict` and `evaluate` of @neurite/train in a worker whose module calls {@link exposeTraining}: the same options, the same results, bit for bit
 * where the worker has the same backend, and the same errors. `seconds` alone are the worker's own.
 *
 * - Models, losses, optimizers, metrics and the callbacks `earlyStopping` and `reduceOnPlateau` travel as what they say of themselves; params, states and checkpoints as
 *   memory. What is a function of your own cannot, and is refused with `NOT_SUPPORTED`: a loss, a schedule, a sampler, a source of batches, any other callback. A
 *   task that makes it in the worker can be offered with `expose` of @neurite/worker. Layers of your own travel if they have a config and `exposeTraining` their `builders`.
 * - `onEpoch`, `onIteration` and `onWarning` run on the page, and training waits for them, as it does without a worker.
 * - Tensors that come back are on `backend` of `fit`, else where the tensors given are, else on the page's default backend; without one
 *   nothing is sent (`NO_DEFAULT_BACKEND`). A page that computes nothing itself takes `cpu()`.
 * - Data is copied. `fit(model, transferring({ x, y }), ...)` moves its typed arrays, or `x: transferring(x)` one of them.
 * - An abort of `fit` keeps what was learned, as without a worker.
 *
 * @typeParam T - the type of the worker's own tasks, for `call` and `stream`; default: none
 * @param worker - as for `connect`; it ends with `dispose()`
 * @param options - `address` for messages and `workerBackend`; default: none, and the worker's first
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; of the functions, what those of @neurite/train throw, `NOT_SUPPORTED`, `WORKER_FAILED`, and `ABORTED` after `dispose`.
 * Details of errors that are tensors stay behind
 * @example
 * ```ts
 * import { cpu } from '@neurite/backend-cpu'
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { adam } from '@neurite/optimizers'
 * import { connectTraining, exposeTraining } from '@neurite/worker/training'
 * // Both ends in one thread; mostly: connectTraining(new Worker(new URL('./train.worker.js', import.meta.url), { type: 'module' }))
 * const { port1, port2 } = new MessageChannel()
 * exposeTraining({ backend: cpu() }, port2)
 * const remote = connectTraining(port1)
 * const model = sequential([dense(8, { activation: 'tanh' }), dense(1)])
 * const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] }
 * const { params } = await remote.fit(model, xor, { loss: mse, optimizer: adam({ learningRate: 0.05 }), epochs: 300, seed: 1 })
 * Math.round(await (await remote.predict(model, params, [[1, 0]])).item()) // => 1
 * remote.dispose()
 * ```
 */
export function connectTraining<T = Readonly<Record<never, never>>>(
  worker: AnyWorker,
  options: ConnectTrainingOptions = {},
): RemoteTraining<T> {
  const { address, workerBackend } = readOptions('connectTraining', options, {
    address: optional(anAddress),
    workerBackend: optional(aString),
  })
  const remote = connect<TrainingTasks>(worker, address === undefined ? {} : { address })
  let runs = 0
  const run = (): RemoteRun => ({ remote, backend: workerBackend, run: ++runs })

  const training: Untyped = {
    // Options are read when it is called, by the readers of `fit` itself.
    fit: async (model, data, given) => fitRemotely(run(), model, data, readOptions('fit', given, fitReaders())),
    async *fitEvents(model, data, given) {
      const readers = { ...fitReaders(), iterations: or(false, aBoolean) }
      const { iterations, ...rest } = readOptions<AnyEvents, typeof readers>('fitEvents', given, readers)
      yield* trainRemotely(run(), model, data, rest, iterations)
    },
    predict: (model, params, x, given = {}) => predictRemotely(remote, workerBackend, model, params, x, given),
    evaluate: (model, params, data, given) => evaluateRemotely(remote, workerBackend, model, params, data, given),
  }
  // `call` and `stream` reach the worker's own tasks.
  return Object.assign(remote, training) as object as RemoteTraining<T>
}

type AnyEvents = FitEventsOptions<Tree, Tree, Tree, Readonly<Record<string, Metric>>>

/** {@link RemoteTraining} without what its types say of models, losses and metrics. */
interface Untyped {
  fit(model: Layer, data: Dataset | BatchSource, options: FitOptions): Promise<unknown>
  fitEvents(model: Layer, data: Dataset | BatchSource, options: AnyEvents): AsyncGenerator<unknown>
  predict(model: Layer, params: Tree, x: ArraySource, options?: PredictOptions): Promise<unknown>
  evaluate(model: Layer, params: Tree, data: Dataset | BatchSource, options: EvaluateOptions): Promise<unknown>
}
