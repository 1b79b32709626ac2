import { childSeed, defaultBackend, disposeTree, NeuriteError, type ByteArray } from '@neurite/core'
import { aFunction, having, optional, readOptions, whole } from '@neurite/core/arguments'
import {
  decodeCheckpoint,
  encodeCheckpoint,
  fit,
  fitReaders,
  type BatchSource,
  type Callback,
  type Checkpoint,
  type Dataset,
  type FitOptions,
} from '@neurite/train'
import { decodeModel, readTree, treesOf, uploadModel } from './model-file.js'

/** Which part of the rows. */
export interface Shard {
  /** From 0. */
  readonly shard: number
  /** How many there are. */
  readonly shards: number
  /** One of the shard's own. */
  readonly seed: number
}

/** Options of {@link localTraining}: those of `fit` that are the same in every round. */
export interface LocalTrainingOptions extends Pick<
  FitOptions,
  'loss' | 'optimizer' | 'batchSize' | 'order' | 'classWeights' | 'dtype' | 'backend'
> {
  /** Steps after which a shard saves where it is, so that another worker goes on from there. Default: none; it begins its round again. */
  readonly checkpointEvery?: number
}

/** A round of a shard, as its thread is told of it. */
export interface ShardRound extends Omit<Shard, 'seed'> {
  /** That of the training. */
  readonly seed: number
  /** 0 in the round that makes the params. */
  readonly steps: number
  readonly keepOptimizer: boolean
  /** What all shards begin with; undefined in the first round. */
  readonly model: Uint8Array | undefined
  /** What this shard came to in the last round that counted it. */
  readonly own: Uint8Array | undefined
  /** Where it was in this round, if it was interrupted. */
  readonly checkpoint: Uint8Array | undefined
}

/** What a round of a shard came to. */
export interface ShardResult {
  /** The mean of its steps' losses; null without steps. */
  readonly loss: number | null
  /** A checkpoint of `fit`. */
  readonly bytes: ByteArray
}

/** What workers train on their shards. */
export interface LocalTraining {
  /** Makes the steps of a round; `undefined` if the signal came first, when all that is needed to go on was saved. */
  readonly run: (
    round: ShardRound,
    context: { readonly signal: AbortSignal; readonly save: (bytes: ByteArray) => Promise<void> },
  ) => Promise<ShardResult | undefined>
}

/** Any layer, as `fit` takes it. */
type Model = Parameters<typeof fit>[0]

/**
 * What a worker trains for `localSgd`: export it from the worker's module in `trainings`.
 *
 * A shard's rounds are one run of `fit` that is cut every so many steps: order of batches, dropout and schedules go on from round to round as if
 * it had not been cut. Only the params, and running statistics, are exchanged in between; and the optimizer's state begins anew, or is
 * kept, as `localSgd` says.
 *
 * @param model - any layer
 * @param data - gives the rows of a shard, the same ones whenever and wherever it is asked: a worker with others is refused. It is asked in each round,
 * so what is slow to read is worth keeping
 * @param options - `loss`, `optimizer`, and what {@link LocalTrainingOptions} says of the others
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { localTraining } from '@neurite/cluster'
 * import { mse } from '@neurite/losses'
 * import { dense, sequential } from '@neurite/nn'
 * import { sgd } from '@neurite/optimizers'
 * const rows = Array.from({ length: 64 }, (_, i) => i / 64)
 * // Exported by the module that is given to startWorker.
 * const trainings = {
 *   line: localTraining(
 *     sequential([dense(1)]),
 *     ({ shard, shards }) => {
 *       const own = rows.filter((_, i) => i % shards === shard)
 *       return { x: own.map((x) => [x]), y: own.map((x) => 2 * x + 1) }
 *     },
 *     { loss: mse, optimizer: sgd({ learningRate: 0.1 }), batchSize: 8 },
 *   ),
 * }
 * Object.keys(trainings) // => ['line']
 * ```
 */
