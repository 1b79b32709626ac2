import { disposeTree, NeuriteError, type Tree } from '@neurite/core'
import { readOptions } from '@neurite/core/arguments'
import type { Layer, ParamsOf, StateOf } from '@neurite/nn'
import { claim } from '../../callbacks/callback.js'
import type { Metric } from '../../metrics/metric.js'
import type { Dataset } from '../data/dataset.js'
import type { Split } from '../data/plan.js'
import type { BatchSource } from '../data/source.js'
import { runEpoch } from './epoch.js'
import type { HistoryOf } from './history.js'
import { checkModel, checkTogether, fitReaders, type Fit, type FitOptions } from './options.js'
import { Pace } from './pace.js'
import { prepare } from './prepare.js'

/** What a training leaves. The tensors are the caller's. */
export interface FitResult<
  P extends Tree = Tree,
  S extends Tree = Tree,
  O extends Tree = Tree,
  Names extends string = string,
> {
  readonly params: P
  /** Running statistics of layers such as batchNorm; `{}` for most models. */
  readonly state: S
  /** As of the last step, even where params are those of the best epoch. */
  readonly optimizerState: O
  readonly history: HistoryOf<Names>
  /** Epochs completed. */
  readonly epochs: number
  /** Steps made. */
  readonly iterations: number
  /** 'epochs' if all were run, 'signal' after an abort, else the callback's reason: 'earlyStopping'. */
  readonly stoppedBy: string
  /** The epoch that params and state were restored from, by a callback; undefined if they are the last. */
  readonly bestEpoch: number | undefined
  readonly split: Split
}

/**
 * Trains a model: goes through the rows in batches, again and again, and moves params against the gradient of the loss.
 *
 * Data given as tensors stays where it is; host data is put on the backend once, as float32 (class indices for
 * `sparseCrossEntropy` as int32), or batch by batch where it is larger than `maxBytesOnDevice`. Targets of shape [rows] count as [rows, 1] where the model gives one number a row. All that
 * can be checked is checked before the first step.
 *
 * - Data larger than memory comes from a {@link BatchSource}, `{ batches: () => ... }`, called once an epoch: one batch is on
 *   the device at a time. Each length of batch is compiled once; `batchSize` cuts batches anew so that only the last differs.
 *   Metrics on the training rows cost one more pass, and hold every row's prediction and target. Resuming reads past the
 *   batches of the epoch that were used. What needs all rows beforehand is refused.
 * - Loss and metrics of `history`: `loss` is the mean over an epoch's batches while params move (with the penalties of
 *   regularizers); `valLoss` and metrics are computed after the epoch over whole sets, without dropout.
 * - `sampleWeights` in the data count in losses and metrics, `classWeights` in the training loss only.
 * - Events and callbacks: `onIteration`, `onEpoch`, or objects with hooks. The event loop gets a turn every 10 ms.
 * - An abort ends training between two steps and the result holds what was learned, with `stoppedBy: 'signal'`: a stop button
 *   keeps its work. Only a signal that is aborted before the first step makes fit throw.
 * - The same seed gives the same params, byte for byte, on one backend. Before the first step they are those of
 *   `model.init({ inputShape, seed })`.
 *
 * @param model - any layer
 * @param data - `{ x, y }`, and `sampleWeights` if rows do not count alike; or a source of such batches
 * @param options - `loss`, `optimizer`, `epochs`, and what {@link FitOptions} says of the others
 * @throws NeuriteError `NON_FINITE` at the first loss that is not finite: the message names epoch, iteration, rows, the
 * operation that first left the finite numbers and its layer, the learning rate, the gradient's norm and usual causes, `details` holds the params before; also for NaN in the data.
 * `SHAPE_MISMATCH`, `INVALID_ARGUMENT`, `UNKNOWN_OPTION` for wrong calls; `BAD_CHECKPOINT`; `ABORTED`; and what a device, a source or a callback
 * throws: a callback's `onTrainEnd(run, error)` then finds the run as it was after its last step, and can keep it. The `params` that were given stay the caller's
 * @example
 * ```ts
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { adam } from '@neurite/optimizers'
 * import { fit, predict } from '@neurite/train'
 * const model = sequential([dense(8, { activation: 'tanh' }), dense(1)])
 * const xor = { x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] }
 * const { params, history } = await fit(model, xor, { loss: mse, optimizer: adam({ learningRate: 0.05 }), epochs: 300, seed: 1 })
 * history.loss.at(-1)! < 0.01 // => true
 * const output = await predict(model, params, [[1, 0]])
 * Math.round(await output.item()) // => 1
 * ```
 */
export function fit<
  P extends Tree,
  S extends Tree,
  O extends Tree,
  M extends Readonly<Record<string, Metric>> = Readonly<Record<never, Metric>>,
>(
  model: Layer<P, S>,
  data: Dataset | BatchSource,
  options: FitOptions<P, S, O, M>,
): Promise<FitResult<P, S, O, keyof M & string>>
/** For a model that is one of several types, `deep ? sequential([a, b]) : sequential([a])`: params are of one of theirs. */
export function fit<
  L extends Layer,
  O extends Tree,
  M extends Readonly<Record<string, Metric>> = Readonly<Record<never, Metric>>,
>(
  model: L,
  data: Dataset | BatchSource,
  options: FitOptions<ParamsOf<L>, StateOf<L>, O, M>,
): Promise<FitResult<ParamsOf<L>, StateOf<L>, O, keyof M & string>>
export async function fit(model: Layer, data: Dataset | BatchSource, given: FitOptions): Promise<FitResult> {
  checkModel('fit', model)
  const options = readOptions('fit', given, fitReaders())
  checkTogether(options)
  if (options.signal?.aborted === true)
    throw new NeuriteError('ABORTED', 'fit: the signal was aborted before training began.', {}, options.signal.reason)
  const free = claim(options.callbacks)
  try {
    return await train(model, data, options)
  } finally {
    free()
  }
}

async function train(model: Layer, data: Dataset | BatchSource, options: Fit): Promise<FitResult> {
  const training = await prepare(model, data, options)
  const { session, stepper, feed } = training
  let failure: { readonly error: unknown } | undefined
  try {
    const pace = new Pace()
    await session.begin(options.resume)
    while (session.progress.epoch < options.epochs && session.stoppedBy === undefined)
      await runEpoch(training, options, pace)
    await session.checkParams()
    const warning = await session.stateWarning()
    if (warning !== undefined) options.onWarning(`fit: ${warning}`)
    await session.pause()
  } catch (error) {
    failure = { error }
  }
  try {
    await feed.close()
  } catch (error) {
    failure ??= { error }
  }
  try {
    await session.end(failure)
    if (failure !== undefined) throw failure.error
  } catch (error) {
    disposeTree(stepper.current)
    throw error
  } finally {
    training.dispose()
  }
  const { params, state, optimizerState, ...rest } = stepper.current
  disposeTree(rest)
  const { history, progress, stoppedBy = 'epochs' } = session
  // The steps ran on trees of any structure; params, state and optimizer state kept the one that they began with.
  return {
    params,
    state,
    optimizerState,
    history,
    epochs: progress.epoch,
    iterations: progress.iteration,
    stoppedBy,
    bestEpoch: progress.bestEpoch ?? undefined,
    split: feed.split,
  }
}
