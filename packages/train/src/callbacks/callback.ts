import { checkArgument, NeuriteError, type Backend, type Json, type Tree } from '@neurite/core'
import { aFunction, having, listOf, must, optional, readOptions, type Readers } from '@neurite/core/arguments'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { History } from '../fit/run/history.js'

/** After a step. */
export interface IterationEvent {
  /** From 0. */
  readonly epoch: number
  /** Steps since the start of training, from 0. */
  readonly iteration: number
  /** Of the batch, before its update. */
  readonly loss: number
  /** Length of all gradients together; only with `gradientNorm: true`. */
  readonly gradientNorm?: number
  /** The step's learning rate, where the optimizer tells it. */
  readonly learningRate?: number
  /** Over this epoch so far. */
  readonly samplesPerSecond: number
}

/** After an epoch. */
export interface EpochEvent {
  /** From 0. */
  readonly epoch: number
  /** Epochs planned. */
  readonly epochs: number
  /** Steps since the start of training. */
  readonly iterations: number
  /** What was measured, by the names of `history`: loss, valLoss, accuracy, valAccuracy, learningRate, ... */
  readonly values: Readonly<Record<string, number>>
  readonly seconds: number
  readonly samplesPerSecond: number
}

/** What a run has learned, in memory of its own: the run goes on, this stays. */
export interface Snapshot {
  readonly epoch: number
  readonly params: Tree
  readonly state: Tree
}

/** What callbacks may see and do. Tensors belong to the run: read them before the hook ends, or take a snapshot. */
export interface Run {
  readonly backend: Backend
  readonly epochs: number
  readonly history: History
  readonly params: Tree
  readonly state: Tree
  readonly optimizerState: Tree
  /** What each epoch's `values` will hold, and whether the least or the greatest is best, where that is known. */
  readonly measured: Readonly<Record<string, 'min' | 'max' | undefined>>
  /** Ends training after this hook; `result.stoppedBy` is the reason. */
  stop(reason: string): void
  snapshot(): Snapshot
  /** Goes back to a snapshot, which is used up; `result.bestEpoch` becomes its epoch. */
  restore(snapshot: Snapshot): void
  /**
   * From the next step on.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` unless the run is `adjustable`
   */
  setLearningRate(value: number): void
  /** Whether `setLearningRate` can be called: the optimizer was made with `learningRate: adjustableLearningRate(value)`. */
  readonly adjustable: boolean
  /** Hands over a checkpoint once every callback is done with the present event. */
  capture(sink: CheckpointSink): void
  /** Hands over a checkpoint if the run is aborted, of where it was then. */
  captureOnAbort(sink: CheckpointSink): void
}

/** Takes a checkpoint. */
export type CheckpointSink = (checkpoint: Checkpoint) => void | Promise<void>

/**
 * Hooks of a training. All are optional; one that returns a promise is awaited. A callback with `onTrainBegin` or `save` serves one
 * run at a time.
 */
export interface Callback {
  /** For messages, and the key under which a checkpoint keeps the callback's memory. */
  readonly name: string
  /** Its kind and its options as plain data, where these are all of it: it can then be made again in another thread. */
  readonly config?: CallbackConfig
  onTrainBegin?(run: Run): void | Promise<void>
  onEpochBegin?(epoch: number, run: Run): void | Promise<void>
  onIteration?(event: IterationEvent, run: Run): void | Promise<void>
  onEpochEnd?(event: EpochEvent, run: Run): void | Promise<void>
  /**
   * Also after an abort, and after an error (with the error). After an error of a device (`OUT_OF_MEMORY`), a source or a callback, the run is as it
   * was after the last step that was made, so `run.snapshot()` keeps what was learned; of a device that is lost nothing can be read any more. After
   * `NON_FINITE`, the error has the params from before.
   */
  onTrainEnd?(run: Run, error?: unknown): void | Promise<void>
  /** What a checkpoint must remember: plain data and trees of tensors. */
  save?(): CallbackMemory
  /** Takes back what `save` gave; the tensors are the callback's. */
  load?(memory: CallbackMemory): void
}

/** What a callback is, as plain data. */
export interface CallbackConfig {
  readonly kind: string
  readonly [option: string]: unknown
}

/** A callback's memory in a checkpoint. */
export interface CallbackMemory {
  readonly data: Json
  readonly tensors?: Tree
}

const running = new WeakSet<Callback>()

/**
 * Takes callbacks for one run. What one of them remembers (it has `save`, or begins anew with `onTrainBegin`) belongs to a single run:
 * of two runs at once, one would end with the params of the other.
 *
 * @returns gives them free again
 * @throws NeuriteError `INVALID_ARGUMENT` for one that serves a run already
 */
export function claim(callbacks: readonly Callback[]): () => void {
  const remembering = callbacks.filter(({ save, onTrainBegin }) => save ?? onTrainBegin)
  for (const callback of remembering)
    checkArgument(
      !running.has(callback),
      () =>
        `fit: the callback '${callback.name}' serves another run that has not ended, and remembers what happens there; make one for each run.`,
    )
  for (const callback of remembering) running.add(callback)
  return () => remembering.forEach((callback) => running.delete(callback))
}

const hook = /* @__PURE__ */ optional(aFunction)

/** Reads callbacks, and refuses a hook that nobody would call: Keras' users wait for those in vain. */
export function readCallbacks(where: string, name: string, value: unknown): readonly Callback[] {
  const callbacks = listOf(having<Callback>('an object with hooks, as earlyStopping() makes one', 'name'))(
    where,
    name,
    value,
  )
  const names = new Set<string>()
  callbacks.forEach((callback, i) => {
    const place = `${where}: ${name}[${i}]`
    readOptions(place, callback, {
      name: must('a name, not empty', (given): given is string => typeof given === 'string' && given !== ''),
      config: optional(having<CallbackConfig>('{ kind, ...options }', 'kind')),
      onTrainBegin: hook,
      onEpochBegin: hook,
      onIteration: hook,
      onEpochEnd: hook,
      onTrainEnd: hook,
      save: hook,
      load: hook,
    } as Readers<Callback>)
    if (names.has(callback.name)) {
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${where}: two callbacks are named '${callback.name}'; give each a name of its own.`,
      )
    }
    names.add(callback.name)
  })
  return callbacks
}