export function localTraining(
  model: Model,
  data: (shard: Shard) => Dataset | BatchSource | Promise<Dataset | BatchSource>,
  options: LocalTrainingOptions,
): LocalTraining {
  const where = 'localTraining'
  having<Model>('a layer, as sequential() makes one', 'init', 'apply')(where, 'the model', model)
  aFunction(where, 'data', data)
  const { loss, optimizer, batchSize, order, classWeights, dtype, backend } = fitReaders()
  const readers = { loss, optimizer, batchSize, order, classWeights, dtype, backend }
  const { checkpointEvery } = readOptions(where, options, { ...readers, checkpointEvery: optional(whole(1)) })
  const { checkpointEvery: _, ...given } = options
  return Object.freeze({
    async run(round, { signal, save }) {
      const { shard, shards, steps } = round
      const seed = childSeed(round.seed, 'shard', shard)
      const rows = await data({ shard, shards, seed })
      if (signal.aborted) return undefined
      const cut = new Cut(steps, checkpointEvery, (checkpoint) => save(encodeCheckpoint(checkpoint)))
      const start = await startOf(round, given)
      try {
        const { params, state, optimizerState } = await fit(model, rows, {
          ...given,
          ...start,
          // As many as it takes: the round ends it.
          epochs: Number.MAX_SAFE_INTEGER,
          seed,
          signal: AbortSignal.any([signal, cut.signal]),
          callbacks: [cut.callback],
        })
        disposeTree([params, state, optimizerState])
      } catch (error) {
        if (NeuriteError.isInstance(error) && error.code === 'ABORTED' && signal.aborted) return undefined
        throw error
      } finally {
        disposeTree([start.params ?? [], start.state ?? []])
      }
      return cut.result(round.keepOptimizer)
    },
  } satisfies LocalTraining)
}

/** Where a round of a shard begins. */
async function startOf(
  { model: bytes, own, checkpoint, keepOptimizer }: ShardRound,
  { optimizer, backend }: Pick<FitOptions, 'optimizer' | 'backend'>,
): Promise<Pick<FitOptions, 'params' | 'state' | 'resume'>> {
  if (checkpoint !== undefined) return { resume: decodeCheckpoint(checkpoint) }
  if (bytes === undefined) return {}
  const model = decodeModel(bytes)
  if (own === undefined) return uploadModel(model, backend ?? defaultBackend())
  const last = decodeCheckpoint(own)
  const { params, state } = treesOf(model, (stored) => stored)
  const optimizerState = keepOptimizer ? last.optimizerState : await anew()
  return { resume: { ...last, params, state, optimizerState } }

  async function anew(): Promise<Checkpoint['optimizerState']> {
    const begun = uploadModel(model, backend ?? defaultBackend())
    const made = optimizer.init(begun.params)
    try {
      return await readTree(made)
    } finally {
      disposeTree([begun.params, begun.state, made])
    }
  }
}

/** Ends a run of fit after the steps of a round, and keeps what it came to. */
class Cut {
  readonly callback: Callback
  readonly #made = new AbortController()
  #steps = 0
  #lossSum = 0
  #taken: Checkpoint | undefined

  /** @param save - takes a checkpoint of a round that is under way */
  constructor(steps: number, every: number | undefined, save: (checkpoint: Checkpoint) => Promise<void>) {
    const take = (checkpoint: Checkpoint): void => void (this.#taken = checkpoint)
    this.callback = {
      name: 'local SGD',
      onTrainBegin: (run) => {
        run.captureOnAbort(steps === 0 ? take : save)
        if (steps === 0) this.#made.abort()
      },
      onIteration: ({ loss }, run) => {
        this.#steps++
        this.#lossSum += loss
        if (this.#steps === steps) {
          run.capture(take)
          run.stop('round')
        } else if (every !== undefined && this.#steps % every === 0) run.capture(save)
      },
      save: () => ({ data: [this.#steps, this.#lossSum] }),
      load: ({ data }) => {
        const [made, sum] = data as readonly [number, number]
        this.#steps = made
        this.#lossSum = sum
      },
    }
  }

  /** Ends a run that is to make no step. */
  get signal(): AbortSignal {
    return this.#made.signal
  }

  /** Undefined if the run was ended before the round was. */
  result(keepOptimizer: boolean): ShardResult | undefined {
    if (this.#taken === undefined) return undefined
    // Of what it came to only this counts in the next round. Times are left out, so that the same steps make the same bytes.
    const { run, progress, params, state, optimizerState } = this.#taken
    const kept = { run, progress, params, state, optimizerState: keepOptimizer ? optimizerState : {} }
    return {
      loss: this.#steps === 0 ? null : this.#lossSum / this.#steps,
      bytes: encodeCheckpoint({ ...kept, stoppedBy: null, history: {}, callbacks: {} }),
    }
  }
}
