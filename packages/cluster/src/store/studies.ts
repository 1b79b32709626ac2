import { createHash } from 'node:crypto'
import type { TrialCandidate, Study } from '@neurite/search'
import type { TrainingSpec } from '../local-sgd/spec.js'
import type { Connection } from './database.js'
import type { Held } from './trial-key.js'

/** A study as it stands. */
export interface StudyRow {
  readonly id: string
  readonly state: 'running' | 'cancelled'
  /** Whose workers have it. */
  readonly queue: string
}

/** How a trial ended, as it was recorded. */
export interface ResultRow {
  readonly seq: string
  readonly id: number
  readonly value: number | null
  readonly error: string | null
  readonly seconds: number
}

/** Studies and the trials in them, as those who ask for them see them. */
export class Studies {
  readonly #connection: Connection
  readonly #submitted = new Set<string>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * The study of a specification: the same specification is the same study, whoever submits it and how often. It moves to the queue of who submitted it
   * last; who asks for it again, for another round, leaves it where it is by then.
   *
   * @returns also whether it was in another queue until now
   */
  async open(
    spec: (Study | TrainingSpec) & { readonly name: string | null },
    queue: string,
  ): Promise<StudyRow & { readonly moved: boolean }> {
    const text = JSON.stringify(spec)
    const hash = createHash('sha256').update(text).digest('hex')
    const [row] = await this.#connection.query<StudyRow & { readonly moved: boolean }>(
      `with before as (select queue from neurite.study where spec_hash = $1)
       insert into neurite.study as s (spec_hash, spec, queue) values ($1, $2, $3) on conflict (spec_hash) do update
       set queue = case when $4 and s.state = 'running' then excluded.queue else s.queue end
       returning id, state, queue, coalesce(queue <> (select queue from before), false) as moved`,
      [hash, text, queue, !this.#submitted.has(hash)],
    )
    this.#submitted.add(hash)
    return row!
  }

  /** Adds the trials that are not there yet. */
  async add(study: string, round: number, candidates: readonly TrialCandidate<unknown>[]): Promise<void> {
    await this.#connection.query(
      `insert into neurite.trial (study, round, id, point, resource)
       select $1, $2, id, point::json, resource from unnest($3::int[], $4::text[], $5::float8[]) as new (id, point, resource)
       on conflict do nothing`,
      [
        study,
        round,
        candidates.map(({ id }) => id),
        candidates.map(({ point }) => JSON.stringify(point)),
        candidates.map(({ resource }) => resource ?? null),
      ],
    )
  }

  /**
   * Results with a higher number than one. Rows are numbered before they can be seen, so one with a lower number may come later: {@link resultsOf}
   * finds it.
   */
  async resultsAfter(study: string, round: number, seq: string): Promise<ResultRow[]> {
    return this.#connection.query<ResultRow>(
      `select seq, id, value, error, seconds from neurite.result
       where study = $1 and round = $2 and seq > $3 order by seq`,
      [study, round, seq],
    )
  }

  /** Results of trials, whenever they were recorded. */
  async resultsOf(study: string, round: number, ids: readonly number[]): Promise<ResultRow[]> {
    return this.#connection.query<ResultRow>(
      `select seq, id, value, error, seconds from neurite.result
       where study = $1 and round = $2 and id = any ($3::int[]) order by seq`,
      [study, round, ids],
    )
  }

  /** Trials that nobody has started. */
  async fresh(study: string, round: number): Promise<Held[]> {
    return this.#connection.query(
      `select study, round, id, fence from neurite.trial
       where study = $1 and round = $2 and state = 'waiting' and fence = 0 order by id`,
      [study, round],
    )
  }

  /** Trials that are not over. */
  async unfinished(study: string): Promise<Held[]> {
    return this.#connection.query(
      `select study, round, id, fence from neurite.trial where study = $1 and state in ('waiting', 'running') order by round, id`,
      [study],
    )
  }

  /** Trials that are not over, and of which nothing was heard for `ms`: their job may be lost. */
  async quietFor(study: string, round: number, ms: number): Promise<Held[]> {
    return this.#connection.query(
      `select study, round, id, fence from neurite.trial
       where study = $1 and round = $2 and state in ('waiting', 'running')
         and touched_at < now() - $3 * interval '1 millisecond' order by id`,
      [study, round, ms],
    )
  }

  /** How it stands now; undefined if it is gone. */
  async look(study: string): Promise<StudyRow | undefined> {
    const [row] = await this.#connection.query<StudyRow>('select id, state, queue from neurite.study where id = $1', [
      study,
    ])
    return row
  }
}
