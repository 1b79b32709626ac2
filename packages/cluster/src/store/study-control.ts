import type { Connection } from './database.js'
import { isId, noStudy } from './study-reports.js'

/** Ends studies, and lets them go on. */
export class StudyControl {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * No trial of it is started any more; those under way are ended when their worker next tells of them.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` if there is none
   */
  async cancel(id: string): Promise<void> {
    await this.#become(id, 'cancelled', null)
  }

  /**
   * Lets a study go on.
   *
   * @param parked - whether trials that were given up are tried again: their results are forgotten
   * @param queue - where it goes on; null: where it was
   * @returns the queue that is to be told of its trials: it may have forgotten them
   * @throws NeuriteError `INVALID_ARGUMENT` if there is none
   */
  async resume(id: string, parked: boolean, queue: string | null): Promise<string> {
    const now = await this.#become(id, 'running', queue)
    // A higher fence: a job of its own, and who had it before writes nothing.
    if (parked)
      await this.#connection.query(
        `with again as (
           update neurite.trial set state = 'waiting', attempts = 0, fence = fence + 1, touched_at = now()
           where study = $1 and state = 'parked' returning study, round, id
         )
         delete from neurite.result r using again a where r.study = a.study and r.round = a.round and r.id = a.id`,
        [id],
      )
    return now
  }

  /** @returns its queue */
  async #become(id: string, state: 'running' | 'cancelled', queue: string | null): Promise<string> {
    const text = 'update neurite.study set state = $2, queue = coalesce($3, queue) where id = $1 returning queue'
    const [row] = isId(id) ? await this.#connection.query<{ queue: string }>(text, [id, state, queue]) : []
    if (row === undefined) throw noStudy(id)
    return row.queue
  }
}
