import { checkArgument, childSeed, disposeTree, NeuriteError } from '@neurite/core'
import {
  aFunction,
  aSeed,
  having,
  listOf,
  oneOf,
  optional,
  or,
  show,
  whole,
  type Reader,
} from '@neurite/core/arguments'
import { memoryStore, type FileStore } from '@neurite/train'
import type { SearchEngine, Study } from './engine.js'

/** One try: plain data, as long as the choices are. */
export interface Trial<P> {
  /** Its place in the search, from 0. */
  readonly id: number
  readonly point: P
  /** What was spent on it, in successive halving: epochs, say. */
  readonly resource?: number
  /** What the objective gave; null if it failed. */
  readonly value: number | null
  /** Why it failed. */
  readonly error?: string
  readonly seconds: number
}

/** What an objective is told beside its point. */
export interface TrialContext {
  readonly id: number
  /** A seed of its own, the same in every run of the search. */
  readonly seed: number
  /** How much may be spent, in successive halving: epochs, say. */
  readonly resource: number | undefined
  /** Aborted when the search is, and when another trial fails with an error that ends the search. */
  readonly signal: AbortSignal
  /**
   * Where the trial may keep a checkpoint, `checkpoint(checkpoints)` of train, and finds it again with `loadCheckpoint(checkpoints)` if it
   * was moved to another machine. Empty at its first start.
   */
  readonly checkpoints: FileStore
}

/** Judges a point by one finite number. It may train here, or elsewhere and wait: `workerPool` makes one that trains in workers. */
export type Objective<P> = (point: P, context: TrialContext) => number | Promise<number>

/** Options that all searches share. */
export interface SearchOptions<P> {
  /** Whether the least or the greatest value is sought. Default 'min'. */
  readonly mode?: 'min' | 'max'
  /** Default 0. */
  readonly seed?: number
  /** How many trials may be under way at once: more than one helps where the objective uses workers (`workerPool`). Results are the same. Default 1. */
  readonly concurrency?: number
  readonly signal?: AbortSignal
  /** Who runs the trials, where not this program: then the objective is given by its name. `concurrency` is the engine's own affair. */
  readonly engine?: SearchEngine
  /** Trials of an earlier search with the same space and seed: they are not run again. */
  readonly leaderboard?: readonly Trial<P>[]
  /** Told of each new trial as it ends: the place to keep a leaderboard. */
  readonly onTrial?: (trial: Trial<P>) => void | Promise<void>
}

/** What a search found. */
export interface SearchResult<P> {
  /** The best trial; undefined if all failed. */
  readonly best: Trial<P> | undefined
  /** All trials, the best first, failed ones last. */
  readonly leaderboard: readonly Trial<P>[]
  /** True if the signal ended the search early. */
  readonly aborted: boolean
}

/** Options of a search, read. */
export interface Search<P> {
  readonly mode: 'min' | 'max'
  readonly seed: number
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
  readonly engine: SearchEngine | undefined
  readonly leaderboard: readonly Trial<P>[]
  readonly onTrial: SearchOptions<P>['onTrial']
}

export const searchReaders = <P>(): { readonly [Name in keyof Search<P>]: Reader<Search<P>[Name]> } => ({
  mode: or('min', oneOf('min', 'max')),
  seed: or(0, aSeed),
  concurrency: or(1, whole(1)),
  signal: optional(having<AbortSignal>('an AbortSignal', 'aborted', 'addEventListener')),
  engine: optional(having<SearchEngine>('an engine', 'runRound')),
  leaderboard: or([], listOf(having<Trial<P>>('a trial', 'id', 'point', 'value'))),
  onTrial: optional(aFunction<NonNullable<SearchOptions<P>['onTrial']>>),
})

/** An objective of this program, or the name of one that an engine knows. */
export type ObjectiveOrName<P> = Objective<P> | string

export function checkObjective(where: string, objective: unknown, engine?: SearchEngine): void {
  if (engine === undefined) return void aFunction(where, 'the objective', objective)
  checkArgument(
    typeof objective === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(objective),
    () =>
      `${where}: with an engine, the objective is the name under which its workers have it (a letter, then letters, digits, '.', '-' and '_'), got ${show(objective)}; code does not travel.`,
  )
}

/** A point to be tried. */
export interface TrialCandidate<P> {
  readonly id: number
  readonly point: P
  readonly resource?: number
}

/**
 * Tries candidates that the leaderboard does not have, here or on the engine, and returns their trials in the candidates' order;
 * undefined where the signal came first. When it returns or throws, no trial of this program is under way any more.
 *
 * @param settings - what the search depends on beside points, seed and mode
 */
export async function runRound<P>(
  where: Study['search'],
  {
    index,
    first,
    candidates,
  }: { index: number; first: readonly TrialCandidate<P>[]; candidates: readonly TrialCandidate<P>[] },
  objective: ObjectiveOrName<P>,
  search: Search<P>,
  settings: Study['settings'] = {},
): Promise<(Trial<P> | undefined)[]> {
  const { engine, seed, mode, signal, onTrial, leaderboard } = search
  const known = candidates.map((candidate) => find(where, candidate, leaderboard))
  const open = candidates.filter((_, i) => known[i] === undefined)
  const run = async (): Promise<(Trial<P> | undefined)[]> => {
    if (typeof objective === 'function') return runTrials(where, open, objective, search)
    const study = { search: where, objective, seed, mode, settings, points: first.map(({ point }) => point) }
    return engine!.runRound(study, { index, candidates: open, signal, onTrial })
  }
  const ran = open.length === 0 ? [] : await run()
  const trials = new Map(open.map((candidate, i) => [candidate, ran[i]]))
  return candidates.map((candidate, i) => known[i] ?? trials.get(candidate))
}

