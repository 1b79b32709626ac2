import { defaultBackend, NeuriteError, type Backend, type Tree } from '@neurite/core'
import {
  aBackend,
  aBoolean,
  aFunction,
  aSeed,
  aString,
  having,
  must,
  number,
  oneOf,
  optional,
  or,
  readOptions,
  whole,
  type Reader,
} from '@neurite/core/arguments'
import { checkArgument } from '@neurite/core'
import { connectionReaders, readServices, type ConnectionOptions } from '../connection.js'
import { bullmq } from '../queue/bullmq.js'
import type { Dispatch } from '../queue/dispatch.js'
import { tellAll } from '../queue/tell.js'
import { Alarm } from '../search/alarm.js'
import type { BlobStore } from '../store/blobs.js'
import { Connection } from '../store/database.js'
import { checkVersion } from '../store/migrate.js'
import { Studies } from '../store/studies.js'
import { decodeModel, uploadModel } from './model-file.js'
import { Parts } from './parts.js'
import { Rounds, type Missing, type RoundRow } from './rounds.js'
import { tellRound } from './shards.js'
import type { OuterOptions, TrainingSpec } from './spec.js'

/** Options of {@link localSgd}. */
export interface LocalSgdOptions extends ConnectionOptions {
  /** Into how many parts the rows are divided. What is learned depends on it; how many workers there are does not matter. */
  readonly shards: number
  /** How often the shards' params are averaged. */
  readonly rounds: number
  /** Steps that each shard makes in a round, on its own. */
  readonly steps: number
  /** What is done with the average. Default: it is taken, as in FedAvg. */
  readonly outer?: OuterOptions
  /** What a shard counts in the average: as many as it has rows, as in FedAvg, or all alike. Default 'rows'. */
  readonly weights?: 'rows' | 'equal'
  /** Whether each shard keeps its optimizer's state from round to round, as in DiLoCo, or begins anew. Default false. */
  readonly keepOptimizer?: boolean
  /** ms after a round's first contribution when it is closed without those that are missing. Default: it waits for all. */
  readonly deadline?: number
  /** Of initialization and, with the number of the shard, of what happens in shards. Default 0. */
  readonly seed?: number
  /** Tells trainings with the same settings apart: the same ones without a name, or with the same name, are one training. */
  readonly name?: string
  /** ms after which a shard of which nothing was heard is told to the queue again. Default 90,000; more than the workers' lease. */
  readonly quiet?: number
  /** Where params go that are larger than `blobsFrom`: what the workers have. */
  readonly blobs?: BlobStore
  /** Where the params come to in the end. Default: the default backend. */
  readonly backend?: Backend
  /** Told of each round when it is closed; awaited. */
  readonly onRound?: (round: LocalRound) => void | Promise<void>
  /** Ends the waiting; the workers go on. */
  readonly signal?: AbortSignal
}

/** A round as it was closed. */
export interface LocalRound {
  /** From 1: what came before made the params. */
  readonly round: number
  /** The mean of the shards', each of which is the mean of its steps' losses. */
  readonly loss: number
  /** By shard; null where it is missing. */
  readonly losses: readonly (number | null)[]
  /** Who is not in the average, and why. */
  readonly missing: readonly Missing[]
  readonly seconds: number
  /**
   * What it came to: for validation, say. The tensors are the caller's.
   *
   * @throws NeuriteError `ABORTED` if later rounds have taken its place
   */
  readonly model: () => Promise<{ readonly params: Tree; readonly state: Tree }>
}

/** What a training on several machines leaves. The tensors are the caller's. */
export interface LocalSgdResult {
  readonly params: Tree
  /** Running statistics; `{}` for most models. */
  readonly state: Tree
  /** Of all rounds, also those that were closed before this program began. */
  readonly history: readonly Omit<LocalRound, 'model'>[]
  /** True if the signal came before the last round. */
  readonly aborted: boolean
}

const OUTER = {
  learningRate: or(1, number('(0, Infinity)')),
  momentum: or(0, number('[0, 1)')),
  nesterov: or(false, aBoolean),
}

