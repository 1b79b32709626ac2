import { checkArgument, checkOptions, fold, key } from '@neurite/core'
import { checkSpace, drawPoint, gridOf, type PointOf, type Space } from './space.js'
import {
  checkSearch,
  ranked,
  resultOf,
  runTrials,
  SEARCH_OPTIONS,
  type Objective,
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
 * @param objective - judges one point: trains a model and returns its validation loss, say
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`, and what the objective throws
 * @example
 * ```ts
 * import { gridSearch } from '@neurite/train'
 * const { best, leaderboard } = await gridSearch({ a: [1, 2, 3], b: [10, 20] }, ({ a, b }) => Math.abs(a * b - 40))
 * best?.point // => { a: 2, b: 20 }
 * leaderboard.length // => 6
 * ```
 */
export async function gridSearch<const S extends Space>(
  space: S,
  objective: Objective<PointOf<S>>,
  options: SearchOptions<PointOf<S>> = {},
): Promise<SearchResult<PointOf<S>>> {
  checkOptions('gridSearch', options, SEARCH_OPTIONS)
  checkSpace('gridSearch', space)
  checkSearch('gridSearch', objective, options)
  const candidates = gridOf('gridSearch', space).map((point, id) => ({ id, point }))
  return resultOf(await runTrials('gridSearch', candidates, objective, options), options)
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
 * import { integerBetween, logUniformBetween, randomSearch } from '@neurite/train'
 * const space = { learningRate: logUniformBetween(1e-4, 1), units: integerBetween(4, 32), activation: ['relu', 'tanh'] }
 * const { best } = await randomSearch(space, ({ learningRate }) => Math.abs(Math.log10(learningRate) + 2), { trials: 50, seed: 1 })
 * Math.abs(Math.log10(best!.point.learningRate) + 2) < 0.3 // => true
 * ```
 */
export async function randomSearch<const S extends Space>(
  space: S,
  objective: Objective<PointOf<S>>,
  options: RandomSearchOptions<PointOf<S>>,
): Promise<SearchResult<PointOf<S>>> {
  checkOptions('randomSearch', options, [...SEARCH_OPTIONS, 'trials'])
  checkSpace('randomSearch', space)
  checkSearch('randomSearch', objective, options)
  return resultOf(await runTrials('randomSearch', drawn('randomSearch', space, options), objective, options), options)
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
 * import { successiveHalving, uniformBetween } from '@neurite/train'
 * const objective = ({ x }: { x: number }, { resource }: { resource: number | undefined }) => (x - 0.5) ** 2 + 1 / resource!
 * const { best, leaderboard } = await successiveHalving({ x: uniformBetween(0, 1) }, objective, { trials: 9, maxResource: 9 })
 * best?.resource // => 9
 * leaderboard.length // => 13
 * ```
 */
export async function successiveHalving<const S extends Space>(
  space: S,
  objective: Objective<PointOf<S>>,
  options: SuccessiveHalvingOptions<PointOf<S>>,
): Promise<SearchResult<PointOf<S>>> {
  const where = 'successiveHalving'
  checkOptions(where, options, [...SEARCH_OPTIONS, 'trials', 'minResource', 'maxResource', 'factor'])
  checkSpace(where, space)
  checkSearch(where, objective, options)
  const { minResource = 1, maxResource, factor = 3, mode = 'min', signal } = options
  checkArgument(
    minResource > 0 && maxResource >= minResource && Number.isFinite(maxResource),
    () =>
      `${where}: resources must be finite with 0 < minResource <= maxResource, got ${minResource} and ${maxResource}.`,
  )
  checkArgument(
    Number.isInteger(factor) && factor >= 2,
    () => `${where}: factor must be a whole number >= 2, got ${String(factor)}.`,
    { factor },
  )
  const all: (Trial<PointOf<S>> | undefined)[] = []
  let last: Trial<PointOf<S>>[] = []
  let survivors = drawn(where, space, options)
  for (let resource = minResource; survivors.length > 0 && signal?.aborted !== true; resource *= factor) {
    const round = survivors.map(({ id, point }) => ({ id, point, resource }))
    const trials = await runTrials(where, round, objective, options)
    all.push(...trials)
    const good = ranked(
      trials.filter((trial) => trial !== undefined),
      mode,
    ).filter(({ value }) => value !== null)
    if (good.length > 0) last = good
    survivors = resource * factor > maxResource ? [] : good.slice(0, Math.floor(survivors.length / factor))
  }
  // Values of different rounds do not compare: the best is the best of the last round.
  return { ...resultOf(all, options), best: last[0] }
}

function drawn<S extends Space>(
  where: string,
  space: S,
  { trials, seed = 0 }: { readonly trials: number; readonly seed?: number },
): { id: number; point: PointOf<S> }[] {
  checkArgument(
    Number.isInteger(trials) && trials >= 1,
    () => `${where}: trials must be a whole number >= 1, got ${String(trials)}.`,
    { trials },
  )
  const random = fold(key(seed), 'search')
  return Array.from({ length: trials }, (_, id) => ({ id, point: drawPoint(space, fold(random, id)) }))
}
