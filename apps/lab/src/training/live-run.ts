import { batch, computed, effect, signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals'
import { calm } from '../app/theme.js'
import { inWorker } from '../worker/remote.js'
import { USUAL } from './backend.js'
import { Rest } from './rest.js'
import type { BackendName, Edit, Frame, Look, TrainingSpec } from './spec.js'

const worker = inWorker<typeof import('./tasks.js')>('training')

/** How many steps a frame makes at most, and for how long it may compute so that the page keeps its pace. */
export const SPEEDS = [1, 2, 5, 10, 25, 100] as const
const BUDGET_MS = 14
/** And on the way to an iteration that a link asks for: it is to be there soon, and seen to come. */
const [STRIDE, STRIDE_MS] = [1000, 50]

export interface LiveRunOptions {
  /** What is trained. A change of it begins anew. */
  readonly spec: ReadonlySignal<TrainingSpec>
  /** What each frame is to show. */
  readonly look: () => Look
  /** Numbers that are set by hand. A change of them changes what comes after, and leaves the training where it is. */
  readonly edits?: ReadonlySignal<readonly Edit[]>
  /** Whether training begins by itself. Default true, where things may move. */
  readonly autoplay?: boolean
  /** Steps a frame at first. Default 1. */
  readonly speed?: number
  /** Pauses here once; played again, it goes on. Default: it goes on until somebody pauses it. */
  readonly until?: number
  /**
   * What the link says of it: the iteration at which it rests, 0 while it plays. Set by a link or an undo, it is gone to: by the same steps,
   * and so with the same bits.
   */
  readonly rest?: Signal<number>
  /** The backend that is asked for, as the link says it. A change of it changes nothing else. Default: the usual one. */
  readonly backend?: Signal<BackendName>
}

/** How a training begins: whether it plays, or the iteration at which it is to rest. */
interface Beginning {
  readonly plays: boolean
  readonly goal: number
}

/**
 * A training as the page sees it: driven frame by frame in the worker, and everything that a picture of it needs as signals.
 * The page sets the pace: it asks for the next frame when it has shown the last.
 */
export class LiveRun {
  readonly frame = signal<Frame | undefined>(undefined)
  readonly playing = signal(false)
  readonly speed = signal(1)
  /** The loss of each iteration's batch, up to the furthest that was reached. */
  readonly losses = signal<readonly number[]>([])
  /** Whole-set measures, as they were at the frames shown. */
  readonly measures = signal<readonly Measure[]>([])
  /** The furthest iteration that was reached: the timeline's end. */
  readonly furthest = signal(0)
  /** The backend that is asked for. */
  readonly asked: Signal<BackendName>
  /** That on which it trains now. */
  readonly backend = signal<BackendName | undefined>(undefined)
  /** Why the one that was asked for last cannot run here. */
  readonly refused = signal<{ readonly name: BackendName; readonly reason: string } | undefined>(undefined)
  readonly failure = signal<string | undefined>(undefined)
  readonly iteration = computed(() => this.frame.value?.iteration ?? 0)
  readonly #options: LiveRunOptions
  readonly #rest: Rest
  #id: number | undefined
  #generation = 0
  #queue: Promise<void> = Promise.resolve()
  /** What is trained now. */
  #spec: TrainingSpec | undefined
  #backend: BackendName | undefined
  /** What is to happen once it is opened. */
  #opening: Beginning | undefined
  /** Which call of `play` the loop is of. */
  #turn = 0
  /** Where it pauses by itself. */
  #until = Infinity
  /** Whether it hurries there, since a link asks for it. */
  #hurried = false

  constructor(options: LiveRunOptions) {
    this.#options = options
    this.#rest = new Rest(options.rest)
    this.speed.value = options.speed ?? 1
    this.asked = options.backend ?? signal(USUAL)
  }

  /** Runs while the lab is open; returns what ends it. */
  start(): () => void {
    this.#spec = undefined
    this.#rest.reopen()
    const stopEdits = effect(() => {
      const edits = this.#options.edits?.value
      if (edits !== undefined) untracked(() => void this.#edit(edits))
    })
    const stop = effect(() => {
      const spec = this.#options.spec.value
      const backend = this.asked.value
      const { told } = this.#rest
      untracked(() => this.#follow(spec, backend, told))
    })
    return () => {
      stop()
      stopEdits()
      this.playing.value = this.#hurried = false
      this.#generation++
      void this.#enqueue(() => this.#close())
    }
  }

  play(): void {
    if (this.playing.peek() || this.frame.peek()?.stopped !== undefined) return
    const { until = Infinity } = this.#options
    this.#until = this.iteration.peek() < until ? until : Infinity
    this.#go()
  }

  pause(): void {
    this.playing.value = this.#hurried = false
    this.#say()
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

  /** Goes on with another backend, where that can run here. */
  choose(backend: BackendName): void {
    this.refused.value = undefined
    this.asked.value = backend
  }

  /** To any iteration, back or forth. */
  goTo(iteration: number): Promise<void> {
    this.pause()
    return this.#ask((id) => worker.call('goTo', { id, iteration, look: this.#options.look() }))
  }

  /** Of edits that come faster than they are made, the last are made. What was known of later iterations is true no more. */
  #edit(edits: readonly Edit[]): Promise<void> {
    return this.#enqueue(async () => {
      const [id, generation] = [this.#id, this.#generation]
      if (id === undefined || edits !== this.#options.edits?.peek()) return
      const frame = await worker.call('edit', { id, edits, look: this.#options.look() })
      if (generation !== this.#generation) return
      const { iteration, from } = frame
      batch(() => {
        this.losses.value = this.losses.peek().slice(0, iteration)
        this.measures.value = this.measures.peek().filter((measure) => measure.iteration <= from)
        this.furthest.value = iteration
        this.#show(frame)
      })
    })
  }

  /** Looks again where it stands, after what is looked at has changed. */
  refresh(): Promise<void> {
    return this.#ask((id) => worker.call('advance', { id, steps: 0, look: this.#options.look() }))
  }

  /** From the beginning, with the same seed. */
  restart(): void {
    this.#begin(this.#options.spec.peek(), { plays: this.playing.peek(), goal: 0 })
  }

  /** After a change of what is trained, or when a link tells where it is to rest. */
  #follow(spec: TrainingSpec, backend: BackendName, told: number | undefined): void {
    const [first, changed] = [this.#spec === undefined, this.#spec !== spec]
    const autoplays = this.#options.autoplay !== false && !calm.matches
    if (changed || backend !== this.#backend) {
      // A change of the spec begins anew. What rests, rests at the same iteration on another backend; one that cannot run here leaves to
      // the next what it was to do.
      const resting = this.playing.peek() ? 0 : this.iteration.peek()
      const goal = told ?? (changed ? 0 : (this.#opening?.goal ?? resting))
      this.#spec = spec
      this.#backend = backend
      this.#begin(spec, { plays: first ? autoplays : this.playing.peek() || this.#opening?.plays === true, goal })
    } else if (told === 0) this.#begin(spec, { plays: autoplays, goal: 0 })
    else if (told !== undefined) void this.goTo(told)
  }

  #begin(spec: TrainingSpec, beginning: Beginning): void {
    const generation = ++this.#generation
    const { plays, goal } = beginning
    this.playing.value = this.#hurried = false
    this.#opening = beginning
    this.#rest.say(goal)
    void this.#enqueue(async () => {
      await this.#close()
      if (generation !== this.#generation) return
      const { id, frame, backend } = await this.#open(spec, this.asked.peek())
      this.#id = id
      if (generation !== this.#generation) return
      this.#opening = undefined
      batch(() => {
        this.losses.value = []
        this.measures.value = []
        this.furthest.value = 0
        this.failure.value = undefined
        this.backend.value = backend
        this.#show(frame)
      })
      if (goal > 0) this.#hurryTo(goal)
      else if (plays) this.play()
    })
  }

  /** Trains to an iteration as fast as the page allows, and rests there. */
  #hurryTo(goal: number): void {
    if (calm.matches) return void this.goTo(goal)
    this.#until = goal
    this.#hurried = true
    this.#go()
  }

  #go(): void {
    this.playing.value = true
    this.#say()
    const turn = ++this.#turn
    requestAnimationFrame(() => void this.#loop(turn))
  }

  /** Tells the link where it rests. On the way to where a link wants it, that is said already. */
  #say(): void {
    if (!this.#hurried && this.#opening === undefined) this.#rest.say(this.playing.peek() ? 0 : this.iteration.peek())
  }

  /** On the backend that was asked for; where that cannot run, the page says why and goes on with what it had, at first with cpu. */
  async #open(spec: TrainingSpec, backend: BackendName): Promise<{ id: number; frame: Frame; backend: BackendName }> {
    const look = this.#options.look()
    try {
      return {
        ...(await worker.call('open', { spec: { ...spec, backend, edits: this.#options.edits?.peek() ?? [] }, look })),
        backend,
      }
    } catch (error) {
      if (backend === 'cpu') throw error
      this.refused.value = { name: backend, reason: error instanceof Error ? error.message : String(error) }
      const before = this.backend.peek()
      const next = before === undefined || before === backend ? 'cpu' : before
      this.asked.value = next
      return this.#open(spec, next)
    }
  }

  async #loop(turn: number): Promise<void> {
    while (this.playing.peek() && turn === this.#turn) {
      const shown = nextFrame()
      const [most, milliseconds] = this.#hurried ? [STRIDE, STRIDE_MS] : [this.speed.peek(), BUDGET_MS]
      const steps = Math.max(0, Math.min(most, this.#until - this.iteration.peek()))
      if (steps === 0) return this.pause()
      await this.#ask((id) => worker.call('advance', { id, steps, milliseconds, look: this.#options.look() }))
      await shown
    }
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
      // Gone back, what came after is known still.
      const passed = this.losses.peek()
      if (losses.length > 0)
        this.losses.value = [...passed.slice(0, from), ...losses, ...passed.slice(from + losses.length)]
      this.furthest.value = Math.max(this.furthest.peek(), iteration)
      const known = this.measures.peek()
      if (trainLoss !== undefined && iteration > (known.at(-1)?.iteration ?? -1))
        this.measures.value = thin([...known, { iteration, trainLoss, testLoss, trainAccuracy, testAccuracy }])
      if (frame.stopped !== undefined) this.pause()
      this.#say()
    })
  }

  /** One call at a time, in order. */
  #enqueue(act: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(act).catch((error: unknown) => {
      this.#opening = undefined
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
