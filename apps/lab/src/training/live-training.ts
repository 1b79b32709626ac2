import { disposeTree, NeuriteError, tensor, type Backend, type Tensor } from '@neurite/core'
import { lossFromConfig, type Loss } from '@neurite/losses'
import { layerFromConfig, type Layer } from '@neurite/nn'
import { optimizerFromConfig } from '@neurite/optimizers'
import { fit, type Callback, type Checkpoint, type IterationEvent, type Run } from '@neurite/train'
import { firstDifference, setByHand } from './edits.js'
import { LAB_LAYERS } from './layers.js'
import { look } from './look.js'
import { backendNamed } from './named.js'
import type { Edit, Frame, Look, Rows, TrainingSpec } from './spec.js'

/** The rows of a training on its backend, uploaded once. */
export interface Uploaded {
  readonly x: Tensor
  readonly y: Tensor
}

/** More than a lab ever runs: fit asks for a number. */
const ENDLESS = 1_000_000
/** How many checkpoints are kept; when there are more, every second one goes. */
const MOST_KEPT = 64

/**
 * A `fit` that is driven step by step: it rests at a gate after each step until it is sent on. Checkpoints are kept sparsely; any iteration is
 * found again by going on from the one before it, since a seed gives the same bits.
 */
export class LiveTraining {
  readonly model: Layer
  readonly loss: Loss
  readonly spec: TrainingSpec
  readonly backend: Backend
  readonly train: Uploaded
  readonly test: Uploaded | undefined
  #run: Run | undefined
  #left = 0
  #deadline = Infinity
  #iteration = 0
  #from = 0
  #losses: number[] = []
  #seconds = 0
  #stepped = 0
  #stopped: string | undefined
  #closing = false
  #openGate: (() => void) | undefined
  #reached: (() => void) | undefined
  #ended: Promise<void> = Promise.resolve()
  readonly #kept = new Map<number, Checkpoint>()
  #spacing = 16
  #edits: readonly Edit[]

  private constructor(spec: TrainingSpec, backend: Backend) {
    this.spec = spec
    this.backend = backend
    this.#edits = spec.edits ?? []
    this.model = layerFromConfig(spec.model, { builders: LAB_LAYERS })
    this.loss = lossFromConfig(spec.loss)
    const indices = this.loss.targets === 'indices'
    const upload = ({ x, y }: Rows): Uploaded => ({
      x: tensor(x.data, { shape: x.shape, backend }),
      // As fit reads host data: class indices are whole, all else is as the prediction is, one number a row a column of its own.
      y: indices
        ? tensor(Int32Array.from(y.data), { shape: y.shape, backend })
        : tensor(Float32Array.from(y.data), { shape: y.shape.length === 1 ? [...y.shape, 1] : y.shape, backend }),
    })
    this.train = upload(spec.data)
    this.test = spec.test && upload(spec.test)
  }

  /** At iteration 0, with the weights of the seed. */
  static async open(spec: TrainingSpec): Promise<LiveTraining> {
    const training = new LiveTraining(spec, await backendNamed(spec.backend ?? 'cpu'))
    await training.#start(undefined)
    return training
  }

  get iteration(): number {
    return this.#iteration
  }

  get run(): Run {
    return this.#run!
  }

