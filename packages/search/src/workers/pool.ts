import { NeuriteError } from '@neurite/core'
import { aFunction, readOptions, whole } from '@neurite/core/arguments'
import type { TrialContext } from '../trials.js'
import { errorOf } from './answer.js'
import { Place } from './place.js'
import type { WorkerLike } from './worker-like.js'

/** Options of {@link workerPool}. */
export interface WorkerPoolOptions {
  /** How many trials run at once, each in a worker of its own: as many as there are cores, say. */
  readonly workers: number
}

/** Workers that judge points. */
export interface WorkerPool {
  readonly workers: number
  /** The objective for a search: it sends the point to a worker that is free, and waits for the number. */
  readonly objective: <P>(point: P, context: TrialContext) => Promise<number>
  /** Ends all workers; trials under way end with `ABORTED`. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Workers for a search: threads of Node (`node:worker_threads`) or Web Workers, whose module calls {@link exposeObjective}.
 *
 * What a search finds does not depend on the number of workers or on who is done first: points, seeds and the order of the
 * leaderboard are those of the search in one process. A worker is started when a trial needs one, serves trial after trial,
 * and does not keep Node alive while it has none.
 *
 * - An objective that throws gives its error, with its code, as if it had been thrown here: `NON_FINITE` is a failed trial.
 * - A worker that dies (an error that nobody caught, `process.exit`, no memory left) ends the search with `WORKER_FAILED`, which
 *   names the trial and its point. The next trial gets a new worker: to go on, give the trials that `onTrial` was told as
 *   `leaderboard`. (A Web Worker that calls `close()`, or whose module never calls `exposeObjective`, says so to nobody, and
 *   is waited for until the search's `signal`.)
 * - An abort of the search ends the workers whose trials are under way at once.
 *
 * @param create - makes a worker, anew each time
 * @param options - `workers`, at least 1
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from the objective `INVALID_ARGUMENT` for a point that cannot be sent
 * (a function in it, say) or a closed pool, `WORKER_FAILED`, `ABORTED`
 * @example
 * ```ts no-run
 * // In Node, Worker comes from 'node:worker_threads'.
 * import { gridSearch, workerPool } from '@neurite/search'
 * const pool = workerPool(() => new Worker(new URL('./objective.js', import.meta.url), { type: 'module' }), {
 *   workers: 4,
 * })
 * try {
 *   const { best } = await gridSearch({ units: [4, 8, 16] }, pool.objective, { concurrency: pool.workers })
 *   console.log(best?.point)
 * } finally {
 *   await pool.close()
 * }
 * ```
 */
export function workerPool(create: () => WorkerLike, options: WorkerPoolOptions): WorkerPool {
  const where = 'workerPool'
  aFunction(where, 'create, which makes a worker (() => new Worker(...)),', create)
  const { workers } = readOptions(where, options, { workers: whole(1) })
  const idle: Place[] = []
  const all = new Set<Place>()
  const waiting: (() => void)[] = []
  let closed = false

  const rested = (): Place | undefined => {
    for (let place = idle.pop(); place !== undefined; place = idle.pop()) {
      if (place.alive) return place
      all.delete(place)
    }
    return undefined
  }
  const take = async (): Promise<Place> => {
    while (idle.length === 0 && all.size >= workers && !closed)
      await new Promise<void>((resolve) => waiting.push(resolve))
    if (closed) throw closedError()
    const place = rested() ?? new Place(create())
    all.add(place)
    return place
  }
  const giveBack = (place: Place): void => {
    if (place.alive && !closed) idle.push(place)
    else all.delete(place)
    waiting.shift()?.()
  }
  const objective = async <P>(point: P, { id, seed, resource, signal }: TrialContext): Promise<number> => {
    const place = await take()
    try {
      const answer = await place.judge(point, { id, seed, resource }, signal)
      if ('value' in answer) return answer.value
      throw errorOf(answer.failure)
    } finally {
      giveBack(place)
    }
  }
  const close = async (): Promise<void> => {
    closed = true
    waiting.splice(0).forEach((wake) => wake())
    idle.splice(0)
    await Promise.all([...all].map((place) => place.end(closedError())))
    all.clear()
  }
  return Object.freeze({ workers, objective, close, [Symbol.asyncDispose]: close })
}

function closedError(): NeuriteError {
  return new NeuriteError('ABORTED', 'workerPool: the pool was closed; make another for another search.')
}
