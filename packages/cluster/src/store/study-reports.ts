import { NeuriteError } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import type { Study } from '@neurite/search'
import type { Connection } from './database.js'

/** How many trials of a study are where. */
export interface TrialCounts {
  /** Ended with a value. */
  readonly done: number
  /** Ended without one: the training diverged, say. */
  readonly failed: number
  /** Given up, after several attempts. */
  readonly parked: number
  readonly running: number
  readonly waiting: number
}

/** A trial that ended with a value. */
export interface RankedTrial {
  readonly id: number
  /** From 0: successive halving has several. */
  readonly round: number
  readonly point: unknown
  readonly resource: number | null
  readonly value: number
  readonly seconds: number
  readonly worker: string
}

/** A study in a line. */
export interface StudySummary {
  readonly id: string
  readonly name: string | null
  /** `localSgd` for one model that is trained on several machines: its trials are shards, their values losses. */
  readonly search: Study['search'] | 'localSgd'
  readonly objective: string
  readonly mode: 'min' | 'max'
  readonly seed: number
  /** Whose workers have it. */
  readonly queue: string
  /** `done` if every trial that it has by now is over. */
  readonly state: 'running' | 'done' | 'cancelled'
  readonly createdAt: Date
  readonly trials: TrialCounts
  /** The best of the last round that has one; values of different rounds do not compare. */
  readonly best: RankedTrial | null
  /** Writes of workers that had lost their trial: they were refused. */
  readonly refused: number
}

/** A trial under way. */
export interface RunningTrial {
  readonly id: number
  readonly round: number
  readonly point: unknown
  readonly worker: string
  /** How often it was started since it last got on. */
  readonly attempts: number
  /** Seconds since its worker was last heard of. */
  readonly quiet: number
}

/** A trial that ended without a value. */
export interface FailedTrial {
  readonly id: number
  readonly round: number
  readonly point: unknown
  readonly state: 'failed' | 'parked'
  readonly worker: string
  /** What it said last: text of its objective, which may hold anything. */
  readonly log: string
}

/** A study with what is known of its trials. */
export interface StudyReport extends StudySummary {
  /** The last round first, in it the best first. */
  readonly leaderboard: readonly RankedTrial[]
  readonly running: readonly RunningTrial[]
  /** The last ones first. */
  readonly failures: readonly FailedTrial[]
}

/** A value, and when it was recorded. */
export interface Recorded {
  readonly round: number
  readonly id: number
  readonly value: number
  /** The best of the round until then. */
  readonly best: number
  /** Seconds since the study was made. */
  readonly at: number
}

/** What is told of studies, in plain reads of the tables. */
export class StudyReports {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The newest first. */
  async list(limit: number): Promise<StudySummary[]> {
    return this.#summaries('order by id desc limit $1', limit)
  }

  /** @throws NeuriteError `INVALID_ARGUMENT` if there is none */
  async summary(id: string): Promise<StudySummary> {
    const [summary] = isId(id) ? await this.#summaries('where id = $1', id) : []
    if (summary === undefined) throw noStudy(id)
    return summary
  }

  /** @throws NeuriteError `INVALID_ARGUMENT` if there is none */
  async show(id: string, limit: number): Promise<StudyReport> {
    const summary = await this.summary(id)
    const [leaderboard, running, failures] = await Promise.all([
      this.#connection.query<RankedTrial>(`${RANKED} limit $3`, [id, summary.mode, limit]),
      this.#connection.query<RunningTrial>(
        `select id, round, point, worker, attempts, extract(epoch from now() - touched_at)::float8 as quiet
         from neurite.trial where study = $1 and state = 'running' order by round, id limit $2`,
        [id, limit],
      ),
      this.#connection.query<FailedTrial>(
        `select t.id, t.round, t.point, case t.state when 'parked' then 'parked' else 'failed' end as state,
           r.worker, coalesce(r.error, t.log, '') as log
         from neurite.result r join neurite.trial t using (study, round, id)
         where r.study = $1 and r.error is not null order by r.seq desc limit $2`,
        [id, limit],
      ),
    ])
    return { ...summary, leaderboard, running, failures }
  }

  /** Values in the order in which they were recorded: each that was the best so far, and of the others about `most`, evenly. */
  async history(id: string, mode: 'min' | 'max', most: number): Promise<Recorded[]> {
    return this.#connection.query<Recorded>(
      `with recorded as (
         select r.seq, r.round, r.id, r.value, extract(epoch from r.recorded_at - s.created_at)::float8 as at,
           ${mode === 'max' ? 'max' : 'min'}(r.value) over (partition by r.round order by r.seq) as best,
           row_number() over (order by r.seq) as place, count(*) over () as total
         from neurite.result r join neurite.study s on s.id = r.study where r.study = $1 and r.value is not null
       )
       select round, id, value, best, at from recorded
       where value = best or place % greatest(1, total / $2) = 0 order by seq`,
      [id, most],
    )
  }

  async #summaries(which: string, value: unknown): Promise<StudySummary[]> {
    const rows = await this.#connection.query<
      Omit<StudySummary, 'trials' | 'best'> & TrialCounts & { best: RankedTrial[] }
    >(
      `select s.id, s.spec->>'name' as name, s.spec->>'search' as search, s.spec->>'objective' as objective,
         s.spec->>'mode' as mode, s.spec->'seed' as seed, s.queue, s.created_at as "createdAt",
         case when s.state = 'running' and counted.running + counted.waiting = 0 then 'done' else s.state end as state,
         counted.*,
         (select coalesce(json_agg(first), '[]') from (
            ${RANKED.replaceAll('$1', 's.id').replaceAll('$2', "s.spec->>'mode'")} limit 1
          ) first) as best
       from (select * from neurite.study ${which}) s,
         lateral (
           select count(*) filter (where r.error is null and r.seq is not null)::int as done,
             count(*) filter (where t.state = 'done' and (r.error is not null or r.seq is null))::int as failed,
             count(*) filter (where t.state = 'parked')::int as parked,
             count(*) filter (where t.state = 'running')::int as running,
             count(*) filter (where t.state = 'waiting')::int as waiting,
             coalesce(sum(t.refused), 0)::float8 as refused
           from neurite.trial t left join neurite.result r using (study, round, id) where t.study = s.id
         ) counted
       order by s.id desc`,
      [value],
    )
    return rows.map(({ done, failed, parked, running, waiting, best, ...rest }) => ({
      ...rest,
      trials: { done, failed, parked, running, waiting },
      best: best[0] ?? null,
    }))
  }
}

/** Of study $1, whose mode is $2. */
const RANKED = `select r.id, r.round, t.point, t.resource, r.value, r.seconds, r.worker
  from neurite.result r join neurite.trial t using (study, round, id) where r.study = $1 and r.value is not null
  order by r.round desc, case $2 when 'max' then -r.value else r.value end, r.id`

export function isId(id: string): boolean {
  return /^\d{1,18}$/.test(id)
}

export function noStudy(id: string): NeuriteError {
  return new NeuriteError(
    'INVALID_ARGUMENT',
    `studies: there is no study ${show(id)}; npx neurite-cluster studies lists them.`,
  )
}
