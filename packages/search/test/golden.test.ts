import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, tensor } from '@neurite/core'
import { kFold } from '@neurite/data'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { zeros } from '@neurite/nn/initializers'
import { sgd } from '@neurite/optimizers'
import { meanAbsoluteError } from '@neurite/train'
import { describe, expect, test, vi } from 'vitest'
import {
  crossValidate,
  gridSearch,
  integerBetween,
  learningRateFinder,
  logUniformBetween,
  randomSearch,
  successiveHalving,
  uniformBetween,
  type SearchResult,
  type Trial,
  type TrialContext,
} from '../src/index.js'

// Whole results and whole messages, kept in golden/: `vitest -u` writes them anew.
setDefaultBackend(cpu())

const space = { rate: logUniformBetween(1e-3, 1), width: uniformBetween(-1, 1), units: integerBetween(2, 5), kind: ['a', 'b'] } // prettier-ignore
const score = ({ rate, width, units }: { rate: number; width: number; units: number }): number =>
  Math.abs(Math.log10(rate) + 2) + width * width + Math.abs(units - 3)
const line = sequential([dense(1, { weightInitializer: zeros })])
const rows = { x: [[0], [1], [2], [3], [4], [5]], y: [0, 1, 2, 3, 4, 5] }
const base = { loss: mse, optimizer: sgd({ learningRate: 0.05 }), epochs: 3, batchSize: 'full' } as const

const textOf = <P>({ best, leaderboard, aborted }: SearchResult<P>): string =>
  [
    `best ${best?.id}, aborted ${aborted}`,
    ...leaderboard.map((trial) =>
      JSON.stringify(trial, (key, value: unknown) =>
        key === 'seconds' ? undefined : typeof value === 'number' ? Number(value.toPrecision(8)) : value,
      ),
    ),
  ].join('\n  ')

test('what searches find', async () => {
  const failing = ({ width, ...rest }: { rate: number; width: number; units: number }): number =>
    width > 0.5 ? NaN : width < -0.8 ? Infinity : score({ width, ...rest })
  const results: Readonly<Record<string, () => Promise<SearchResult<unknown>>>> = {
    'a grid, equal values in order': () =>
      gridSearch({ a: [3, 1, 2], b: [true, false] }, ({ a }) => (a === 3 ? NaN : a), { mode: 'max' }),
    'points of a seed': () => randomSearch(space, score, { trials: 6, seed: 7 }),
    'points that fail': () => randomSearch(space, failing, { trials: 8 }),
    'all that fail': () => randomSearch(space, () => -Infinity, { trials: 2 }),
    'halving: 9, 3, 1': () => successiveHalving(space, score, { trials: 9, maxResource: 9 }),
    'halving that ends before the resource is beyond': () =>
      successiveHalving(space, score, { trials: 9, maxResource: 8.9, mode: 'max', seed: 3 }),
    'halving by two, from two': () =>
      successiveHalving(space, score, { trials: 5, minResource: 2, maxResource: 9, factor: 2 }),
    'halving of one round': () => successiveHalving(space, score, { trials: 3, minResource: 4, maxResource: 4 }),
    'halving where the last round fails': () =>
      successiveHalving(space, (point, { resource }) => (resource === 3 ? NaN : score(point)), {
        trials: 6,
        maxResource: 9,
      }),
  }
  const texts: string[] = []
  for (const [name, search] of Object.entries(results)) texts.push(`${name}\n  ${textOf(await search())}`)
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/searches.txt')
})

test('what validation and the finder measure', async () => {
  const rounded = (value: unknown): string =>
    JSON.stringify(value, (_, part: unknown) =>
      part instanceof Int32Array ? [...part] : typeof part === 'number' ? Number(part.toPrecision(5)) : part,
    )
  const metrics = { mae: meanAbsoluteError }
  const texts = [
    rounded(await crossValidate(line, rows, { ...base, metrics })),
    rounded(await crossValidate(line, rows, { ...base, folds: 2, seed: 1, stratify: [0, 0, 0, 1, 1, 1] })),
    rounded(await crossValidate(line, rows, { ...base, folds: 3, groups: ['a', 'a', 'b', 'b', 'c', 'c'] })),
    rounded(await crossValidate(line, { ...rows, sampleWeights: [1, 2, 3, 4, 5, 6] }, { ...base, folds: 2 })),
    rounded(
      await learningRateFinder(line, rows, {
        loss: mse,
        optimizer: (learningRate) => sgd({ learningRate }),
        steps: 12,
      }),
    ),
    rounded(
      await learningRateFinder(line, rows, {
        ...{ loss: mse, optimizer: (learningRate) => sgd({ learningRate }), steps: 10 },
        ...{ minimum: 1e-4, maximum: 0.01, batchSize: 2 },
      }),
    ),
  ]
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/measured.txt')
})

