import { NeuriteError } from '@neurite/core'
import { aString, optional, or, readOptions, whole } from '@neurite/core/arguments'
import type { Round, SearchEngine, Study, Trial } from '@neurite/search'
import { connectionReaders, readServices, type ConnectionOptions } from '../connection.js'
import { bullmq } from '../queue/bullmq.js'
import type { Dispatch } from '../queue/dispatch.js'
import { tellAll } from '../queue/tell.js'
import { Connection } from '../store/database.js'
import { checkVersion } from '../store/migrate.js'
import { Studies, type ResultRow } from '../store/studies.js'
import { checkPlain } from './plain.js'
import { Alarm } from './alarm.js'

/** Options of {@link cluster}. */
export interface ClusterOptions extends ConnectionOptions {
  /** Tells studies of the same search apart: the same search without a name, or with the same name, is the same study. */
  readonly name?: string
  /** ms after which a trial of which nothing was heard is told to the queue again. Default 90,000; more than the workers' lease. */
  readonly quiet?: number
}

/** A cluster as an engine of searches. */
export interface Cluster extends SearchEngine {
  /** Lets go of the services; workers go on. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** ms after which results are looked for although nobody said that there are some. */
const LOOK = 1000

/**
 * Runs the trials of a search on the workers of a cluster, `npx neurite-cluster worker`. The objective is given by its name in the module of the
 * workers; points are plain data.
 *
 * The leaderboard is that of the search in one process, whatever the number of workers, and whichever of them die: each trial is counted once. The
 * same search submitted again is the same study: what is done is not done again. When the search's `signal` comes,
 * the workers go on; submit the search again to see what they found, or cancel it with `npx neurite-cluster studies cancel`.
 *
 * One thing is otherwise than in one process: an objective that fails with an error that is not `NON_FINITE` is tried again, and
 * after some attempts parked. It counts as a failed trial, with the error, and the search goes on.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; from the search `UNREACHABLE`, `ABORTED` for a study that was cancelled
 * @example
 * ```ts no-run
 * import { cluster } from '@neurite/cluster'
 * import { logUniformBetween, randomSearch } from '@neurite/search'
 * await using engine = cluster({ connection: 'postgres://localhost/neurite' })
 * const space = { units: [8, 16, 32], learningRate: logUniformBetween(1e-4, 0.1) }
 * const { best } = await randomSearch(space, 'digits', { trials: 100, seed: 1, engine })
 * ```
 */
export function cluster(options: ClusterOptions = {}): Cluster {
  const where = 'cluster'
  const { name, quiet } = readOptions(where, options, {
    ...connectionReaders,
    name: optional(aString),
    quiet: or(90_000, whole(100)),
  })
  const services = readServices(where, options)
  const connection = new Connection(services.database, 3)
  const dispatch = bullmq(services)
  const studies = new Studies(connection)
  const { queue } = services
  let checked: Promise<void> | undefined
  let closed: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closed ??= Promise.all([dispatch.close(), connection.close()]).then(() => undefined))
  return Object.freeze({
    async runRound<P>(study: Study, round: Round<P>) {
      if (closed !== undefined)
        throw new NeuriteError('ABORTED', `${where}: it was closed; make another for another search.`)
      study.points.forEach((point, i) => checkPlain(where, `the point of trial ${i}`, point))
      await (checked ??= checkVersion(where, connection).catch((error: unknown) => {
        checked = undefined
        throw error
      }))
      return follow({ ...study, name: name ?? null }, round, { connection, studies, queue, dispatch, quiet })
    },
    close,
    [Symbol.asyncDispose]: close,
  })
}

interface Services {
  readonly connection: Connection
  readonly studies: Studies
  readonly queue: string
  readonly dispatch: Dispatch
  readonly quiet: number
}

/** Submits a round, and waits for its results. */
async function follow<P>(
  spec: Study & { readonly name: string | null },
  { index, candidates, signal, onTrial }: Round<P>,
  { connection, studies, queue, dispatch, quiet }: Services,
): Promise<(Trial<P> | undefined)[]> {
  const { id: study, state, queue: now, moved } = await studies.open(spec, queue)
  if (state === 'cancelled') throw cancelled(study)
  if (moved) await tellAll(connection, dispatch.to(now), study)
  await studies.add(study, index, candidates)
  const open = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const trials = new Map<number, Trial<P>>()
  let seen = '0'
  const take = async (results: readonly ResultRow[]): Promise<void> => {
    for (const { seq, id, value, error, seconds } of results) {
      if (BigInt(seq) > BigInt(seen)) seen = seq
      const candidate = open.get(id)
      if (candidate === undefined) continue
      open.delete(id)
      const trial = { ...candidate, value, ...(error === null ? {} : { error }), seconds }
      trials.set(id, trial)
      await onTrial?.(trial)
    }
  }
  const takeAll = async (): Promise<void> => take(await studies.resultsOf(study, index, [...open.keys()]))
  const alarm = new Alarm(signal)
  const events = await dispatch.onEnd(alarm.ring)
  try {
    await takeAll()
    if (open.size > 0) await dispatch.to(now).add(await studies.fresh(study, index))
    let told = performance.now()
    while (open.size > 0 && signal?.aborted !== true) {
      if (await alarm.wait(LOOK)) await take(await studies.resultsAfter(study, index, seen))
      else await takeAll()
      if (performance.now() - told < quiet) continue
      const there = await studies.look(study)
      if (there?.state !== 'running') throw cancelled(study)
      // A queue may lose its jobs, or the study be in another by now.
      await dispatch.to(there.queue).add(await studies.quietFor(study, index, quiet))
      told = performance.now()
    }
  } finally {
    alarm.dispose()
    await events.close()
  }
  return candidates.map(({ id }) => trials.get(id))
}

function cancelled(study: string): NeuriteError {
  const message = `cluster: study ${study} was cancelled; npx neurite-cluster studies resume ${study} lets it go on, another name makes another study of the same search.`
  return new NeuriteError('ABORTED', message, { study })
}
