import type { ByteArray } from '@neurite/core'
import type { Study } from '@neurite/search'
import type { TrainingSpec } from '../local-sgd/spec.js'
import type { Connection } from './database.js'
import type { Held, TrialKey } from './trial-key.js'

/** What a worker gets when it starts a trial. */
export interface Started extends Held {
  readonly point: unknown
  readonly resource: number | null
  /** How often it was started since it last got on. */
  readonly attempts: number
  readonly spec: Study | TrainingSpec
  readonly hasCheckpoint: boolean
}

/** Why a trial cannot be started: it is over, or somebody runs it, who would be given up in `wait` ms. */
export type NotStarted = { readonly over: true } | { readonly over: false; readonly wait: number }

/** How a trial ended. */
export interface Outcome {
  readonly value: number | null
  readonly error: string | null
  readonly seconds: number
}

/**
 * Trials as those who run them see them.
 *
 * A queue delivers at least once, workers freeze and wake up, clocks differ. So a start raises the trial's fence (Kleppmann 2016, "How
 * to do distributed locking"), and a write first takes the trial's row where the fence is its own: if that row is gone, it writes
 * nothing. All times are the database's.
 */
export class Trials {
  readonly #connection: Connection
  readonly #worker: string
  readonly #lease: number
  readonly #queue: string

  /**
   * @param lease - ms after which a worker that was not heard of is given up
   * @param queue - whose studies they run; what a queue still holds of one that was moved is not started
   */
  constructor(connection: Connection, worker: string, lease: number, queue: string) {
    this.#connection = connection
    this.#worker = worker
    this.#lease = lease
    this.#queue = queue
  }

  /** @param most - starts without getting on after which a trial is parked */
  async start(key: TrialKey, most: number): Promise<Started | NotStarted> {
    const [started] = await this.#connection.query<Started>(
      `update neurite.trial t
       set fence = t.fence + 1, attempts = t.attempts + 1, state = 'running', worker = $4, touched_at = now()
       from neurite.study s
       where t.study = $1 and t.round = $2 and t.id = $3 and s.id = t.study and s.state = 'running' and s.queue = $7 and t.attempts < $6
         and (t.state = 'waiting' or t.state = 'running' and t.touched_at < now() - $5 * interval '1 millisecond')
       returning t.study, t.round, t.id, t.fence, t.point, t.resource, t.attempts, s.spec, exists (
         select from neurite.checkpoint c where c.study = t.study and c.round = t.round and c.id = t.id
       ) as "hasCheckpoint"`,
      [...place(key), this.#worker, this.#lease, most, this.#queue],
    )
    return started ?? this.#whyNot(key, most)
  }

