import { UnrecoverableError, WaitingError, createPostgresBackend, createRedisBackend, withBackend } from 'bullmq'
import type { BackendClasses, IQueueBackend, Job } from 'bullmq'
import type { Services } from '../connection.js'
import { nameOf, type Held, type TrialKey } from '../store/trial-key.js'
import type { Dispatch, Handled, Taker, TakerOptions } from './dispatch.js'

/** Where BullMQ keeps its tables, beside those of the user. */
export const QUEUE_SCHEMA = 'neurite_queue'

/** Attempts are counted in the database; the queue itself gives up none. */
const NO_LIMIT = 1_000_000

/** Within how many ms a failure is tried again: twice as long each time, up to a minute. */
const BACKOFF = { type: 'exponential', delay: 1000, maxDelay: 60_000 } as const

/** How many jobs are added at once. */
const BULK = 1000

/** BullMQ, on Redis if there is one, else on PostgreSQL. */
export function bullmq({ database, redis, queue }: Services): Dispatch {
  if (redis !== undefined)
    return overBullMq(queue, withBackend(createRedisBackend), { url: redis, maxRetriesPerRequest: null })
  const connection = { ...(database as object), schema: QUEUE_SCHEMA, max: 3 }
  return overBullMq(queue, withBackend(createPostgresBackend), connection)
}

function overBullMq<B extends IQueueBackend, C>(name: string, classes: BackendClasses<B, C>, connection: C): Dispatch {
  const queue = new classes.Queue<TrialKey, null>(name, { connection })
  // It connects again by itself; a statement that fails says so where it is awaited.
  queue.on('error', () => undefined)
  return {
    async add(trials) {
      for (let i = 0; i < trials.length; i += BULK) await queue.addBulk(trials.slice(i, i + BULK).map(jobOf))
    },
    take: (handle, options) => taking(name, classes, connection, handle, options),
    async onEnd(listener) {
      const events = new classes.QueueEvents(name, { connection })
      events.on('error', () => undefined)
      events.on('completed', listener)
      await events.waitUntilReady()
      return events
    },
    counts: () => queue.getJobCounts('waiting', 'active', 'delayed'),
    close: () => queue.close(),
  }
}

function jobOf({ study, round, id, fence }: Held) {
  const key = { study, round, id }
  const opts = { jobId: `${nameOf(key)}-${fence}`, attempts: NO_LIMIT, backoff: BACKOFF }
  return { name: 'trial', data: key, opts: { ...opts, removeOnComplete: true, removeOnFail: true } }
}

function taking<B extends IQueueBackend, C>(
  name: string,
  { Worker }: BackendClasses<B, C>,
  connection: C,
  handle: (key: TrialKey) => Promise<Handled>,
  { concurrency, lease, name: worker, onError }: TakerOptions,
): Taker {
  const process = async (job: Job<unknown, null>, token?: string): Promise<null> => {
    const handled = await handle(readKey(job.data))
    if (handled === 'again') {
      await job.moveToWait(token)
      throw new WaitingError()
    }
    if (handled === 'failed') throw new Error('the trial failed; its row has the log')
    return null
  }
  const taker = new Worker<unknown, null>(name, process, {
    connection,
    concurrency,
    name: worker,
    lockDuration: lease,
    stalledInterval: lease,
    maxStalledCount: NO_LIMIT,
    // An empty queue wakes its workers; this is for wakings that were lost.
    drainDelay: Math.max(1, Math.min(5, lease / 1000)),
    runRetryDelay: Math.min(1000, lease),
  })
  taker.on('error', onError)
  return taker
}

/** A job is data that anybody who reaches the queue may have written. */
function readKey(data: unknown): TrialKey {
  const { study, round, id } = (typeof data === 'object' && data !== null ? data : {}) as Partial<
    Record<string, unknown>
  >
  if (typeof study === 'string' && /^\d{1,18}$/.test(study) && isCount(round) && isCount(id))
    return { study, round, id }
  throw new UnrecoverableError('no job of this cluster')
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2_147_483_648
}
