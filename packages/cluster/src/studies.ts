import { NeuriteError } from '@neurite/core'
import { aBoolean, aString, or, readOptions, whole } from '@neurite/core/arguments'
import { connectionReaders, readServices, type ConnectionOptions } from './connection.js'
import { bullmq } from './queue/bullmq.js'
import { tellAll } from './queue/tell.js'
import { Connection } from './store/database.js'
import { checkVersion } from './store/migrate.js'
import { StudyControl } from './store/study-control.js'
import { StudyReports, type StudyReport, type StudySummary } from './store/study-reports.js'

/** Options of {@link ClusterStudies.list} and {@link ClusterStudies.show}. */
export interface StudyReportOptions {
  /** How many studies, or trials of each kind, are told at most. Default 100. */
  readonly limit?: number
}

/** Options of {@link ClusterStudies.resume}. */
export interface StudyResumeOptions {
  /** Whether trials that were parked are tried again, too; what they had come to is forgotten. Default false. */
  readonly parked?: boolean
}

/** The studies of a cluster. */
export interface ClusterStudies {
  /** The newest first. */
  list(options?: StudyReportOptions): Promise<readonly StudySummary[]>
  /** One of them, with its leaderboard, the trials under way, and those that failed. */
  show(id: string, options?: StudyReportOptions): Promise<StudyReport>
  /** No trial of it is started any more; those under way are ended within a quarter of their worker's lease. */
  cancel(id: string): Promise<void>
  /**
   * Lets one go on that was cancelled; and tells its queue of all its trials that are not over. With a `queue` given to `studies`, it moves to that one; trials
   * under way end where they are.
   */
  resume(id: string, options?: StudyResumeOptions): Promise<void>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * What a cluster has searched and searches, and the means to end it or let it go on: what `npx neurite-cluster studies` does.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from its methods `INVALID_ARGUMENT` for a study that does not exist, and `UNREACHABLE`
 * @example
 * ```ts no-run
 * import { studies } from '@neurite/cluster'
 * await using all = studies({ connection: 'postgres://localhost/neurite' })
 * for (const { id, objective, trials, best } of await all.list()) console.log(id, objective, trials.done, best?.value)
 * ```
 */
export function studies(options: ConnectionOptions = {}): ClusterStudies {
  const where = 'studies'
  readOptions(where, options, connectionReaders)
  const services = readServices(where, options)
  const connection = new Connection(services.database, 3)
  const reports = new StudyReports(connection)
  const control = new StudyControl(connection)
  let checked: Promise<void> | undefined
  let closed: Promise<void> | undefined
  const ready = async (): Promise<void> => {
    if (closed !== undefined) throw new NeuriteError('ABORTED', `${where}: it was closed; make another.`)
    await (checked ??= checkVersion(where, connection))
  }
  const close = (): Promise<void> => (closed ??= connection.close())
  const limitOf = (given: StudyReportOptions): number => readOptions(where, given, { limit: or(100, whole(1)) }).limit
  return Object.freeze({
    async list(given: StudyReportOptions = {}) {
      const limit = limitOf(given)
      await ready()
      return reports.list(limit)
    },
    async show(id: string, given: StudyReportOptions = {}) {
      const limit = limitOf(given)
      aString(where, 'id', id)
      await ready()
      return reports.show(id, limit)
    },
    async cancel(id: string) {
      aString(where, 'id', id)
      await ready()
      await control.cancel(id)
    },
    async resume(id: string, given: StudyResumeOptions = {}) {
      const { parked } = readOptions(where, given, { parked: or(false, aBoolean) })
      aString(where, 'id', id)
      await ready()
      const queue = await control.resume(id, parked, options.queue === undefined ? null : services.queue)
      const dispatch = bullmq({ ...services, queue })
      try {
        await tellAll(connection, dispatch, id)
      } finally {
        await dispatch.close()
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  })
}
