import type { Connection } from '../store/database.js'
import { MINE } from '../store/trials.js'
import type { Held, RoundKey } from '../store/trial-key.js'
import type { PartKey, StoredPart } from './parts.js'

/** A round that goes on. */
export interface OpenRound extends RoundKey {
  /** Whose workers have it. */
  readonly queue: string
  readonly deadline: number | null
  /** Whether nobody has begun with it: the queue may not have been told. */
  readonly fresh: boolean
  /** Trials that nobody runs. */
  readonly waiting: readonly Held[]
}

/** A shard that is not in a round's average. */
export interface Missing {
  readonly shard: number
  readonly why: string
}

/** A round as it ended. */
export interface RoundRow {
  readonly round: number
  readonly state: 'closed' | 'failed'
  readonly loss: number | null
  readonly missing: readonly Missing[]
  readonly error: string | null
  readonly seconds: number
  /** By shard; null where there is none. */
  readonly losses: readonly (number | null)[]
}

/** Rounds and what shards contribute to them. */
export class Rounds {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * Makes the first round where there is none. A training that failed goes on: what failed is tried again.
   *
   * @returns whether it had failed
   */
  async begin(study: string): Promise<boolean> {
    return this.#connection.transaction(async (client) => {
      await client.query('insert into neurite.round (study, round) values ($1, 0) on conflict do nothing', [study])
      await client.query(
        "insert into neurite.trial (study, round, id, point) values ($1, 0, 0, '{}') on conflict do nothing",
        [study],
      )
      const { rowCount } = await client.query(
        "update neurite.round set state = 'open', error = null, missing = '[]' where study = $1 and state = 'failed'",
        [study],
      )
      if (rowCount === 0) return false
      const failed = `t.study = $1 and t.round = (select round from neurite.round r where r.study = $1 and r.state = 'open')
        and not exists (
          select from neurite.part p where p.study = t.study and p.round = t.round and p.name = 'shard-' || t.id
        )`
      await client.query(`delete from neurite.result t where ${failed}`, [study])
      await client.query(
        `update neurite.trial t set state = 'waiting', attempts = 0, fence = fence + 1, touched_at = now() where ${failed}`,
        [study],
      )
      return true
    })
  }

  /** The open round of a training, with those of its trials that wait. */
  async open(study: string): Promise<OpenRound | undefined> {
    const [round] = await this.#connection.query<Omit<OpenRound, 'waiting'>>(
      `select r.study, r.round, s.queue, (s.spec -> 'settings' ->> 'deadline')::float8 as deadline,
         not exists (select from neurite.trial t where t.study = r.study and t.round = r.round and t.fence > 0) as fresh
       from neurite.round r join neurite.study s on s.id = r.study
       where r.study = $1 and r.state = 'open' and s.state = 'running'`,
      [study],
    )
    if (round === undefined) return undefined
    const waiting = await this.#connection.query<Held>(
      `select study, round, id, fence from neurite.trial
       where study = $1 and round = $2 and state = 'waiting' order by id`,
      [study, round.round],
    )
    return { ...round, waiting }
  }

  /** Rounds after one that have ended, in order. */
  async endedAfter(study: string, round: number): Promise<RoundRow[]> {
    return this.#connection.query<RoundRow>(
      `select r.round, r.state, r.loss, r.missing, r.error,
         extract(epoch from coalesce(r.closed_at, now()) - r.opened_at)::float8 as seconds,
         array(
           select s.value from neurite.trial t left join neurite.result s on s.study = t.study and s.round = t.round and s.id = t.id
           where t.study = r.study and t.round = r.round order by t.id
         ) as losses
       from neurite.round r where r.study = $1 and r.round > $2 and r.state <> 'open' order by r.round`,
      [study, round],
    )
  }

  /** The last contribution of a shard to a round before this one. */
  async lastOf({ study, round, id }: Held): Promise<PartKey | undefined> {
    const [row] = await this.#connection.query<PartKey>(
      `select study, round, name from neurite.part where study = $1 and round < $2 and name = $3 order by round desc limit 1`,
      [study, round, partOf(id)],
    )
    return row
  }

  /**
   * Records what a shard came to, once: its trial ends with it.
   *
   * @returns false if the round was closed without it, or another has the trial by now: nothing was written, and that is counted
   */
  async contribute(
    held: Held,
    worker: string,
    loss: number | null,
    seconds: number,
    part: StoredPart,
  ): Promise<boolean> {
    const place = [held.study, held.round, held.id, held.fence]
    const [ended] = await this.#connection.query(
      `with mine as (${MINE}),
       recorded as (
         insert into neurite.result (study, round, id, value, seconds, worker, fence) select $1, $2, $3, $5, $6, $7, $4 from mine
       ),
       contributed as (
         insert into neurite.part (study, round, name, fence, hash, size, data) select $1, $2, $8, $4, $9, $10, $11 from mine
       ),
       cleared as (
         delete from neurite.checkpoint where study = $1 and round = $2 and id = $3 and exists (select from mine)
       )
       update neurite.trial set state = 'done', log = null, touched_at = now()
       where study = $1 and round = $2 and id = $3 and exists (select from mine) returning id`,
      [...place, loss, seconds, worker, partOf(held.id), part.hash, part.size, part.data],
    )
    if (ended !== undefined) return true
    // The statement may have come twice: the first time, its answer was lost.
    const [own] = await this.#connection.query(
      'select from neurite.result where study = $1 and round = $2 and id = $3 and fence = $4',
      place,
    )
    if (own !== undefined) return true
    await this.#connection.query(
      'update neurite.trial set refused = refused + 1 where study = $1 and round = $2 and id = $3',
      place.slice(0, 3),
    )
    return false
  }
}

/** The name of a shard's part. */
export function partOf(shard: number): string {
  return `shard-${shard}`
}
