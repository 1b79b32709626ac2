import { batch, computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals'
import { calm } from '../app/theme.js'
import { inWorker } from '../worker/remote.js'
import { backendChoice, refusedBackend } from './backend.js'
import type { Frame, Look, TrainingSpec } from './spec.js'

const worker = inWorker<typeof import('./tasks.js')>('training')

/** How many steps a frame makes at most, and for how long it may compute so that the page keeps its pace. */
export const SPEEDS = [1, 2, 5, 10, 25, 100] as const
const BUDGET_MS = 14

export interface LiveRunOptions {
  /** What is trained. A change of it begins anew. */
  readonly spec: ReadonlySignal<TrainingSpec>
  /** What each frame is to show. */
  readonly look: () => Look
  /** Whether training begins by itself. Default true, where things may move. */
  readonly autoplay?: boolean
  /** Steps a frame at first. Default 1. */
  readonly speed?: number
  /** Pauses here. Default: it goes on until somebody pauses it. */
  readonly until?: number
}

/**
 * A training as the page sees it: driven frame by frame in the worker, and everything that a picture of it needs as signals.
 * The page sets the pace: it asks for the next frame when it has shown the last.
 */
export class LiveRun {
  readonly frame = signal<Frame | undefined>(undefined)
  readonly playing = signal(false)
  readonly speed = signal(1)
  /** The loss of each iteration's batch. */
  readonly losses = signal<readonly number[]>([])
  /** Whole-set measures, as they were at the frames shown. */
  readonly measures = signal<readonly Measure[]>([])
  /** The furthest iteration that was reached: the timeline's end. */
  readonly furthest = signal(0)
  readonly failure = signal<string | undefined>(undefined)
  readonly iteration = computed(() => this.frame.value?.iteration ?? 0)
  readonly #options: LiveRunOptions
  #id: number | undefined
  #generation = 0
  #queue: Promise<void> = Promise.resolve()

  constructor(options: LiveRunOptions) {
    this.#options = options
    this.speed.value = options.speed ?? 1
  }

  /** Runs while the lab is open; returns what ends it. */
  start(): () => void {
    const stop = effect(() => {
      const spec = { ...this.#options.spec.value, backend: backendChoice.value }
      untracked(() => this.#begin(spec))
    })
    return () => {
      stop()
      this.pause()
      this.#generation++
      void this.#enqueue(() => this.#close())
    }
  }

  play(): void {
    if (this.playing.peek() || this.frame.peek()?.stopped !== undefined) return
    this.playing.value = true
    requestAnimationFrame(() => void this.#loop(this.#generation))
  }

  pause(): void {
    this.playing.value = false
  }

  toggle(): void {
    if (this.playing.peek()) this.pause()
    else this.play()
  }

  /** One iteration, or more. */
  step(steps = 1): Promise<void> {
    this.pause()
    return this.#ask((id) => worker.call('advance', { id, steps, look: this.#options.look() }))
  }

  /** On to the end of the epoch. */
  async epoch(): Promise<void> {
    const each = iterationsPerEpoch(this.#options.spec.peek())
    await this.step(each - (this.iteration.peek() % each))
  }

  /** To any iteration, back or forth. */
  goTo(iteration: number): Promise<void> {
    this.pause()
    return this.#ask((id) => worker.call('goTo', { id, iteration, look: this.#options.look() }))
  }

  /** Looks again where it stands, after what is looked at has changed. */
  refresh(): Promise<void> {
    return this.#ask((id) => worker.call('advance', { id, steps: 0, look: this.#options.look() }))
  }

  /** From the beginning, with the same seed. */
  restart(): void {
    this.#begin({ ...this.#options.spec.peek(), backend: backendChoice.peek() })
  }

  #begin(spec: TrainingSpec): void {
    const generation = ++this.#generation
    const playing =
      this.playing.peek() || (this.frame.peek() === undefined && this.#options.autoplay !== false && !calm.matches)
    this.playing.value = false
    void this.#enqueue(async () => {
      await this.#close()
      if (generation !== this.#generation) return
      const { id, frame } = await this.#open(spec)
      this.#id = id
      if (generation !== this.#generation) return
      batch(() => {
        this.losses.value = []
        this.measures.value = []
        this.furthest.value = 0
        this.failure.value = undefined
        this.#show(frame)
      })
      if (playing) this.play()
    })
  }

  /** On the backend that was chosen; where that cannot run, the page says why and goes on with cpu. */
  async #open(spec: TrainingSpec): Promise<{ id: number; frame: Frame }> {
    const look = this.#options.look()
    try {
      return await worker.call('open', { spec, look })
    } catch (error) {
      const { backend: name = 'cpu' } = spec
      if (name === 'cpu') throw error
      refusedBackend.value = { name, reason: error instanceof Error ? error.message : String(error) }
      backendChoice.value = 'cpu'
      return worker.call('open', { spec: { ...spec, backend: 'cpu' }, look })
    }
  }

  async #loop(generation: number): Promise<void> {
    while (this.playing.peek() && generation === this.#generation) {
      const shown = nextFrame()
      const steps = this.#untilRest(this.speed.peek())
      if (steps === 0) return this.pause()
      await this.#ask((id) =>
        worker.call('advance', { id, steps, milliseconds: BUDGET_MS, look: this.#options.look() }),
      )
      await shown
    }
  }

  #untilRest(steps: number): number {
    const { until } = this.#options
    return until === undefined ? steps : Math.max(0, Math.min(steps, until - this.iteration.peek()))
  }

  #ask(call: (id: number) => Promise<Frame>): Promise<void> {
    return this.#enqueue(async () => {
      const [id, generation] = [this.#id, this.#generation]
      if (id === undefined) return
      const frame = await call(id)
      if (generation === this.#generation) this.#show(frame)
    })
  }

  #show(frame: Frame): void {
    batch(() => {
      const { iteration, from, losses, trainLoss, testLoss, trainAccuracy, testAccuracy } = frame
      this.frame.value = frame
      if (losses.length > 0) this.losses.value = [...this.losses.peek().slice(0, from), ...losses]
      this.furthest.value = Math.max(this.furthest.peek(), iteration)
      const known = this.measures.peek()
      if (trainLoss !== undefined && iteration > (known.at(-1)?.iteration ?? -1))
        this.measures.value = thin([...known, { iteration, trainLoss, testLoss, trainAccuracy, testAccuracy }])
      if (frame.stopped !== undefined) this.pause()
    })
  }

  /** One call at a time, in order. */
  #enqueue(act: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(act).catch((error: unknown) => {
      this.pause()
      this.failure.value = error instanceof Error ? error.message : String(error)
    })
    return this.#queue
  }

  async #close(): Promise<void> {
    const id = this.#id
    this.#id = undefined
    if (id !== undefined) await worker.call('close', { id })
  }
}

export interface Measure {
  readonly iteration: number
  readonly trainLoss: number
  readonly testLoss: number | undefined
  readonly trainAccuracy: number | undefined
  readonly testAccuracy: number | undefined
}

export function iterationsPerEpoch({ data, batchSize }: Pick<TrainingSpec, 'data' | 'batchSize'>): number {
  const rows = data.x.shape[0]!
  return batchSize === 'full' ? 1 : Math.ceil(rows / Math.min(rows, batchSize))
}

/** A chart of a few hundred points shows as much as one of thousands. */
const MOST_MEASURES = 400

function thin(measures: readonly Measure[]): readonly Measure[] {
  return measures.length <= MOST_MEASURES
    ? measures
    : measures.filter((_, i) => i % 2 === 0 || i === measures.length - 1)
}

const nextFrame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve))