describe('the end of a search', () => {
  test('one error ends the others, which hear of it as the reason', async () => {
    const heard: unknown[] = []
    const begun: number[] = []
    const failure = new Error('a mistake')
    const objective = async (_: unknown, { id, signal }: TrialContext): Promise<number> => {
      begun.push(id)
      if (id === 1) throw failure
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      heard.push(signal.reason)
      return 1
    }
    await expect(randomSearch(space, objective, { trials: 9, concurrency: 3 })).rejects.toBe(failure)
    expect(heard).toEqual([failure, failure])
    expect(begun).toEqual([0, 1, 2])
  })

  test('an abort is handed on with its reason, what came before stays, and nobody listens any more', async () => {
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const seen: Trial<unknown>[] = []
    const reasons: unknown[] = []
    const result = await randomSearch(
      space,
      (point, { id, signal }) => {
        if (id === 2) {
          controller.abort('enough')
          reasons.push(signal.reason)
          throw new NeuriteError('ABORTED', 'fit was aborted')
        }
        return score(point)
      },
      { trials: 5, signal: controller.signal, onTrial: (trial) => void seen.push(trial) },
    )
    expect(result.aborted).toBe(true)
    expect(reasons).toEqual(['enough'])
    expect(result.leaderboard.map(({ id }) => id).sort()).toEqual([0, 1])
    expect(seen.map(({ id }) => id)).toEqual([0, 1])
    expect(removed).toHaveBeenCalledTimes(1)
    const never = vi.fn(score)
    const none = await randomSearch(space, never, { trials: 5, signal: AbortSignal.abort() })
    expect(none).toEqual({ best: undefined, leaderboard: [], aborted: true })
    expect(await successiveHalving(space, never, { trials: 5, maxResource: 5, signal: AbortSignal.abort() })).toEqual(
      none,
    )
    expect(never).not.toHaveBeenCalled()
  })

  test('an abort of something else is an error', async () => {
    const objective = () => {
      throw new NeuriteError('ABORTED', 'somebody else gave up')
    }
    await expect(randomSearch(space, objective, { trials: 1 })).rejects.toThrow('somebody else gave up')
  })

  test('trials of a leaderboard are not run again, nor told of; those of another round are', async () => {
    const first = await successiveHalving(space, score, { trials: 4, maxResource: 3 })
    const objective = vi.fn(score)
    const told: number[] = []
    const known = first.leaderboard.filter(({ resource }) => resource === 1)
    const again = await successiveHalving(space, objective, {
      ...{ trials: 4, maxResource: 3, leaderboard: known },
      onTrial: ({ resource }) => void told.push(resource!),
    })
    expect(textOf(again)).toBe(textOf(first))
    expect(objective).toHaveBeenCalledTimes(1)
    expect(told).toEqual([3])
  })

  test('no more work at once than was asked for, each trial with a seed of its own', async () => {
    let [now, most] = [0, 0]
    const seeds = new Map<number, number>()
    const objective = async (_: unknown, { id, seed, resource }: TrialContext): Promise<number> => {
      most = Math.max(most, ++now)
      seeds.set(id, seed)
      expect(resource).toBeUndefined()
      await new Promise((resolve) => setTimeout(resolve, 1))
      now--
      return id
    }
    await randomSearch(space, objective, { trials: 7, concurrency: 3 })
    expect(most).toBe(3)
    expect(new Set(seeds.values()).size).toBe(7)
    const before = new Map(seeds)
    await randomSearch(space, objective, { trials: 7, seed: 1 })
    expect([...seeds.values()].some((seed) => [...before.values()].includes(seed))).toBe(false)
    expect(most).toBe(3)
  })
})

