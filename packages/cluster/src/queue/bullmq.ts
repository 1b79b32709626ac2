import {
  DelayedError,
  UnrecoverableError,
  WaitingError,
  createPostgresBackend,
  createRedisBackend,
  withBackend,
} from 'bullmq'
import type { BackendClasses, FlowProducer, IQueueBackend, Job } from 'bullmq'
import type { Services } from '../connection.js'
import { patiently } from '../store/patiently.js'
import { nameOf, type Held, type RoundKey, type TrialKey } from '../store/trial-key.js'
import type { Dispatch, Handlers, Taker, TakerOptions } from './dispatch.js'
import { queuePool } from './queue-pool.js'

/** Attempts are counted in the database; the queue itself gives up none. */
const NO_LIMIT = 1_000_000

/** Within how many ms a failure is tried again: twice as long each time, up to a minute. */
const BACKOFF = { type: 'exponential', delay: 1000, maxDelay: 60_000 } as const

/** How many jobs are added at once. */
const BULK = 1000

/** BullMQ, on Redis if there is one, else on PostgreSQL. */
export function bullmq({ database, redis, queue }: Services): Dispatch {
  if (redis !== undefined) {
    const connection = { url: redis, maxRetriesPerRequest: null }
    return overBullMq(queue, withBackend(createRedisBackend), () => ({ connection, end: nothing }))
  }
  return overBullMq(queue, withBackend(createPostgresBackend), () => {
    const pool = queuePool(database, 6)
    return { connection: pool, end: () => pool.end() }
  })
}

/** What BullMQ connects by, and what is to be done when it needs it no more. */
interface Link<C> {
  readonly connection: C
  end(): void | Promise<void>
}

function overBullMq<B extends IQueueBackend, C>(
  name: string,
  classes: BackendClasses<B, C>,
  connect: () => Link<C>,
  link = connect(),
): Dispatch {
  const { connection } = link
  const queue = new classes.Queue<RoundKey, null>(name, { connection })
  // It connects again by itself; a statement that fails says so where it is awaited.
  queue.on('error', nothing)
  let flows: FlowProducer<B, C> | undefined
  const addFlow = async (flow: Parameters<FlowProducer<B, C>['add']>[0]): Promise<void> => {
    if (flows === undefined) {
      flows = new classes.FlowProducer({ connection })
      flows.on('error', nothing)
    }
    const producer = flows
    try {
      await producer.add(flow)
    } catch (error) {
      // One that could not begin never does.
      flows = undefined
      await producer.close().catch(nothing)
      throw error
    }
  }
  const closed = new AbortController()
  // Jobs have ids of their own: one that is added twice is added once.
  const tell = (work: () => Promise<unknown>): Promise<void> => patiently(() => work().then(nothing), closed.signal)
  const addOne = ({ name: kind, data, opts }: ReturnType<typeof closing>): Promise<void> =>
    tell(() => queue.add(kind, data, opts))
  const others = new Map<string, Dispatch>()
  const dispatch: Dispatch = {
    to(other) {
      if (other === name) return dispatch
      const made = others.get(other) ?? overBullMq(other, classes, connect, { connection, end: nothing })
      others.set(other, made)
      return made
    },
    async add(trials) {
      for (let i = 0; i < trials.length; i += BULK)
        await tell(() => queue.addBulk(trials.slice(i, i + BULK).map(jobOf)))
    },
    async addRound(round, trials, deadline) {
      const children = trials.map((trial) => {
        const { opts, ...job } = jobOf(trial)
        // One that nobody could read must not keep the round open for ever.
        return { ...job, queueName: name, opts: { ...opts, ignoreDependencyOnFailure: true } }
      })
      await tell(() => addFlow({ ...closing(round, 'close'), queueName: name, children }))
      if (deadline !== null) await addOne(closing(round, 'deadline', deadline))
    },
    askToClose: (round) => addOne(closing(round, 'asked')),
    forgetDeadline: (round) => tell(() => queue.remove(closing(round, 'deadline').opts.jobId)),
    take: (handlers, options) => taking(name, classes, connection, handlers, options),
    onEnd: (listener) =>
      patiently(async () => {
        // Of its own: BullMQ leaves its listeners on a pool that is not its own.
        const own = connect()
        const events = new classes.QueueEvents(name, { connection: own.connection })
        events.on('error', nothing)
        events.on('completed', listener)
        const close = async (): Promise<void> => {
          await events.close()
          await own.end()
        }
        try {
          await events.waitUntilReady()
          return { close }
        } catch (error) {
          await close().catch(nothing)
          throw error
        }
      }, closed.signal),
    counts: () => queue.getJobCounts('waiting', 'waiting-children', 'active', 'delayed'),
    async close() {
      closed.abort()
      await Promise.all([queue.close(), flows?.close(), ...[...others.values()].map((other) => other.close())])
      await link.end()
    },
  }
  return dispatch
}

const nothing = (): void => undefined

/** What all jobs have. */
const OPTIONS = { attempts: NO_LIMIT, backoff: BACKOFF, removeOnComplete: true, removeOnFail: true } as const

function jobOf({ study, round, id, fence }: Held) {
  const key = { study, round, id }
  return { name: 'trial', data: key, opts: { ...OPTIONS, jobId: `${nameOf(key)}-${fence}` } }
}

/** The jobs that a round be closed; whichever comes first. */
function closing({ study, round }: RoundKey, why: 'close' | 'deadline' | 'asked', delay = 0) {
  return { name: 'close', data: { study, round }, opts: { ...OPTIONS, jobId: `${study}-${round}-${why}`, delay } }
}

function taking<B extends IQueueBackend, C>(
  name: string,
  { Worker }: BackendClasses<B, C>,
  connection: C,
  { trial, close }: Handlers,
  { concurrency, lease, name: worker, onError }: TakerOptions,
): Taker {
  const process = async (job: Job<unknown, null>, token?: string): Promise<null> => {
    const handled = job.name === 'close' ? await close(readRound(job.data)) : await trial(readTrial(job.data))
    if (handled === 'again') {
      await job.moveToWait(token)
      throw new WaitingError()
    }
    if (handled === 'failed') throw new Error('it failed; the database has the log')
    if (handled !== 'done') {
      await job.moveToDelayed(Date.now() + handled.later, token)
      throw new DelayedError()
    }
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
function readRound(data: unknown): RoundKey {
  const { study, round } = fieldsOf(data)
  if (typeof study === 'string' && /^\d{1,18}$/.test(study) && isCount(round)) return { study, round }
  throw notOurs()
}

function readTrial(data: unknown): TrialKey {
  const { id } = fieldsOf(data)
  if (isCount(id)) return { ...readRound(data), id }
  throw notOurs()
}

function fieldsOf(data: unknown): Partial<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? data : {}
}

function notOurs(): UnrecoverableError {
  return new UnrecoverableError('no job of this cluster')
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2_147_483_648
}
