import { NeuriteError, type Backend, type Json, type Tree } from '@neurite/core'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { History } from '../fit/history.js'

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
  /** What each epoch's `values` will hold, and which way is better, where that is known. */
  readonly measured: Readonly<Record<string, 'min' | 'max' | undefined>>
  /** Ends training after this hook; `result.stoppedBy` is the reason. */
  stop(reason: string): void
  snapshot(): Snapshot
  /** Goes back to a snapshot, which is used up; `result.bestEpoch` becomes its epoch. */
  restore(snapshot: Snapshot): void
  /**
   * From the next step on.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` unless the optimizer was made with `learningRate: adjustableLearningRate(value)`
   */
  setLearningRate(value: number): void
  /** Whether `setLearningRate` can be called. */
  readonly adjustable: boolean
  /** Hands over a checkpoint once every callback is done with the present event. */
  capture(sink: CheckpointSink): void
  /** Hands over a checkpoint if the run is aborted, of where it was then. */
  captureOnAbort(sink: CheckpointSink): void
}

/** Takes a checkpoint. */
export type CheckpointSink = (checkpoint: Checkpoint) => void | Promise<void>

/** Hooks of a training. All are optional; one that returns a promise is awaited. */
export interface Callback {
  /** For messages, and the key under which a checkpoint keeps the callback's memory. */
  readonly name: string
  onTrainBegin?(run: Run): void | Promise<void>
  onEpochBegin?(epoch: number, run: Run): void | Promise<void>
  onIteration?(event: IterationEvent, run: Run): void | Promise<void>
  onEpochEnd?(event: EpochEvent, run: Run): void | Promise<void>
  /** Also after an abort, and after an error (with the error). */
  onTrainEnd?(run: Run, error?: unknown): void | Promise<void>
  /** What a checkpoint must remember: plain data and trees of tensors. */
  save?(): CallbackMemory
  /** Takes back what `save` gave; the tensors are the callback's. */
  load?(memory: CallbackMemory): void
}

/** A callback's memory in a checkpoint. */
export interface CallbackMemory {
  readonly data: Json
  readonly tensors?: Tree
}

const HOOKS: readonly (keyof Callback)[] = [
  'name',
  'onTrainBegin',
  'onEpochBegin',
  'onIteration',
  'onEpochEnd',
  'onTrainEnd',
  'save',
  'load',
]

/** Refuses what is no callback, and a hook that nobody would call: Keras' users wait for those in vain. */
export function checkCallbacks(where: string, callbacks: unknown): asserts callbacks is readonly Callback[] {
  if (!Array.isArray(callbacks))
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: callbacks must be an array, got ${typeof callbacks}.`)
  const names = new Set<string>()
  callbacks.forEach((callback: unknown, i) => {
    if (typeof callback !== 'object' || callback === null) {
      const hint = typeof callback === 'function' ? ' (a function: call it, as earlyStopping())' : ''
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${where}: callbacks[${i}] must be an object with hooks, got ${typeof callback}${hint}.`,
      )
    }
    const known = HOOKS as readonly string[]
    for (const [hook, value] of Object.entries(callback)) {
      if (!known.includes(hook)) {
        throw new NeuriteError(
          'UNKNOWN_OPTION',
          `${where}: callbacks[${i}] has an unknown hook '${hook}'; known: ${known.join(', ')}.`,
          { option: hook, allowed: known },
        )
      }
      if (hook !== 'name' && value !== undefined && typeof value !== 'function') {
        throw new NeuriteError(
          'INVALID_ARGUMENT',
          `${where}: callbacks[${i}].${hook} must be a function, got ${typeof value}.`,
        )
      }
    }
    const { name } = callback as Callback
    if (typeof name !== 'string' || name === '')
      throw new NeuriteError('INVALID_ARGUMENT', `${where}: callbacks[${i}] has no name.`)
    if (names.has(name))
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${where}: two callbacks are named '${name}'; give each a name of its own.`,
      )
    names.add(name)
  })
}
