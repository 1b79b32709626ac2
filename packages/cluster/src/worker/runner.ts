import { NeuriteError, type ByteArray } from '@neurite/core'
import type { Handled } from '../queue/dispatch.js'
import type { Checkpoints } from '../store/checkpoints.js'
import { isTraining } from '../local-sgd/spec.js'
import type { Missing } from '../local-sgd/rounds.js'
import type { Shards } from '../local-sgd/shards.js'
import { nameOf, type Held, type RoundKey, type TrialKey } from '../store/trial-key.js'
import type { Started, Trials } from '../store/trials.js'
import type { ShardAnswer, TrialAnswer } from './trial-tasks.js'
import { TrialThread } from './trial-thread.js'

/** What happens in a worker. */
export type WorkerEvent =
  | { readonly kind: 'started' | 'finished' | 'stopped' | 'lost' | 'refused'; readonly trial: string }
  | { readonly kind: 'failed' | 'parked'; readonly trial: string; readonly message: string }
  /** Of a training: without which shards a round was closed, or why its training cannot go on. */
  | { readonly kind: 'closed'; readonly round: string; readonly missing: readonly Missing[] }
  | { readonly kind: 'ended'; readonly round: string; readonly message: string }
  | { readonly kind: 'error'; readonly error: Error }

/** Settings of a runner. */
export interface RunnerSettings {
  /** The URL of the module with objectives. */
  readonly module: string
  readonly lease: number
  readonly attempts: number
  readonly grace: number
  readonly onEvent: (event: WorkerEvent) => void
}

/** A trial under way. */
interface Running {
  readonly held: Held
  readonly thread: TrialThread
  /** Another has it, or its study was cancelled. */
  lost: boolean
  /** The thread has answered: what is left is to record it. */
  answered: boolean
  /** The hash of its last checkpoint: what is in the store goes when the trial is over, and not before. */
  checkpoint: string | undefined
}

/** How much of a failure's text is kept. */
const LOG = 4000

/** Runs trials in threads, and keeps their leases. */
export class Runner {
  readonly #trials: Trials
  readonly #checkpoints: Checkpoints
  readonly #shards: Shards
  readonly #settings: RunnerSettings
  readonly #running = new Set<Running>()
  readonly #idle: TrialThread[] = []
  readonly #stopping = new AbortController()
  #names: Awaited<ReturnType<TrialThread['names']>> = { objectives: [], trainings: [] }
  #heart: NodeJS.Timeout | undefined
  #beating = false

  constructor(trials: Trials, checkpoints: Checkpoints, shards: Shards, settings: RunnerSettings) {
    this.#trials = trials
    this.#checkpoints = checkpoints
    this.#shards = shards
    this.#settings = settings
  }

