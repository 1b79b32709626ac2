import { checkArgument, fold, key, power } from '@neurite/core'
import { number, or, readOptions, whole } from '@neurite/core/arguments'
import { checkSpace, drawPoint, gridOf, type PointOf, type Space } from './space.js'
import {
  checkObjective,
  ranked,
  resultOf,
  runRound,
  searchReaders,
  type ObjectiveOrName,
  type SearchOptions,
  type SearchResult,
  type Trial,
} from './trials.js'

/**
 * Tries every combination of listed values.
 *
 * A trial whose training diverges (`NON_FINITE`) counts as failed and the search goes on; any other error ends it, once trials
 * under way have ended. Trials run one after another here, or several at a time in workers: {@link workerPool}.
 *
 * @param space - names to lists of values
 * @param objective - judges one point: trains a model and returns its validation loss, say; with an `engine`, the name under which its workers have
 * it
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, and what the objective throws
 * @example
 * ```ts
 * import { gridSearch } from '@neurite/search'
 * const { best, leaderboard } = await gridSearch({ a: [1, 2, 3], b: [10, 20] }, ({ a, b }) => Math.abs(a * b - 40))
 * best?.point // => { a: 2, b: 20 }
 * leaderboard.length // => 6
 * ```
 */
export async function gridSearch<const S extends Space>(
  space: S,
  objective: ObjectiveOrName<PointOf<S>>,
  options: SearchOptions<PointOf<S>> = {},
): Promise<SearchResult<PointOf<S>>> {
  const where = 'gridSearch'
  const search = readOptions(where, options, searchReaders<PointOf<S>>())
  checkSpace(where, space)
  checkObjective(where, objective, search.engine)
  const candidates = gridOf(where, space).map((point, id) => ({ id, point }))
  return resultOf(await runRound(where, { index: 0, first: candidates, candidates }, objective, search), search)
}

/** Options of {@link randomSearch}. */
export interface RandomSearchOptions<P> extends SearchOptions<P> {
  /** How many points are drawn. */
  readonly trials: number
}

/**
 * Tries points drawn from a space: with as many trials it finds better ones than a grid, which tries few values of each
 * name (Bergstra & Bengio 2012). More trials of the same seed begin with the same points. Otherwise as {@link gridSearch}.
 *
 * @param options - `trials`, and what all searches take
 * @example
 * ```ts
 * import { integerBetween, logUniformBetween, randomSearch } from '@neurite/search'
 * const space = { learningRate: logUniformBetween(1e-4, 1), units: integerBetween(4, 32), activation: ['relu', 'tanh'] }
 * const { best } = await randomSearch(space, ({ learningRate }) => Math.abs(Math.log10(learningRate) + 2), { trials: 50, seed: 1 })
 * Math.abs(Math.log10(best!.point.learningRate) + 2) < 0.3 // => true
 * ```
 */
export async function randomSearch<const S extends Space>(
  space: S,
  objective: ObjectiveOrName<PointOf<S>>,
  options: RandomSearchOptions<PointOf<S>>,
): Promise<SearchResult<PointOf<S>>> {
  const where = 'randomSearch'
  const search = readOptions(where, options, { ...searchReaders<PointOf<S>>(), trials: whole(1) })
  checkSpace(where, space)
  checkObjective(where, objective, search.engine)
  const candidates = drawn(space, search)
  return resultOf(await runRound(where, { index: 0, first: candidates, candidates }, objective, search), search)
}

/** Options of {@link successiveHalving}. */
export interface SuccessiveHalvingOptions<P> extends SearchOptions<P> {
  /** How many points are drawn for the first round. */
  readonly trials: number
  /** What each gets in the first round: epochs, say. Default 1. */
  readonly minResource?: number
  /** No round gives more than this. */
  readonly maxResource: number
  /** One in `factor` goes on to the next round, with `factor` times the resource. Default 3. */
  readonly factor?: number
}

/**
 * Tries many points with little, the best third of them with three times as much, and so on (Jamieson & Talwalkar 2016):
 * most of the effort goes to points that promise something. Each round trains from the start with its resource; an objective
 * that keeps checkpoints by `id` may go on instead. Otherwise as {@link gridSearch}.
 *
 * @param objective - must heed `context.resource`
 * @param options - `trials`, `maxResource`, `minResource` default 1, `factor` default 3, and what all searches take
 * @example
 * ```ts
 * import { successiveHalving, uniformBetween } from '@neurite/search'
 * const objective = ({ x }: { x: number }, { resource }: { resource: number | undefined }) => (x - 0.5) ** 2 + 1 / resource!
 * const { best, leaderboard } = await successiveHalving({ x: uniformBetween(0, 1) }, objective, { trials: 9, maxResource: 9 })
 * best?.resource // => 9
 * leaderboard.length // => 13
 * ```
 */
export async function successiveHalving<const S extends Space>(
  space: S,
  objective: ObjectiveOrName<PointOf<S>>,
  options: SuccessiveHalvingOptions<PointOf<S>>,
): Promise<SearchResult<PointOf<S>>> {
  const where = 'successiveHalving'
  const search = readOptions(where, options, {
    ...searchReaders<PointOf<S>>(),
    trials: whole(1),
    minResource: or(1, number('(0, Infinity)')),
    maxResource: number('(0, Infinity)'),
    factor: or(3, whole(2)),
  })
  checkSpace(where, space)
  checkObjective(where, objective, search.engine)
  const { minResource, maxResource, factor, mode, signal } = search
  checkArgument(
    maxResource >= minResource,
    () => `${where}: minResource must be at most maxResource, ${maxResource}, got ${minResource}.`,
  )
  const all: (Trial<PointOf<S>> | undefined)[] = []
  let last: Trial<PointOf<S>>[] = []
  const first = drawn(space, search)
  const settings = { minResource, maxResource, factor }
  let survivors = first
  let index = 0
  for (let resource = minResource; survivors.length > 0 && signal?.aborted !== true;) {
    const candidates = survivors.map(({ id, point }) => ({ id, point, resource }))
    const trials = await runRound(where, { index, first, candidates }, objective, search, settings)
    index++
    for (const trial of trials) all.push(trial)
    const good = ranked(
      trials.filter((trial) => trial !== undefined),
      mode,
    ).filter(({ value }) => value !== null)
    if (good.length > 0) last = good
    resource = nextResource(minResource, factor, index, maxResource)
    survivors = resource > maxResource ? [] : good.slice(0, Math.floor(survivors.length / factor))
  }
  // Values of different rounds do not compare: the best is the best of the last round.
  return { ...resultOf(all, search), best: last[0] }
}

/** minResource * factor^index, where rounding must not carry it past maxResource: 0.1 * 3 * 3 is 0.9000000000000001. */
function nextResource(minResource: number, factor: number, index: number, maxResource: number): number {
  const resource = minResource * power(factor, index)
  return Math.abs(resource - maxResource) <= 4 * Number.EPSILON * maxResource ? maxResource : resource
}

function drawn<S extends Space>(
  space: S,
  { trials, seed }: { readonly trials: number; readonly seed: number },
): { id: number; point: PointOf<S> }[] {
  const random = fold(key(seed), 'search')
  return Array.from({ length: trials }, (_, id) => ({ id, point: drawPoint(space, fold(random, id)) }))
}