  /** Makes at most `steps` steps, and stops sooner after `milliseconds`, but not before one. */
  async advance(steps: number, milliseconds = Infinity): Promise<void> {
    if (this.#stopped !== undefined || steps === 0) return
    const began = performance.now()
    const before = this.#iteration
    this.#left = steps
    this.#deadline = began + milliseconds
    const reached = new Promise<void>((resolve) => (this.#reached = resolve))
    this.#openGate?.()
    await reached
    this.#seconds += (performance.now() - began) / 1000
    this.#stepped += this.#iteration - before
  }

  /** Back or forth to an iteration, by the same steps as before. */
  async goTo(iteration: number): Promise<void> {
    if (iteration < this.#iteration || this.#stopped !== undefined) await this.#rewind(iteration)
    await this.advance(iteration - this.#iteration)
  }

  /** Sets other numbers by hand, and comes to where it is with them. */
  async edit(edits: readonly Edit[]): Promise<void> {
    const from = firstDifference(this.#edits, edits)
    const at = this.#iteration
    this.#edits = edits
    for (const kept of this.#kept.keys()) if (kept >= from) this.#kept.delete(kept)
    if (from > at) return
    await this.#rewind(from)
    await this.advance(at - this.#iteration)
  }

  /** To the last checkpoint that is not after this iteration. */
  async #rewind(iteration: number): Promise<void> {
    const near = Math.max(0, ...[...this.#kept.keys()].filter((kept) => kept <= iteration))
    await this.#end()
    await this.#start(this.#kept.get(near))
  }

  /** Where it stands; the losses since the last frame are handed over. */
  async frame(wanted: Look): Promise<Frame> {
    const seen = this.#stopped === undefined ? await look(this, wanted) : {}
    const frame: Frame = {
      iteration: this.#iteration,
      epoch: Math.floor(this.#iteration / this.iterationsPerEpoch),
      from: this.#from,
      losses: this.#losses,
      rate: this.#seconds === 0 ? 0 : this.#stepped / this.#seconds,
      ...seen,
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
    }
    this.#from = this.#iteration
    this.#losses = []
    if (this.#seconds > 1) this.#seconds = this.#stepped = 0
    return frame
  }

  get iterationsPerEpoch(): number {
    const rows = this.spec.data.x.shape[0]!
    const { batchSize } = this.spec
    return batchSize === 'full' ? 1 : Math.ceil(rows / Math.min(rows, batchSize))
  }

  async close(): Promise<void> {
    await this.#end()
    disposeTree([this.train, this.test])
    this.backend.dispose()
  }

  async #start(from: Checkpoint | undefined): Promise<void> {
    this.#closing = false
    this.#stopped = undefined
    this.#iteration = this.#from = from?.progress.iteration ?? 0
    this.#losses = []
    const { optimizer, batchSize, order, seed } = this.spec
    const rested = new Promise<void>((resolve) => (this.#reached = resolve))
    const training = fit(this.model, this.train, {
      loss: this.loss,
      optimizer: optimizerFromConfig(optimizer),
      epochs: ENDLESS,
      batchSize,
      seed,
      ...(order !== undefined && { order }),
      ...(from !== undefined && { resume: from }),
      callbacks: [this.#gate()],
      onWarning: () => undefined,
    })
    this.#ended = training.then(
      ({ params, state, optimizerState }) => disposeTree([params, state, optimizerState]),
      (error: unknown) => {
        this.#stopped = error instanceof Error ? error.message : String(error)
        this.#reached?.()
      },
    )
    await rested
    if (this.#stopped !== undefined) throw new NeuriteError('INVALID_ARGUMENT', this.#stopped)
  }

  async #end(): Promise<void> {
    this.#closing = true
    this.#openGate?.()
    await this.#ended
  }

  #gate(): Callback {
    return {
      name: 'gate',
      onTrainBegin: async (run) => {
        this.#run = run
        this.#left = 0
        await setByHand(run, this.#edits, this.#iteration)
        await this.#rest(run)
      },
      onIteration: async ({ iteration, loss }: IterationEvent, run) => {
        this.#iteration = iteration + 1
        this.#losses.push(loss)
        this.#left--
        await setByHand(run, this.#edits, this.#iteration)
        if (this.#iteration % this.#spacing === 0 && !this.#kept.has(this.#iteration)) run.capture(this.#keep)
        await this.#rest(run)
      },
    }
  }

  /** Waits until it is sent on. */
  async #rest(run: Run): Promise<void> {
    while (!this.#closing && (this.#left <= 0 || performance.now() > this.#deadline)) {
      this.#left = 0
      const sent = new Promise<void>((resolve) => (this.#openGate = resolve))
      this.#reached?.()
      await sent
      this.#deadline = Math.max(this.#deadline, performance.now() + 1)
    }
    if (this.#closing) run.stop('closed')
  }

  readonly #keep = (checkpoint: Checkpoint): void => {
    this.#kept.set(checkpoint.progress.iteration, checkpoint)
    if (this.#kept.size <= MOST_KEPT) return
    this.#spacing *= 2
    for (const iteration of this.#kept.keys()) if (iteration % this.#spacing !== 0) this.#kept.delete(iteration)
  }
}