  /** Loads the objectives once, so that a mistake in their module is told at once. */
  async begin(): Promise<void> {
    const thread = new TrialThread(this.#settings.module)
    this.#names = await thread.names()
    this.#idle.push(thread)
    this.#heart = setInterval(() => void this.#beat(), this.#settings.lease / 4)
  }

  async handle(key: TrialKey): Promise<Handled> {
    if (this.#stopping.signal.aborted) return 'again'
    const { attempts, lease, onEvent } = this.#settings
    const started = await this.#trials.start(key, attempts)
    if (!('over' in started) && this.#stopping.signal.aborted) return this.#backToQueue(started, nameOf(key))
    if ('over' in started) {
      if (started.over) return 'done'
      // Its worker lives, as far as the database can tell: a queue whose clocks differ has handed it out early.
      await this.#pause(Math.min(started.wait, lease / 2))
      return 'again'
    }
    const trial = nameOf(key)
    const kind = isTraining(started.spec) ? 'training' : 'objective'
    const names = this.#names[`${kind}s`]
    if (!names.includes(started.spec.objective)) {
      const message = `there is no ${kind} '${started.spec.objective}' here; this worker has ${names.join(', ') || 'none'}`
      onEvent({ kind: 'failed', trial, message })
      await this.#trials.giveBack(started)
      await this.#pause(lease / 2)
      return 'again'
    }
    onEvent({ kind: 'started', trial })
    return this.#run(started, trial)
  }

  /** Closes a round of a training, if it can be closed. */
  async close(key: RoundKey): Promise<Handled> {
    if (this.#stopping.signal.aborted) return 'again'
    const { lease, onEvent } = this.#settings
    try {
      const { handled, closed } = await this.#shards.close(key, lease)
      const round = `${key.study}-${key.round}`
      if (closed.kind === 'closed') onEvent({ kind: 'closed', round, missing: closed.missing })
      if (closed.kind === 'failed') onEvent({ kind: 'ended', round, message: closed.message })
      return handled
    } catch (error) {
      onEvent({ kind: 'error', error: error as Error })
      return 'failed'
    }
  }

  /** Asks the trials under way to save and end, and ends them when their grace is over. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#running].map(({ thread }) => thread.stop()))
    const end = (): void => this.#running.forEach(({ thread }) => thread.end())
    const timer = setTimeout(end, this.#settings.grace)
    while (this.#running.size > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    clearTimeout(timer)
    clearInterval(this.#heart)
    this.#idle.splice(0).forEach((thread) => thread.end())
  }

  async #run(started: Started, trial: string): Promise<Handled> {
    const { onEvent, attempts } = this.#settings
    const running: Running = {
      held: started,
      thread: this.#takeThread(),
      lost: false,
      answered: false,
      checkpoint: undefined,
    }
    this.#running.add(running)
    const begun = performance.now()
    const seconds = (): number => (performance.now() - begun) / 1000
    try {
      const answer = await this.#judge(started, running)
      running.answered = true
      if (answer === null) return await this.#backToQueue(started, trial)
      const kept =
        'bytes' in answer
          ? await this.#shards.contribute(started, answer, seconds())
          : await this.#trials.finish(started, { value: null, error: null, ...answer, seconds: seconds() })
      if (kept) await this.#checkpoints.forget(started, running.checkpoint)
      onEvent({ kind: kept ? 'finished' : 'refused', trial })
      return 'done'
    } catch (error) {
      if (running.lost) {
        onEvent({ kind: 'lost', trial })
        return 'done'
      }
      if (this.#stopping.signal.aborted) return await this.#backToQueue(started, trial)
      const message = textOf(error)
      if (started.attempts >= attempts) {
        const parked = `parked after ${started.attempts} attempts: ${message}`
        const kept = await this.#trials.park(started, { value: null, error: parked, seconds: seconds() })
        if (kept) await this.#checkpoints.forget(started, running.checkpoint)
        onEvent({ kind: 'parked', trial, message })
        return 'done'
      }
      onEvent({ kind: 'failed', trial, message })
      await this.#trials.failed(started, message)
      return 'failed'
    } finally {
      this.#running.delete(running)
      if (running.thread.alive && !this.#stopping.signal.aborted) this.#idle.push(running.thread)
      else running.thread.end()
    }
  }

  async #judge(started: Started, running: Running): Promise<TrialAnswer | ShardAnswer> {
    const { spec, id, point, resource, hasCheckpoint } = started
    const before = hasCheckpoint ? await this.#checkpoints.load(started) : undefined
    running.checkpoint = before?.hash
    const save = async (bytes: ByteArray): Promise<void> => {
      const { kept, hash } = await this.#checkpoints.save(started, bytes, running.checkpoint)
      if (kept) running.checkpoint = hash
      else this.#lose(running)
    }
    const { thread } = running
    return isTraining(spec)
      ? thread.train({ training: spec.objective, round: await this.#shards.input(started, spec, before?.bytes) }, save)
      : thread.run({ study: spec, id, point, resource, checkpoint: before?.bytes }, save)
  }

  async #backToQueue(held: Held, trial: string): Promise<Handled> {
    await this.#trials.giveBack(held)
    this.#settings.onEvent({ kind: 'stopped', trial })
    return 'again'
  }

  /** Tells the database which trials are under way, and ends those that are no longer this worker's. */
  async #beat(): Promise<void> {
    const running = [...this.#running]
    // A database that is away for a while is not asked again and again meanwhile.
    if (running.length === 0 || this.#beating) return
    this.#beating = true
    try {
      const mine = new Set(
        (await this.#trials.touch(running.map(({ held }) => held))).map((held) => `${nameOf(held)}-${held.fence}`),
      )
      for (const each of running) {
        if (!each.answered && !mine.has(`${nameOf(each.held)}-${each.held.fence}`)) this.#lose(each)
      }
    } catch (error) {
      this.#settings.onEvent({ kind: 'error', error: error as Error })
    } finally {
      this.#beating = false
    }
  }

  #lose(running: Running): void {
    running.lost = true
    running.thread.end()
  }

  #takeThread(): TrialThread {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop()) if (thread.alive) return thread
    return new TrialThread(this.#settings.module)
  }

  /** Waits, but not when the worker is to stop. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
    })
  }
}

/** An objective's own error is the cause of the channel's. */
function textOf(error: unknown): string {
  const own = NeuriteError.isInstance(error) && error.code === 'TASK_FAILED' ? (error.cause ?? error) : error
  const text = own instanceof Error ? (own.stack ?? `${own.name}: ${own.message}`) : String(own)
  return text.slice(0, LOG)
}