const anOuter: Reader<Required<OuterOptions>> = (where, name, value) => {
  const outer = readOptions(`${where}: ${name}`, value as OuterOptions, OUTER)
  checkArgument(!outer.nesterov || outer.momentum > 0, () => `${where}: ${name}: nesterov needs momentum > 0.`)
  return outer
}

/** ms after which rounds are looked for although nobody said that one has ended. */
const LOOK = 1000

/**
 * Trains one model on the workers of a cluster: in each round every shard makes `steps` steps from the same params on rows of its own, and what
 * they came to is averaged. So machines speak with one another once a round: with 500 steps a round, 500 times less than when
 * gradients are averaged in each step.
 *
 * - With the defaults this is FedAvg (McMahan et al. 2017), also called local SGD (Stich 2019). DiLoCo (Douillard et al. 2023) has `outer: { learningRate: 0.7,
 *   momentum: 0.9, nesterov: true }`, `keepOptimizer: true` and an adamw in the shards.
 * - The workers have the training by its name: what `localTraining` makes, exported in `trainings`.
 * - The result depends on seed, shards, rounds and steps alone, to the bit: not on the number of workers, nor on which of them die. With a
 *   `deadline` it also depends on who was late.
 * - A shard is counted once a round, by who has it when it is counted; what comes later is refused.
 * - The same training submitted again goes on, or gives its result. When the `signal` comes, the workers go on.
 * - A shard that diverges, or fails again and again, ends the training; with a deadline it counts as missing.
 *
 * It is not for what has to be averaged in each step, nor for models that fit on no machine: each worker has the whole model, which travels through
 * the database or `blobs` twice a round for each shard.
 *
 * @param training - its name in the workers' module
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, `NO_DEFAULT_BACKEND`, `UNREACHABLE`; `TASK_FAILED` if it cannot go on; `ABORTED` for a training that was
 * cancelled, and if the signal comes before there are params
 * @example
 * ```ts no-run
 * import { cpu } from '@neurite/backend-cpu'
 * import { localSgd } from '@neurite/cluster'
 * import { setDefaultBackend } from '@neurite/core'
 * setDefaultBackend(cpu())
 * const connection = 'postgres://localhost/neurite'
 * const { params, history } = await localSgd('digits', { connection, shards: 4, rounds: 20, steps: 50, seed: 1 })
 * console.log(history.map(({ loss }) => loss))
 * ```
 */
export async function localSgd(training: string, options: LocalSgdOptions): Promise<LocalSgdResult> {
  const where = 'localSgd'
  aName(where, 'the training', training)
  const {
    name,
    quiet,
    blobs,
    backend = defaultBackend(),
    onRound,
    signal,
    seed,
    ...rest
  } = readOptions(where, options, {
    ...connectionReaders,
    shards: whole(1),
    rounds: whole(1),
    steps: whole(1),
    outer: (of: string, option: string, value: unknown = {}) => anOuter(of, option, value),
    weights: or('rows', oneOf('rows', 'equal')),
    keepOptimizer: or(false, aBoolean),
    deadline: optional(whole(1)),
    seed: or(0, aSeed),
    name: optional(aString),
    quiet: or(90_000, whole(100)),
    blobs: optional(having<BlobStore>('a store with put, get and delete', 'put', 'get', 'delete')),
    backend: optional(aBackend),
    onRound: optional(aFunction<NonNullable<LocalSgdOptions['onRound']>>),
    signal: optional(having<AbortSignal>('an AbortSignal', 'aborted', 'addEventListener')),
  })
  const { shards, rounds, steps, outer, weights, keepOptimizer, deadline = null } = rest
  const settings = { shards, rounds, steps, outer, weights, keepOptimizer, deadline }
  const spec: TrainingSpec = {
    search: 'localSgd',
    name: name ?? null,
    objective: training,
    seed,
    mode: 'min',
    settings,
  }
  const services = readServices(where, options)
  const connection = new Connection(services.database, 2)
  const dispatch = bullmq(services)
  try {
    await checkVersion(where, connection)
    // It only reads.
    const parts = new Parts(connection, blobs, 0)
    return await follow(spec, { connection, queue: services.queue, parts, dispatch, quiet, backend }, onRound, signal)
  } finally {
    await Promise.all([dispatch.close(), connection.close()])
  }
}