  async #whyNot(key: TrialKey, most: number): Promise<NotStarted> {
    const [row] = await this.#connection.query<{ open: boolean; wait: number; attempts: number; fence: string }>(
      `select t.state in ('waiting', 'running') and s.state = 'running' and s.queue = $5 as open, t.attempts, t.fence,
         case t.state when 'waiting' then 0 else
           $4 - extract(epoch from now() - t.touched_at) * 1000 end::float8 as wait
       from neurite.trial t join neurite.study s on s.id = t.study
       where t.study = $1 and t.round = $2 and t.id = $3`,
      [...place(key), this.#lease, this.#queue],
    )
    if (row?.open !== true) return { over: true }
    if (row.wait > 0) return { over: false, wait: row.wait }
    if (row.attempts < most) return { over: false, wait: 0 }
    const error = `parked: it was started ${row.attempts} times without getting on, the last time by a worker that ended or froze`
    await this.#end({ ...key, fence: row.fence }, { value: null, error, seconds: 0 }, 'parked')
    return { over: true }
  }

  /** Tells that trials are under way. Returns those that still are this worker's. */
  async touch(held: readonly Held[]): Promise<Held[]> {
    return this.#connection.query<Held>(
      `update neurite.trial t set touched_at = now()
       from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[]) as h (study, round, id, fence), neurite.study s
       where t.study = h.study and t.round = h.round and t.id = h.id and t.fence = h.fence and t.state = 'running'
         and s.id = t.study and s.state = 'running'
       returning t.study, t.round, t.id, t.fence`,
      [
        held.map(({ study }) => study),
        held.map(({ round }) => round),
        held.map(({ id }) => id),
        held.map(({ fence }) => fence),
      ],
    )
  }

  /** Records how a trial ended. @returns false if another has it by now: nothing was written */
  async finish(held: Held, outcome: Outcome): Promise<boolean> {
    return (await this.#end(held, outcome, 'done')) || this.#refuse(held)
  }

  /** Ends a trial that fails again and again, with what it said last. */
  async park(held: Held, outcome: Outcome): Promise<boolean> {
    return (await this.#end(held, outcome, 'parked')) || this.#refuse(held)
  }

  async #end(held: Held, { value, error, seconds }: Outcome, state: 'done' | 'parked'): Promise<boolean> {
    const [ended] = await this.#connection.query(
      `with mine as (${MINE}),
       recorded as (
         insert into neurite.result (study, round, id, value, error, seconds, worker, fence)
         select $1, $2, $3, $5, $6, $7, $8, $4 from mine
       ),
       cleared as (
         delete from neurite.checkpoint where study = $1 and round = $2 and id = $3 and exists (select from mine)
       )
       update neurite.trial set state = $9, log = $6, touched_at = now()
       where study = $1 and round = $2 and id = $3 and exists (select from mine) returning id`,
      [...place(held), held.fence, value, error, seconds, this.#worker, state],
    )
    if (ended !== undefined) return true
    // The statement may have come twice: the first time, its answer was lost.
    const [own] = await this.#connection.query(
      'select from neurite.result where study = $1 and round = $2 and id = $3 and fence = $4',
      [...place(held), held.fence],
    )
    return own !== undefined
  }

  /** @returns false if another has it by now */
  async saveCheckpoint(held: Held, hash: string, size: number, data: Uint8Array | null): Promise<boolean> {
    // What differs from the last one shows that the trial gets on: its failed starts are forgotten.
    const [saved] = await this.#connection.query(
      `with mine as (${MINE}),
       known as (select hash from neurite.checkpoint where study = $1 and round = $2 and id = $3),
       saved as (
         insert into neurite.checkpoint (study, round, id, fence, hash, size, data) select $1, $2, $3, $4, $5, $6, $7 from mine
         on conflict (study, round, id) do update
         set fence = excluded.fence, hash = excluded.hash, size = excluded.size, data = excluded.data, saved_at = now()
       )
       update neurite.trial set touched_at = now(), attempts = case when exists (select from known where hash = $5) then attempts else 0 end
       where study = $1 and round = $2 and id = $3 and exists (select from mine) returning id`,
      [...place(held), held.fence, hash, size, data],
    )
    return saved !== undefined || this.#refuse(held)
  }

  async loadCheckpoint(key: TrialKey): Promise<{ readonly hash: string; readonly data: ByteArray | null } | undefined> {
    const [row] = await this.#connection.query<{ hash: string; data: ByteArray | null }>(
      'select hash, data from neurite.checkpoint where study = $1 and round = $2 and id = $3',
      place(key),
    )
    return row
  }

  /** Lets another go on, at once. A start that is given back was no attempt. */
  async giveBack(held: Held): Promise<boolean> {
    return this.#letGo(held, 1, null)
  }

  /** After a failure: another start, later. */
  async failed(held: Held, log: string): Promise<boolean> {
    return this.#letGo(held, 0, log)
  }

  async #letGo(held: Held, uncounted: number, log: string | null): Promise<boolean> {
    const [gone] = await this.#connection.query(
      `update neurite.trial set state = 'waiting', attempts = greatest(attempts - $5, 0), log = coalesce($6, log), touched_at = now()
       where study = $1 and round = $2 and id = $3 and fence = $4 and state = 'running' returning id`,
      [...place(held), held.fence, uncounted, log],
    )
    return gone !== undefined
  }

  async #refuse(held: Held): Promise<false> {
    await this.#connection.query(
      'update neurite.trial set refused = refused + 1 where study = $1 and round = $2 and id = $3',
      place(held),
    )
    return false
  }
}

/** The trial's row, taken, if it still is the writer's. */
export const MINE = `select from neurite.trial where study = $1 and round = $2 and id = $3 and fence = $4 and state in ('waiting', 'running') for update`

function place({ study, round, id }: TrialKey): [string, number, number] {
  return [study, round, id]
}