async function runTrials<P>(
  where: string,
  candidates: readonly TrialCandidate<P>[],
  objective: Objective<P>,
  { seed, concurrency, signal, onTrial }: Search<P>,
): Promise<(Trial<P> | undefined)[]> {
  const trials = new Array<Trial<P> | undefined>(candidates.length).fill(undefined)
  const ending = new AbortController()
  const end = (): void => ending.abort(signal?.reason)
  if (signal?.aborted === true) end()
  signal?.addEventListener('abort', end)
  let failure: { readonly error: unknown } | undefined
  let next = 0
  const work = async (): Promise<void> => {
    while (next < candidates.length && !ending.signal.aborted) {
      const i = next++
      const candidate = candidates[i]!
      const trial = await runTrial(where, candidate, objective, seed, ending.signal)
      trials[i] = trial
      if (trial !== undefined) await onTrial?.(trial)
    }
  }
  const working = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      failure ??= { error }
      ending.abort(error)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, candidates.length) }, working))
  signal?.removeEventListener('abort', end)
  if (failure !== undefined) throw failure.error
  return trials
}

async function runTrial<P>(
  where: string,
  { id, point, resource }: TrialCandidate<P>,
  objective: Objective<P>,
  seed: number,
  signal: AbortSignal,
): Promise<Trial<P> | undefined> {
  const begun = performance.now()
  const rest = (): { seconds: number; resource?: number } => ({
    seconds: (performance.now() - begun) / 1000,
    ...(resource === undefined ? {} : { resource }),
  })
  const context = { id, seed: childSeed(seed, 'trial', id), resource, signal, checkpoints: memoryStore() }
  // A copy: what the objective sets in its point must not stand in the leaderboard.
  const own = typeof point === 'object' && point !== null ? { ...point } : point
  const judged = await judge(where, objective, own, context)
  return judged && { id, point, ...judged, ...rest() }
}

/** What an objective says of a point. */
export interface Judged {
  /** null if it failed. */
  readonly value: number | null
  /** Why it failed. */
  readonly error?: string
}

/**
 * Asks an objective for its number, as every engine does: a training that diverges (`NON_FINITE`) and a number that is not finite are failures of
 * the point; undefined if the signal came first.
 *
 * @throws what the objective throws otherwise, and NeuriteError `INVALID_ARGUMENT` if it gives no number
 */
export async function judge<P>(
  where: string,
  objective: Objective<P>,
  point: P,
  context: TrialContext,
): Promise<Judged | undefined> {
  const { signal } = context
  try {
    const value = await objective(point, context)
    if (signal.aborted) return undefined
    checkValue(where, value)
    return Number.isFinite(value) ? { value } : { value: null, error: `the objective gave ${value}` }
  } catch (error) {
    // A learning rate at which training diverges is a result of the search; any other error is a mistake.
    if (!NeuriteError.isInstance(error)) throw error
    if (error.code === 'ABORTED' && signal.aborted) return undefined
    if (error.code !== 'NON_FINITE') throw error
    // What fit had learned until then: nobody else gets to see it.
    disposeTree(error.details)
    return { value: null, error: error.message }
  }
}

/** @throws NeuriteError `INVALID_ARGUMENT` if an objective gave something else than a number */
export function checkValue(where: string, value: unknown): asserts value is number {
  checkArgument(
    typeof value === 'number',
    () => `${where}: the objective must return a number, it returned ${typeof value}.`,
  )
}

function find<P>(
  where: string,
  { id, point, resource }: TrialCandidate<P>,
  leaderboard: readonly Trial<P>[],
): Trial<P> | undefined {
  const known = leaderboard.find((trial) => trial.id === id && trial.resource === resource)
  if (known === undefined || JSON.stringify(known.point) === JSON.stringify(point)) return known
  const message = `${where}: trial ${id} of the leaderboard tried ${JSON.stringify(known.point)}, this search would try ${JSON.stringify(point)}; go on with the same space and seed, or without leaderboard.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { id })
}

/** The best first; equal values by id; failed ones last. */
export function ranked<P>(trials: readonly Trial<P>[], mode: 'min' | 'max'): Trial<P>[] {
  const sign = mode === 'min' ? 1 : -1
  const rank = ({ value }: Trial<P>): number => (value === null ? Infinity : sign * value)
  return [...trials].sort((a, b) => (rank(a) === rank(b) ? a.id - b.id : rank(a) - rank(b)))
}

export function resultOf<P>(trials: readonly (Trial<P> | undefined)[], { mode, signal }: Search<P>): SearchResult<P> {
  const leaderboard = ranked(
    trials.filter((trial) => trial !== undefined),
    mode,
  )
  return { best: leaderboard.find(({ value }) => value !== null), leaderboard, aborted: signal?.aborted === true }
}
