import { setLearningRate, type Optimizer } from '@neurite/optimizers'
import {
  all,
  disposeTree,
  isFinite as isFiniteTensor,
  isFloating,
  logicalAnd,
  NeuriteError,
  tensorsIn,
  tidy,
  type Backend,
  type Tensor,
  type Tree,
} from '@neurite/core'
import type { Callback, CheckpointSink, EpochEvent, IterationEvent, Run, Snapshot } from '../../callbacks/callback.js'
import { restoreTree, storeTree, type Checkpoint } from '../../checkpoint/checkpoint.js'
import { emptyHistory } from './history.js'
import { atStart, type Progress } from './progress.js'
import { checkAlike } from '../step/start.js'
import { snapshot } from '../step/run-steps.js'
import type { Stepper } from '../step/stepper.js'

/** What has to be known to tell callbacks about a run. */
export interface SessionParts {
  readonly optimizer: Optimizer
  readonly stepper: Stepper
  readonly backend: Backend
  readonly callbacks: readonly Callback[]
  readonly epochs: number
  readonly metrics: readonly string[]
  readonly measured: Run['measured']
  /** What a checkpoint must share with the run that goes on from it. */
  readonly about: () => Promise<Checkpoint['run']>
}

/** One run of fit: its progress, its history, and what callbacks may do to it. */
export class Session implements Run {
  readonly backend: Backend
  readonly epochs: number
  readonly measured: Run['measured']
  readonly history: ReturnType<typeof emptyHistory>
  readonly progress: Progress = atStart()
  readonly callbacks: readonly Callback[]
  stoppedBy: string | undefined
  readonly #about: SessionParts['about']
  readonly #sinks: CheckpointSink[] = []
  readonly #abortSinks: CheckpointSink[] = []
  readonly #stepper: Stepper
  readonly #optimizer: Optimizer
  readonly #watchers: readonly Callback[]

  constructor({ stepper, optimizer, backend, callbacks, epochs, metrics, measured, about }: SessionParts) {
    this.#stepper = stepper
    this.#optimizer = optimizer
    this.backend = backend
    this.callbacks = callbacks
    this.epochs = epochs
    this.measured = measured
    this.#about = about
    this.history = emptyHistory(metrics)
    this.#watchers = callbacks.filter((callback) => callback.onIteration !== undefined)
  }

  get params(): Tree {
    return this.#stepper.current.params
  }

  get state(): Tree {
    return this.#stepper.current.state
  }

  get optimizerState(): Tree {
    return this.#stepper.current.optimizerState
  }

  /** Whether anybody wants to hear of iterations. */
  get watched(): boolean {
    return this.#watchers.length > 0
  }

  stop(reason: string): void {
    this.stoppedBy ??= reason
  }

  snapshot(): Snapshot {
    const { epoch, step } = this.progress
    return { epoch: step === 0 ? epoch - 1 : epoch, params: snapshot(this.params), state: snapshot(this.state) }
  }

  restore({ epoch, params, state }: Snapshot): void {
    try {
      checkAlike({ params: this.params, state: this.state }, { params, state })
    } catch (error) {
      disposeTree([params, state])
      throw error
    }
    this.#stepper.replace({ params, state })
    this.progress.bestEpoch = epoch
  }

  get adjustable(): boolean {
    return this.#optimizer.withLearningRate !== undefined
  }

  setLearningRate(value: number): void {
    this.#stepper.replace({ optimizerState: setLearningRate(this.#optimizer, this.optimizerState, value) })
  }

  capture(sink: CheckpointSink): void {
    this.#sinks.push(sink)
  }

  captureOnAbort(sink: CheckpointSink): void {
    this.#abortSinks.push(sink)
  }

  /** The run as it is. Nothing may be pending. */
  async checkpoint(): Promise<Checkpoint> {
    const callbacks: Record<string, Checkpoint['callbacks'][string]> = {}
    for (const { name, save } of this.callbacks) {
      const memory = save?.()
      if (memory === undefined) continue
      callbacks[name] = {
        data: memory.data,
        ...(memory.tensors === undefined ? {} : { tensors: await storeTree(memory.tensors) }),
      }
    }
    return {
      run: await this.#about(),
      progress: { ...this.progress },
      // Who goes on after an abort does not want to be stopped by it again.
      stoppedBy: this.stoppedBy === 'signal' ? null : (this.stoppedBy ?? null),
      history: mapHistory(this.history),
      params: await storeTree(this.params),
      state: await storeTree(this.state),
      optimizerState: await storeTree(this.optimizerState),
      callbacks,
    }
  }

