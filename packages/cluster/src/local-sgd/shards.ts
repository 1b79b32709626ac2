import type { Dispatch, Handled } from '../queue/dispatch.js'
import type { Connection } from '../store/database.js'
import type { Held, RoundKey } from '../store/trial-key.js'
import { closeRound, type Closed } from './close.js'
import type { ShardResult, ShardRound } from './local-training.js'
import type { Parts } from './parts.js'
import { partOf, Rounds } from './rounds.js'
import type { TrainingSpec } from './spec.js'

/** What a worker does for trainings: it gets shards what they begin with, keeps what they come to, and closes rounds. */
export class Shards {
  readonly #connection: Connection
  readonly #rounds: Rounds
  readonly #parts: Parts
  readonly #dispatch: Dispatch
  readonly #worker: string

  constructor(connection: Connection, parts: Parts, dispatch: Dispatch, worker: string) {
    this.#connection = connection
    this.#rounds = new Rounds(connection)
    this.#parts = parts
    this.#dispatch = dispatch
    this.#worker = worker
  }

  /** @param checkpoint - of the round, if it was interrupted */
  async input(held: Held, { seed, settings }: TrainingSpec, checkpoint: Uint8Array | undefined): Promise<ShardRound> {
    const { study, round, id } = held
    const { shards, steps, keepOptimizer } = settings
    const last = await this.#rounds.lastOf(held)
    return {
      ...{ seed, shard: id, shards, keepOptimizer, checkpoint },
      steps: round === 0 ? 0 : steps,
      model: await this.#parts.load({ study, round: round - 1, name: 'model' }),
      // What the first round came to is the params alone.
      own: last === undefined || last.round === 0 ? undefined : await this.#parts.load(last),
    }
  }

  /** @returns false if it came too late, or somebody else has the shard by now */
  async contribute(held: Held, { loss, bytes }: ShardResult, seconds: number): Promise<boolean> {
    const key = { study: held.study, round: held.round, name: partOf(held.id) }
    const part = await this.#parts.store(key, bytes, held.fence)
    const kept = await this.#rounds.contribute(held, this.#worker, loss, seconds, part)
    if (!kept && part.data === null) await this.#parts.discard(key, part)
    return kept
  }

  /**
   * Closes a round, if it can be closed, and hands out the next one.
   *
   * @param patience - ms after which a round that could not be closed is looked at again
   */
  async close(key: RoundKey, patience: number): Promise<{ readonly handled: Handled; readonly closed: Closed }> {
    const closed = await closeRound(this.#connection, this.#parts, key)
    if (closed.kind === 'open') return { handled: { later: Math.min(closed.wait ?? patience, patience) }, closed }
    await this.#dispatch.forgetDeadline(key)
    // Also where another has closed it: that one may have ended before it could tell.
    await tellRound(this.#rounds, this.#dispatch, key.study)
    return { handled: 'done', closed }
  }
}

/**
 * Tells the training's queue of the round that is open.
 *
 * @param again - also if somebody has begun with it
 */
export async function tellRound(rounds: Rounds, dispatch: Dispatch, study: string, again = false): Promise<void> {
  const open = await rounds.open(study)
  if (open !== undefined && (open.fresh || again))
    await dispatch.to(open.queue).addRound(open, open.waiting, open.deadline)
}