test('what is refused, in its words', async () => {
  const folds = kFold(6, { folds: 2 })
  const one = { trainIndices: Int32Array.of(0, 1), testIndices: Int32Array.of(2) }
  const validated = (options: object, data: unknown = rows) =>
    crossValidate(line, data as typeof rows, { ...base, ...options })
  const found = (options: object) =>
    learningRateFinder(line, rows, { loss: mse, optimizer: (learningRate) => sgd({ learningRate }), ...options })
  const calls: Readonly<Record<string, () => unknown>> = {
    'a range upside down': () => uniformBetween(1, 0),
    'a range of nothing': () => uniformBetween(1, 1),
    'a range without end': () => integerBetween(0, Infinity),
    'a range of text': () => integerBetween('a' as never, 3),
    'a logarithm of 0': () => logUniformBetween(0, 1),
    'integers that are none': () => integerBetween(0.5, 3),
    'integers that end in none': () => integerBetween(0, 2.5),
    'a space of nothing': () => randomSearch({}, () => 0, { trials: 1 }),
    'a space that is none': () => randomSearch(null as never, () => 0, { trials: 1 }),
    'no choices': () => gridSearch({ a: [] }, () => 0),
    'choices that are none': () => gridSearch({ a: 3 } as never, () => 0),
    'choices that are null': () => gridSearch({ a: null } as never, () => 0),
    'a grid of a range': () => gridSearch({ a: uniformBetween(0, 1) }, () => 0),
    'an objective that is none': () => gridSearch({ a: [1] }, 7 as never),
    'an objective that gives text': () => gridSearch({ a: [1] }, (() => 'x') as never),
    'no trials': () => randomSearch(space, score, { trials: 0 }),
    'no concurrency': () => randomSearch(space, score, { trials: 1, concurrency: 0 }),
    'another mode': () => randomSearch(space, score, { trials: 1, mode: 'least' as never }),
    'a leaderboard of another space': () =>
      gridSearch({ a: [1] }, () => 0, { leaderboard: [{ id: 0, point: { a: 2 as never }, value: 1, seconds: 1 }] }),
    'a leaderboard that is none': () => gridSearch({ a: [1] }, () => 0, { leaderboard: [{} as never] }),
    'less than the first round': () => successiveHalving(space, score, { trials: 3, minResource: 4, maxResource: 3 }),
    'halving by one': () => successiveHalving(space, score, { trials: 3, maxResource: 3, factor: 1 }),
    'one fold': () => validated({ folds: 1 }),
    'no folds': () => validated({ folds: [] }),
    'folds of arrays': () => validated({ folds: [{ trainIndices: [0], testIndices: [1] }] }),
    'a fold of nothing': () => validated({ folds: [{ ...one, testIndices: new Int32Array(0) }] }),
    'folds beside groups': () => validated({ folds, groups: [0, 0, 1, 1, 2, 2] }),
    'folds beside stratify': () => validated({ folds, stratify: [0, 0, 1, 1, 0, 1] }),
    'a fold beyond the rows': () => validated({ folds: [one, { ...one, testIndices: Int32Array.of(6) }] }),
    'a fold before the rows': () => validated({ folds: [{ ...one, testIndices: Int32Array.of(-1) }] }),
    'a fold that tests what it trains': () => validated({ folds: [{ ...one, testIndices: Int32Array.of(3, 1) }] }),
    'no data': () => validated({}, { x: [[1]] }),
    'rows and targets': () => validated({}, { x: [[1], [2]], y: [1] }),
    'one number': () => validated({}, { x: tensor(1), y: tensor(1) }),
    'an end before the first fold': () => validated({ signal: AbortSignal.abort(new Error('enough')) }),
    'rates upside down': () => found({ minimum: 1, maximum: 0.1 }),
    'rates of nothing': () => found({ minimum: 1, maximum: 1 }),
    'too few rates': () => found({ steps: 9 }),
    'an optimizer instead of its maker': () => found({ optimizer: sgd() }),
    'a finder that is ended': () => found({ signal: AbortSignal.abort(new Error('enough')) }),
  }
  const texts: string[] = []
  for (const [name, call] of Object.entries(calls)) {
    const text = await (async () => call())().then(
      () => 'is taken',
      (error: unknown) =>
        error instanceof NeuriteError
          ? `${error.message}\n  ${JSON.stringify(error.details)}${error.cause instanceof Error ? `\n  because ${error.cause.message}` : ''}`
          : String(error),
    )
    texts.push(`${name}\n  ${text}`)
  }
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/refusals.txt')
})