  /** Goes on from a checkpoint, whose params and states the stepper has already. */
  resume({ progress, history, stoppedBy, callbacks }: Checkpoint): void {
    Object.assign(this.progress, progress)
    this.stoppedBy = stoppedBy ?? undefined
    for (const name of Object.keys(this.history)) this.history[name] = [...(history[name] ?? [])]
    for (const callback of this.callbacks) {
      const memory = Object.hasOwn(callbacks, callback.name) ? callbacks[callback.name] : undefined
      if (memory === undefined || callback.load === undefined) continue
      const tensors = memory.tensors && restoreTree(memory.tensors, this.backend)
      try {
        callback.load({ data: memory.data, ...(tensors && { tensors }) })
      } catch (error) {
        disposeTree(tensors)
        const message = `fit: resume: the callback '${callback.name}' cannot take back what the checkpoint holds of it; resume with the callbacks that it was made with.`
        throw new NeuriteError('BAD_CHECKPOINT', message, { callback: callback.name }, error)
      }
    }
  }

  /** Hands over what was asked for, now that every callback has done its part. */
  async #deliver(sinks: CheckpointSink[]): Promise<void> {
    if (sinks.length === 0) return
    const taken = await this.checkpoint()
    for (const sink of sinks.splice(0)) await sink(taken)
  }

  async begin(from: Checkpoint | undefined): Promise<void> {
    for (const callback of this.callbacks) await callback.onTrainBegin?.(this)
    if (from !== undefined) this.resume(from)
  }

  /** After the last step, before callbacks change anything. */
  async pause(): Promise<void> {
    if (this.stoppedBy === 'signal') await this.#deliver(this.#abortSinks)
  }

  async beginEpoch(): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochBegin?.(this.progress.epoch, this)
  }

  async tellIteration(event: IterationEvent): Promise<void> {
    for (const callback of this.#watchers) await callback.onIteration?.(event, this)
    await this.#deliver(this.#sinks)
  }

  async tellEpoch(event: EpochEvent): Promise<void> {
    for (const callback of this.callbacks) await callback.onEpochEnd?.(event, this)
    await this.#deliver(this.#sinks)
  }

  /** Every callback hears of the end, whatever others do with it. */
  async end(failure: { readonly error: unknown } | undefined): Promise<void> {
    let first: { readonly error: unknown } | undefined
    for (const callback of this.callbacks) {
      try {
        await (failure === undefined ? callback.onTrainEnd?.(this) : callback.onTrainEnd?.(this, failure.error))
      } catch (error) {
        first ??= { error }
      }
    }
    if (failure === undefined && first !== undefined) throw first.error
  }

  /** @throws NeuriteError `NON_FINITE` if the last update left params that no loss has seen yet, and they are not finite */
  async checkParams(): Promise<void> {
    if (await areFinite(this.params)) return
    const error = await this.#stepper.explainParams()
    if (error !== undefined) throw error
  }

  /** What the losses do not show: a state of the optimizer that is not finite, whose params never move again. */
  async stateWarning(): Promise<string | undefined> {
    if (await areFinite(this.optimizerState)) return undefined
    return "the optimizer's state is not finite: the square of a gradient was more than its dtype holds, and params may stand still from then on; scale the features (standardScaler), or put clipByGlobalNorm before the optimizer."
  }
}

/** Whether all numbers are finite: one verdict is waited for. */
async function areFinite(tree: Tree): Promise<boolean> {
  const verdict = tidy(() =>
    tensorsIn(tree)
      .filter(({ dtype }) => isFloating(dtype))
      .map((leaf) => all(isFiniteTensor(leaf)))
      .reduce<Tensor | undefined>((both, one) => (both === undefined ? one : logicalAnd(both, one)), undefined),
  )
  if (verdict === undefined) return true
  try {
    return (await verdict.item()) !== 0
  } finally {
    verdict.dispose()
  }
}

function mapHistory(history: Readonly<Record<string, readonly number[]>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(history).map(([name, values]) => [name, [...values]]))
}
