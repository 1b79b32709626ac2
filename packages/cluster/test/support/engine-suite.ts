import { gridSearch, integerBetween, randomSearch, successiveHalving, uniformBetween } from '@neurite/search'
import type { Objective, SearchEngine, SearchResult, Trial } from '@neurite/search'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectives } from './objectives.js'

type Point = { readonly x: number; readonly wait: number }

/** A search, as data. */
interface Case {
  readonly kind: 'grid' | 'random' | 'halving'
  readonly objective: 'hash' | 'sometimes'
  readonly seed: number
  readonly mode: 'min' | 'max'
  readonly trials: number
  readonly factor: number
}

/** Options that the searches of the suite take beside those of a case. */
interface Extra {
  readonly signal?: AbortSignal
  readonly leaderboard?: readonly Trial<Point>[]
  readonly onTrial?: (trial: Trial<Point>) => void
}

const cases: fc.Arbitrary<Case> = fc.record({
  kind: fc.constantFrom('grid', 'random', 'halving'),
  objective: fc.constantFrom('hash', 'sometimes'),
  seed: fc.nat(1_000_000),
  mode: fc.constantFrom('min', 'max'),
  trials: fc.integer({ min: 1, max: 14 }),
  factor: fc.integer({ min: 2, max: 4 }),
})

/** Runs a case on an engine; without one, in this process. */
async function run(
  { kind, objective, seed, mode, trials, factor }: Case,
  engine: SearchEngine | undefined,
  extra: Extra = {},
): Promise<SearchResult<Point>> {
  const asked: Objective<Point> | string = engine === undefined ? objectives[objective] : objective
  const shared = { seed, mode, ...extra, ...(engine === undefined ? {} : { engine }) }
  const space = { x: uniformBetween(-1, 1), wait: integerBetween(0, 3) }
  if (kind === 'random') return randomSearch(space, asked, { ...shared, trials })
  if (kind === 'halving') return successiveHalving(space, asked, { ...shared, trials, factor, maxResource: 8 })
  const x: readonly number[] = Array.from({ length: trials }, (_, i) => Math.sin(seed + i))
  return gridSearch({ x, wait: [0, 1] as readonly number[] }, asked, shared)
}

const without = <P>(trial: Trial<P>): Trial<P> => ({ ...trial, seconds: 0 })

/** All but the time it took. */
export const timeless = <P>({ leaderboard, best }: SearchResult<P>): unknown => ({
  best: best?.id,
  leaderboard: leaderboard.map(without),
})

/**
 * What every engine of searches must hold.
 *
 * @param start - gives the engine whose workers have the objectives of the tests; a new one with an empty memory for each name
 */
export function engineSuite(start: (name: string) => SearchEngine | undefined, runs: number): void {
  describe('an engine', () => {
    test('finds what a search in one process finds, to the bit, and tells of each trial once', async () => {
      let made = 0
      await fc.assert(
        fc.asyncProperty(cases, async (search) => {
          const told: Trial<Point>[] = []
          const found = await run(search, start(`property ${made++}`), { onTrial: (trial) => void told.push(trial) })
          expect(timeless(found)).toEqual(timeless(await run(search, undefined)))
          expect(found.aborted).toBe(false)
          const name = ({ id, resource }: Trial<Point>): string => `${id} ${resource}`
          expect(told.map(name).sort()).toEqual(found.leaderboard.map(name).sort())
        }),
        { numRuns: runs, seed: 1 },
      )
    })

    test('goes on from a leaderboard, and runs none of its trials', async () => {
      const search: Case = { kind: 'random', objective: 'hash', seed: 5, mode: 'max', trials: 12, factor: 3 }
      const whole = await run(search, undefined)
      const leaderboard = whole.leaderboard.filter(({ id }) => id % 3 === 0)
      const told: number[] = []
      const found = await run(search, start('leaderboard'), { leaderboard, onTrial: ({ id }) => void told.push(id) })
      expect(timeless(found)).toEqual(timeless(whole))
      expect(told.sort((a, b) => a - b)).toEqual([1, 2, 4, 5, 7, 8, 10, 11])
    })

    test('hears an abort, keeps what it has, and finds the rest when it is asked again', async () => {
      const search: Case = { kind: 'random', objective: 'hash', seed: 6, mode: 'min', trials: 14, factor: 3 }
      const whole = await run(search, undefined)
      const controller = new AbortController()
      const onTrial = (): void => controller.abort()
      const part = await run(search, start('abort'), { signal: controller.signal, onTrial })
      expect(part.aborted).toBe(true)
      expect(part.leaderboard.length).toBeGreaterThan(0)
      for (const trial of part.leaderboard) expect(whole.leaderboard.map(without)).toContainEqual(without(trial))
      const rest = await run(search, start('abort'), { leaderboard: part.leaderboard })
      expect(timeless(rest)).toEqual(timeless(whole))
    })

    test('an abort that came before runs nothing', async () => {
      const search: Case = { kind: 'grid', objective: 'hash', seed: 7, mode: 'min', trials: 3, factor: 3 }
      const found = await run(search, start('aborted'), { signal: AbortSignal.abort() })
      expect(found).toEqual({ best: undefined, leaderboard: [], aborted: true })
    })
  })
}
