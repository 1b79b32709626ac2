import { hostname } from 'node:os'
import { pathToFileURL } from 'node:url'
import { aFunction, aString, having, must, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { connectionReaders, readServices, type ConnectionOptions } from '../connection.js'
import { bullmq } from '../queue/bullmq.js'
import { Parts } from '../local-sgd/parts.js'
import { Shards } from '../local-sgd/shards.js'
import { Checkpoints } from '../store/checkpoints.js'
import { Connection } from '../store/database.js'
import { checkVersion } from '../store/migrate.js'
import { Trials } from '../store/trials.js'
import { keepingOn, type BlobStore } from '../store/blobs.js'
import type { RoundKey, TrialKey } from '../store/trial-key.js'
import { Runner, type WorkerEvent } from './runner.js'

/** Options of {@link startWorker}. */
export interface ClusterWorkerOptions extends ConnectionOptions {
  /** The module that exports `objectives`, functions by name, or `trainings` for `localSgd`: a URL, or a path. */
  readonly objectives: URL | string
  /** How many trials run at once, each in a thread of its own. Default 1. */
  readonly concurrency?: number
  /** ms after which a worker that was not heard of is given up, and its trials go to others; at least 100. Default 30,000. */
  readonly lease?: number
  /** Starts of a trial, without a new checkpoint in between, after which it is parked: it counts as failed, with what it said last. Default 5. */
  readonly attempts?: number
  /** ms that trials have to save a checkpoint when the worker stops. Default 10,000. */
  readonly grace?: number
  /** What it is called in the database. Default: the host's name and the process's number. */
  readonly name?: string
  /** Where checkpoints go that are larger than `blobsFrom`. */
  readonly blobs?: BlobStore
  /** Bytes from which a checkpoint goes to `blobs`. Default 4 MiB. */
  readonly blobsFrom?: number
  /** Told of what happens: for logs. */
  readonly onEvent?: (event: WorkerEvent) => void
}

/** A worker that takes trials until it is stopped. */
export interface ClusterWorker {
  readonly name: string
  /** Takes no more; trials under way save a checkpoint and go back to the queue. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const aModule = must(
  'a URL or a path of a module',
  (value): value is URL | string => value instanceof URL || (typeof value === 'string' && value !== ''),
)

/**
 * Starts to take trials from the queue. Objectives run in threads of this process, from the module that is named here: what comes
 * out of the queue is data.
 *
 * A worker may die, freeze or be cut off at any time: after `lease` its trials go to others, which go on from their last checkpoint, and what
 * it still tries to write is refused.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, `UNREACHABLE`, `TASK_FAILED` if the module cannot be loaded
 * @example
 * ```ts no-run
 * import { startWorker } from '@neurite/cluster'
 * const worker = await startWorker({ objectives: new URL('./objectives.js', import.meta.url), concurrency: 4 })
 * process.once('SIGTERM', () => void worker.stop())
 * ```
 */
export async function startWorker(options: ClusterWorkerOptions): Promise<ClusterWorker> {
  const where = 'startWorker'
  const read = readOptions(where, options, {
    ...connectionReaders,
    objectives: aModule,
    concurrency: or(1, whole(1)),
    lease: or(30_000, whole(100)),
    attempts: or(5, whole(1)),
    grace: or(10_000, whole(0)),
    name: or(`${hostname()}-${process.pid}`, aString),
    blobs: optional(having<BlobStore>('a store with put, get and delete', 'put', 'get', 'delete')),
    blobsFrom: or(4 * 1024 * 1024, whole(0)),
    onEvent: or(() => undefined, aFunction<(event: WorkerEvent) => void>),
  })
  const services = readServices(where, options)
  const { concurrency, lease, attempts, grace, name, blobsFrom, onEvent } = read
  const onError = (error: Error): void => onEvent({ kind: 'error', error })
  const blobs = read.blobs && keepingOn(read.blobs, onError)
  const connection = new Connection(services.database, concurrency + 1)
  const module = read.objectives instanceof URL ? read.objectives.href : pathToFileURL(read.objectives).href
  const trials = new Trials(connection, name, lease, services.queue)
  const dispatch = bullmq(services)
  const shards = new Shards(connection, new Parts(connection, blobs, blobsFrom), dispatch, name)
  const runner = new Runner(trials, new Checkpoints(trials, blobs, blobsFrom), shards, {
    module,
    lease,
    attempts,
    grace,
    onEvent,
  })
  try {
    await checkVersion(where, connection)
    await runner.begin()
  } catch (error) {
    await Promise.all([runner.stop(), dispatch.close(), connection.close()])
    throw error
  }
  const handlers = { trial: (key: TrialKey) => runner.handle(key), close: (key: RoundKey) => runner.close(key) }
  const taker = dispatch.take(handlers, { concurrency, lease, name, onError })
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      await Promise.all([runner.stop(), taker.close()])
      await Promise.all([dispatch.close(), connection.close()])
    })())
  return Object.freeze({ name, stop, [Symbol.asyncDispose]: stop })
}
