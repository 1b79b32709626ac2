import { NeuriteError, type ByteArray } from '@neurite/core'
import type { PoolClient } from 'pg'
import type { Connection } from '../store/database.js'
import { average, type Contribution, type Ended } from './average.js'
import { checkFinite, decodeModel, decodeTensors, encodeModel, encodeTensors, readContribution } from './model-file.js'
import type { PartKey, Parts, StoredPart } from './parts.js'
import type { RoundKey } from '../store/trial-key.js'
import { partOf, type Missing } from './rounds.js'
import { shardsIn, type TrainingSpec } from './spec.js'

/** What became of a wish to close a round. */
export type Closed =
  | { readonly kind: 'closed'; readonly missing: readonly Missing[] }
  | { readonly kind: 'failed'; readonly message: string }
  /** It is open: some are under way. In so many ms it may be closed without them, if at all. */
  | { readonly kind: 'open'; readonly wait: number | undefined }
  /** Somebody did already, or the training was cancelled. */
  | { readonly kind: 'over' }

/** Bytes in the user's store that no row speaks of any more. */
type Stale = (readonly [key: PartKey, part: Pick<StoredPart, 'hash' | 'fence'>])[]

/**
 * Closes a round if all its shards are over, or if its deadline is; once. All that it changes is one transaction, which holds the round's
 * row: who comes second finds it closed. Those that are missing are given up first, so what is averaged no longer changes.
 */
export async function closeRound(connection: Connection, parts: Parts, key: RoundKey): Promise<Closed> {
  let stale: Stale = []
  const closed = await connection.transaction((client) => new Closing(client, parts, key, (stale = [])).close())
  for (const [place, part] of stale) await parts.discard(place, part)
  return closed
}

interface RoundNow {
  readonly state: string
  readonly study: string
  readonly spec: TrainingSpec
  /** Trials that wait or run. */
  readonly open: number
  /** ms since the first contribution came. */
  readonly since: number | null
}

interface ShardNow {
  readonly id: number
  readonly loss: number | null
  readonly error: string | null
  readonly contributed: boolean
}

class Closing {
  readonly #client: PoolClient
  readonly #parts: Parts
  readonly #key: RoundKey
  readonly #stale: Stale

  constructor(client: PoolClient, parts: Parts, key: RoundKey, stale: Stale) {
    this.#client = client
    this.#parts = parts
    this.#key = key
    this.#stale = stale
  }

  async close(): Promise<Closed> {
    const now = await this.#lock()
    if (now?.state !== 'open' || now.study !== 'running') return { kind: 'over' }
    const { deadline } = now.spec.settings
    const due = deadline !== null && now.since !== null && now.since >= deadline
    if (now.open > 0 && !due) return { kind: 'open', wait: deadline === null ? undefined : deadline - (now.since ?? 0) }
    await this.#giveUp()
    const shards = await this.#shards()
    const refused = new Map<number, string>()
    const ended = await this.#average(now.spec, shards, refused)
    const missing = shards.flatMap(({ id, error, contributed }): Missing[] => {
      const why = contributed ? refused.get(id) : (error ?? 'it ended without a contribution')
      return why === undefined ? [] : [{ shard: id, why }]
    })
    const message = typeof ended === 'string' ? ended : this.#failureOf(now.spec, missing)
    if (message !== undefined) {
      await this.#end('failed', null, missing, message)
      return { kind: 'failed', message }
    }
    await this.#write(now.spec, ended as Ended, missing)
    return { kind: 'closed', missing }
  }

