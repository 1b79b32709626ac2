import { Worker } from 'node:worker_threads'
import type { ByteArray } from '@neurite/core'
import { connect, type Remote } from '@neurite/worker'
import type { ShardAnswer, ShardInput, TrialAnswer, TrialInput, TrialTasks } from './trial-tasks.js'

type OnCheckpoint = (bytes: ByteArray) => Promise<void>

/** A thread that runs one trial after another. */
export class TrialThread {
  readonly #remote: Remote<TrialTasks>
  /** Whether it can be given another trial. */
  alive = true

  constructor(module: string) {
    const address = new URL('./thread.js', import.meta.url)
    const thread = new Worker(address, { workerData: { module } })
    thread.on('exit', () => (this.alive = false))
    this.#remote = connect<TrialTasks>(thread, { address })
  }

  names(): Promise<{ readonly objectives: string[]; readonly trainings: string[] }> {
    return this.#remote.call('names')
  }

  /** @param onCheckpoint - told of each checkpoint; the trial goes on when it is done */
  run(input: TrialInput, onCheckpoint: OnCheckpoint): Promise<TrialAnswer> {
    return this.#follow(this.#remote.stream('run', input), onCheckpoint)
  }

  /** As {@link run}, for a round of a shard. */
  train(input: ShardInput, onCheckpoint: OnCheckpoint): Promise<ShardAnswer> {
    return this.#follow(this.#remote.stream('train', input), onCheckpoint)
  }

  async #follow<T>(stream: AsyncGenerator<ByteArray, T, undefined>, onCheckpoint: OnCheckpoint): Promise<T> {
    try {
      for (;;) {
        const next = await stream.next()
        if (next.done === true) return next.value
        await onCheckpoint(next.value)
      }
    } catch (error) {
      // Nobody knows what the objective still does.
      this.end()
      throw error
    }
  }

  /** Asks the trial to save a checkpoint and end. */
  async stop(): Promise<void> {
    await this.#remote.call('stop').catch(() => undefined)
  }

  /** Ends the thread at once, whatever it does. */
  end(): void {
    this.alive = false
    this.#remote.dispose()
  }
}