const aName = must(
  "the name under which the workers have it (a letter, then letters, digits, '.', '-' and '_')",
  (value): value is string => typeof value === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(value),
)

interface Services {
  readonly connection: Connection
  readonly queue: string
  readonly parts: Parts
  readonly dispatch: Dispatch
  readonly quiet: number
  readonly backend: Backend
}

/** Submits a training, and waits for its rounds. */
async function follow(
  spec: TrainingSpec,
  services: Services,
  onRound: LocalSgdOptions['onRound'],
  signal: AbortSignal | undefined,
): Promise<LocalSgdResult> {
  const { connection, queue, dispatch, quiet } = services
  const [studies, rounds] = [new Studies(connection), new Rounds(connection)]
  const { id: study, state, moved } = await studies.open(spec, queue)
  if (state === 'cancelled') throw cancelled(study)
  const history: Omit<LocalRound, 'model'>[] = []
  // The first round makes the params, and nobody hears of it.
  let seen = -1
  const look = async (): Promise<void> => {
    for (const row of await rounds.endedAfter(study, seen)) {
      if (row.state === 'failed') throw new NeuriteError('TASK_FAILED', row.error ?? 'localSgd: it failed.', { study })
      seen = row.round
      if (row.round === 0) continue
      const ended = roundOf(row)
      history.push(ended)
      await onRound?.({ ...ended, model: () => modelOf(study, row.round, services) })
    }
  }
  const over = (): boolean => seen === spec.settings.rounds || signal?.aborted === true
  const failed = await rounds.begin(study)
  const alarm = new Alarm(signal)
  const events = await dispatch.onEnd(alarm.ring)
  try {
    await look()
    if (!over()) await tellRound(rounds, dispatch, study, failed)
    if (!over() && moved) await tellAll(connection, dispatch, study)
    let told = performance.now()
    while (!over()) {
      await alarm.wait(LOOK)
      await look()
      if (performance.now() - told < quiet) continue
      if ((await studies.look(study))?.state !== 'running') throw cancelled(study)
      // A queue may lose its jobs.
      const open = await rounds.open(study)
      if (open !== undefined) {
        const there = dispatch.to(open.queue)
        await there.add(await studies.quietFor(study, open.round, quiet))
        await there.askToClose(open)
      }
      told = performance.now()
    }
  } finally {
    alarm.dispose()
    await events.close()
  }
  if (seen < 0)
    throw new NeuriteError('ABORTED', 'localSgd: the signal came before there were params.', {}, signal?.reason)
  return { ...(await modelOf(study, seen, services)), history, aborted: seen < spec.settings.rounds }
}

function roundOf({ round, loss, losses, missing, seconds }: RoundRow): Omit<LocalRound, 'model'> {
  const without = new Set(missing.map(({ shard }) => shard))
  return {
    round,
    loss: loss ?? NaN,
    losses: losses.map((value, shard) => (without.has(shard) ? null : value)),
    missing,
    seconds,
  }
}

async function modelOf(study: string, round: number, { parts, backend }: Services) {
  const bytes = await parts.load({ study, round, name: 'model' })
  if (bytes !== undefined) return uploadModel(decodeModel(bytes), backend)
  const message = `localSgd: round ${round} is gone: of a training, the params of the last two rounds are kept.`
  throw new NeuriteError('ABORTED', message, { study, round })
}

function cancelled(study: string): NeuriteError {
  const message = `localSgd: training ${study} was cancelled; npx neurite-cluster studies resume ${study} lets it go on, another name makes another one.`
  return new NeuriteError('ABORTED', message, { study })
}