  async #lock(): Promise<RoundNow | undefined> {
    const { rows } = await this.#client.query<RoundNow>(
      `select r.state, s.state as study, s.spec,
         (select count(*)::int from neurite.trial t
          where t.study = r.study and t.round = r.round and t.state in ('waiting', 'running')) as open,
         (select extract(epoch from clock_timestamp() - min(p.saved_at)) * 1000 from neurite.part p
          where p.study = r.study and p.round = r.round)::float8 as since
       from neurite.round r join neurite.study s on s.id = r.study
       where r.study = $1 and r.round = $2 for update of r`,
      this.#place,
    )
    return rows[0]
  }

  /** From here on nobody contributes: who tries is refused, and nobody tries again what was parked. */
  async #giveUp(): Promise<void> {
    await this.#client.query(
      `update neurite.trial set state = 'done', fence = fence + 1, touched_at = now(),
         log = case state when 'parked' then log else 'it was late' end
       where study = $1 and round = $2 and state <> 'done'`,
      this.#place,
    )
  }

  async #shards(): Promise<ShardNow[]> {
    const { rows } = await this.#client.query<ShardNow>(
      `select t.id, s.value as loss, coalesce(s.error, t.log) as error, p.name is not null as contributed
       from neurite.trial t
       left join neurite.result s on s.study = t.study and s.round = t.round and s.id = t.id
       left join neurite.part p on p.study = t.study and p.round = t.round and p.name = 'shard-' || t.id
       where t.study = $1 and t.round = $2 order by t.id`,
      this.#place,
    )
    return rows
  }

  /** What the round ends with, undefined if nobody contributed, or what is wrong with it. One contribution at a time is in memory. */
  async #average(
    spec: TrainingSpec,
    shards: readonly ShardNow[],
    refused: Map<number, string>,
  ): Promise<Ended | string | undefined> {
    const { round } = this.#key
    const model = await this.#read('model', decodeModel)
    const momentum = (await this.#read('momentum', decodeTensors)) ?? new Map()
    const contributions = async function* (this: Closing): AsyncGenerator<Contribution> {
      for (const { id, loss, contributed } of shards) {
        if (!contributed) continue
        try {
          const where = `localSgd: the contribution of shard ${id} to round ${round}`
          const bytes = await this.#parts.read(this.#client, { ...this.#key, name: partOf(id) })
          yield { loss, ...readContribution(where, bytes!, model, spec.settings.weights) }
        } catch (error) {
          // What is wrong with bytes stays wrong; what is wrong with a store or a connection passes.
          if (!isTheirs(error)) throw error
          refused.set(id, error.message)
          await this.#remove('round = $2 and name = $3', [partOf(id)])
        }
      }
    }
    const ended = await average(contributions.call(this), model, momentum, spec.settings.outer)
    try {
      if (ended !== undefined) checkFinite(`localSgd: round ${round}`, ended.model)
      return ended
    } catch (error) {
      return (error as Error).message
    }
  }

  /** Why a training cannot go on. */
  #failureOf({ settings }: TrainingSpec, missing: readonly Missing[]): string | undefined {
    const { round } = this.#key
    const [first] = missing
    if (first === undefined || (settings.deadline !== null && missing.length < shardsIn(settings, round)))
      return undefined
    const way = settings.deadline === null ? ' With a deadline, rounds may close without some of their shards.' : ''
    return `localSgd: shard ${first.shard} failed in round ${round}: ${first.why}. Submit the training again when that is mended: it goes on.${way}`
  }

  async #write(
    { settings }: TrainingSpec,
    { model, momentum, loss }: Ended,
    missing: readonly Missing[],
  ): Promise<void> {
    const { round } = this.#key
    const last = round === settings.rounds
    await this.#put('model', encodeModel(model))
    if (momentum.size > 0 && !last) await this.#put('momentum', encodeTensors(momentum))
    await this.#end('closed', loss, missing, null)
    // Who still looks at the round before finds its model; of a shard only what it came to last counts.
    await this.#remove("name = 'momentum' and round < $2", [])
    await this.#remove("name = 'model' and round < $2 - 1", [])
    const newer = `exists (select from neurite.part q where q.study = p.study and q.name = p.name and q.round > p.round)`
    await this.#remove(`name like 'shard-%' and (${last} or ${newer})`, [])
    if (!last) await this.#open(round + 1, shardsIn(settings, round + 1))
  }

  async #open(round: number, shards: number): Promise<void> {
    const { study } = this.#key
    await this.#client.query('insert into neurite.round (study, round) values ($1, $2)', [study, round])
    await this.#client.query(
      `insert into neurite.trial (study, round, id, point) select $1, $2, id, '{}' from generate_series(0, $3::int - 1) as id`,
      [study, round, shards],
    )
  }

  async #end(state: string, loss: number | null, missing: readonly Missing[], error: string | null): Promise<void> {
    await this.#client.query(
      `update neurite.round set state = $3, loss = $4, missing = $5, error = $6, closed_at = clock_timestamp()
       where study = $1 and round = $2`,
      [...this.#place, state, loss, JSON.stringify(missing), error],
    )
  }

  async #put(name: string, bytes: ByteArray): Promise<void> {
    const key = { ...this.#key, name }
    await this.#parts.write(this.#client, key, await this.#parts.store(key, bytes))
  }

  /** What the round before ended with. */
  async #read<T>(name: string, decode: (bytes: Uint8Array) => T): Promise<T | undefined> {
    const { study, round } = this.#key
    const bytes = await this.#parts.read(this.#client, { study, round: round - 1, name })
    return bytes && decode(bytes)
  }

  async #remove(condition: string, values: readonly string[]): Promise<void> {
    const { rows } = await this.#client.query<PartKey & { hash: string; fence: string; outside: boolean }>(
      `delete from neurite.part p where study = $1 and round <= $2 and ${condition}
       returning study, round, name, hash, fence, data is null as outside`,
      [...this.#place, ...values],
    )
    for (const { hash, fence, outside, ...key } of rows) if (outside) this.#stale.push([key, { hash, fence }])
  }

  get #place(): [string, number] {
    return [this.#key.study, this.#key.round]
  }
}

/** Whether an error is one of the bytes that somebody contributed. */
function isTheirs(error: unknown): error is NeuriteError {
  const codes: readonly string[] = ['BAD_CHECKPOINT', 'SHAPE_MISMATCH', 'NON_FINITE', 'NOT_SUPPORTED']
  return NeuriteError.isInstance(error) && codes.includes(error.code)
}
