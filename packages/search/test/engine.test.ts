import { childSeed } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import {
  gridSearch,
  randomSearch,
  successiveHalving,
  uniformBetween,
  type TrialCandidate,
  type Round,
  type SearchEngine,
  type Study,
  type Trial,
} from '../src/index.js'

const objective = ({ x }: { x: number }): number => (x - 0.3) * (x - 0.3)
const space = { x: uniformBetween(0, 1) }

/** An engine that runs the last trial first, and writes down what it was asked. */
function backwards(): SearchEngine & { readonly asked: { study: Study; index: number; ids: number[] }[] } {
  const asked: { study: Study; index: number; ids: number[] }[] = []
  return {
    asked,
    async runRound<P>(study: Study, { index, candidates, onTrial }: Round<P>) {
      asked.push({ study, index, ids: candidates.map(({ id }) => id) })
      const run = async (candidate: TrialCandidate<P>): Promise<Trial<P>> => {
        const value = objective(candidate.point as { x: number })
        const trial = { ...candidate, value, seconds: 0 }
        await onTrial?.(trial)
        return trial
      }
      const trials: Trial<P>[] = []
      for (const candidate of [...candidates].reverse()) trials.unshift(await run(candidate))
      return trials
    },
  }
}

const told = <P>({ leaderboard }: { leaderboard: readonly Trial<P>[] }): unknown =>
  leaderboard.map(({ id, point, value, resource }) => ({ id, point, value, resource }))

describe('a search on an engine', () => {
  test('asks for the trials of the search, and finds what is found here', async () => {
    const engine = backwards()
    const there = await randomSearch(space, 'parabola', { trials: 7, seed: 3, engine })
    const here = await randomSearch(space, objective, { trials: 7, seed: 3 })
    expect(told(there)).toEqual(told(here))
    expect(engine.asked).toHaveLength(1)
    const { study, index, ids } = engine.asked[0]!
    expect(index).toBe(0)
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(study).toMatchObject({ search: 'randomSearch', objective: 'parabola', seed: 3, mode: 'min', settings: {} })
    expect(study.points).toHaveLength(7)
  })

  test('successive halving asks round after round, of one study', async () => {
    const engine = backwards()
    const options = { trials: 9, maxResource: 9, seed: 1 }
    const there = await successiveHalving(space, 'parabola', { ...options, engine })
    expect(told(there)).toEqual(told(await successiveHalving(space, objective, options)))
    expect(engine.asked.map(({ index, ids }) => [index, ids.length])).toEqual([
      [0, 9],
      [1, 3],
      [2, 1],
    ])
    expect(new Set(engine.asked.map(({ study }) => JSON.stringify(study))).size).toBe(1)
    expect(engine.asked[0]!.study.settings).toEqual({ minResource: 1, maxResource: 9, factor: 3 })
  })

  test('trials of the leaderboard are not asked for, and onTrial is told of the others as they end', async () => {
    const engine = backwards()
    const leaderboard: Trial<{ x: 1 | 2 | 3 }>[] = [{ id: 1, point: { x: 2 }, value: 5, seconds: 1 }]
    const ids: number[] = []
    const onTrial = ({ id }: { id: number }): void => void ids.push(id)
    const result = await gridSearch({ x: [1, 2, 3] }, 'parabola', { engine, leaderboard, onTrial })
    expect(engine.asked[0]!.ids).toEqual([0, 2])
    expect(ids).toEqual([2, 0])
    expect(result.leaderboard.map(({ id }) => id)).toEqual([0, 1, 2])
    expect(result.leaderboard[1]!.value).toBe(5)
  })

  test('code does not travel, and a name alone has nobody to run it', async () => {
    const engine = backwards()
    for (const name of [objective as never, '', '__proto__', 'a b', '../x', 'x'.repeat(65)]) {
      await expect(gridSearch({ x: [1] }, name, { engine })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    await expect(gridSearch({ x: [1] }, 'parabola')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(gridSearch({ x: [1] }, 'parabola', { engine: {} as never })).rejects.toThrow(/engine/)
    expect(engine.asked).toEqual([])
  })
})

test('a trial finds an empty store for its checkpoints, its own', async () => {
  const found: unknown[] = []
  await gridSearch({ x: [1, 2] }, async ({ x }, { checkpoints, id, seed }) => {
    expect(seed).toBe(childSeed(0, 'trial', id))
    found.push(await checkpoints.load())
    await checkpoints.save(new Uint8Array([x]))
    found.push([...(await checkpoints.load())!])
    return x
  })
  expect(found).toEqual([undefined, [1], undefined, [2]])
})
