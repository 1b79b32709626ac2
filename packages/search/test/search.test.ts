import { setDefaultBackend, sub, tensor, type Backend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { standardScaler, timeSeriesSplit } from '@neurite/data'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adam, sgd, type LearningRateSchedule } from '@neurite/optimizers'
import { accuracy, fit, r2, type Dataset } from '@neurite/train'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  crossValidate,
  gridSearch,
  integerBetween,
  learningRateFinder,
  logUniformBetween,
  randomSearch,
  successiveHalving,
  uniformBetween,
  type HostDataset,
  type Trial,
} from '../src/index.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const space = { rate: logUniformBetween(1e-3, 1), units: integerBetween(2, 5), kind: ['a', 'b'] } as const
type Point = { readonly rate: number; readonly units: number; readonly kind: 'a' | 'b' }
const objective = ({ rate, units, kind }: Point): number =>
  Math.abs(Math.log10(rate) + 2) + Math.abs(units - 3) + (kind === 'a' ? 0 : 0.5)
const timeless = (trials: readonly Trial<unknown>[]) =>
  trials.map(({ seconds, ...rest }) => ({ ...rest, timed: seconds >= 0 }))

describe('searches', () => {
  test('a grid tries every combination once', async () => {
    const { best, leaderboard } = await gridSearch({ a: [1, 2], b: ['x', 'y', 'z'] }, ({ a, b }) => a + b.charCodeAt(0))
    expect(leaderboard.map(({ point }) => `${point.a}${point.b}`)).toEqual(['1x', '1y', '2x', '1z', '2y', '2z'])
    expect(best).toMatchObject({ id: 0, value: 121 })
    const highest = await gridSearch({ a: [1, 2] }, ({ a }) => a, { mode: 'max' })
    expect(highest.best?.point).toEqual({ a: 2 })
  })
  test("random points are the seed's, stay in the space, and do not depend on concurrency", async () => {
    const one = await randomSearch(space, objective, { trials: 40, seed: 0 })
    const four = await randomSearch(
      space,
      async (point) => {
        await new Promise((resolve) => setTimeout(resolve, point.units))
        return objective(point)
      },
      { trials: 40, seed: 0, concurrency: 4 },
    )
    expect(timeless(four.leaderboard)).toEqual(timeless(one.leaderboard))
    for (const { point } of one.leaderboard) {
      expect(point.rate).toBeGreaterThanOrEqual(1e-3)
      expect(point.rate).toBeLessThan(1)
      expect([2, 3, 4, 5]).toContain(point.units)
    }
    expect(new Set(one.leaderboard.map(({ point }) => point.units)).size).toBe(4)
    const other = await randomSearch(space, objective, { trials: 40, seed: 1 })
    expect(timeless(other.leaderboard)).not.toEqual(timeless(one.leaderboard))
    const fewer = await randomSearch(space, objective, { trials: 10, seed: 0 })
    expect(one.leaderboard).toEqual(
      expect.arrayContaining(
        fewer.leaderboard.map(({ id, point }) => expect.objectContaining({ id, point }) as unknown),
      ),
    )
  })
  test('goes on from a leaderboard, as JSON keeps it, after an abort', async () => {
    const whole = await randomSearch(space, objective, { trials: 12, seed: 5 })
    const controller = new AbortController()
    let kept: Trial<Point>[] = []
    const first = await randomSearch(space, objective, {
      trials: 12,
      seed: 5,
      signal: controller.signal,
      onTrial: (trial) => {
        kept.push(trial)
        if (kept.length === 5) controller.abort()
      },
    })
    expect(first.aborted).toBe(true)
    expect(first.leaderboard).toHaveLength(5)
    kept = JSON.parse(JSON.stringify(kept)) as Trial<Point>[]
    let tried = 0
    const second = await randomSearch(
      space,
      (point) => {
        tried++
        return objective(point)
      },
      { trials: 12, seed: 5, leaderboard: kept },
    )
    expect(tried).toBe(7)
    expect(timeless(second.leaderboard)).toEqual(timeless(whole.leaderboard))
    await expect(randomSearch(space, objective, { trials: 12, seed: 6, leaderboard: kept })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })
  test('halving gives more to fewer', async () => {
    const asked: [number, number][] = []
    const { best, leaderboard } = await successiveHalving(
      { x: uniformBetween(0, 1) },
      ({ x }, { id, resource }) => {
        asked.push([id, resource!])
        return Math.abs(x - 0.3) + 1 / resource!
      },
      { trials: 18, maxResource: 20, minResource: 2 },
    )
    const counts = (resource: number): number => asked.filter(([, given]) => given === resource).length
    expect([counts(2), counts(6), counts(18)]).toEqual([18, 6, 2])
    expect(best?.resource).toBe(18)
    const nearest = Math.min(...leaderboard.map(({ point }) => Math.abs(point.x - 0.3)))
    expect(Math.abs(best!.point.x - 0.3)).toBe(nearest)
  })
  test('training that diverges is a failed trial; any other error is an error', async () => {
    const data = { x: [[1000], [2000], [3000]], y: [1, 2, 3] }
    const { best, leaderboard } = await gridSearch({ learningRate: [10, 1e-9] }, async ({ learningRate }, { seed }) => {
      const { history } = await fit(sequential([dense(1)]), data, {
        loss: mse,
        optimizer: sgd({ learningRate }),
        epochs: 30,
        seed,
      })
      return history.loss.at(-1)!
    })
    expect(best?.point).toEqual({ learningRate: 1e-9 })
    expect(leaderboard[1]).toMatchObject({ value: null, error: expect.stringContaining('NON_FINITE') as string })
    await expect(
      gridSearch({ a: [1] }, () => {
        throw new TypeError('typo')
      }),
    ).rejects.toThrow('typo')
  })
  test('wrong spaces and options are refused', async () => {
    await expect(gridSearch({ a: uniformBetween(0, 1) }, () => 0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(gridSearch({ a: [] }, () => 0)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(gridSearch({ a: [1] }, () => 0, { trials: 3 } as never)).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
    })
    expect(() => logUniformBetween(0, 1)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error)
  })
})

describe('crossValidate', () => {
  const data = {
    x: Array.from({ length: 30 }, (_, i) => [100 * (i % 3) + 10 * Math.sin(i), 0.01 * Math.cos(i)]),
    y: Int32Array.from({ length: 30 }, (_, i) => i % 3),
  }
  test('each row is tested once, with preparation learned from the others', async () => {
    const before = backend.memory()
    const seen: number[] = []
    const { values, mean, standardDeviation, folds } = await crossValidate(
      sequential([dense(8, { activation: 'tanh' }), dense(3)]),
      data,
      {
        loss: sparseCrossEntropy({ fromLogits: true }),
        optimizer: adam({ learningRate: 0.05 }),
        epochs: 40,
        metrics: { accuracy },
        folds: 3,
        stratify: data.y,
        prepare: ({ x }) => {
          seen.push(x.shape[0]!)
          const scaler = standardScaler().fit(x)
          return (part) => ({ ...part, x: scaler.transform(part.x) })
        },
      },
    )
    expect(seen).toEqual([20, 20, 20])
    expect(folds.flatMap(({ testIndices }) => [...testIndices]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    )
    expect(values.accuracy).toEqual([1, 1, 1])
    expect(mean.loss).toBeCloseTo((values.loss[0]! + values.loss[1]! + values.loss[2]!) / 3, 12)
    expect(standardDeviation.accuracy).toBe(0)
    expect(backend.memory()).toEqual(before)
  })
  const line = { x: Array.from({ length: 12 }, (_, i) => [i / 6 - 1]), y: Array.from({ length: 12 }, (_, i) => i / 12) }
  const options = { loss: mse, optimizer: sgd({ learningRate: 0.01 }), epochs: 1, batchSize: 2 }
  const model = sequential([dense(1)])
  test('each part has the rows of its fold, of all that the data holds, and is trained and tested with it', async () => {
    const x = tensor(line.x)
    const sampleWeights = line.y.map((_, row) => Number(row !== 5))
    const parts: number[][][] = []
    const run = async (data: Dataset): Promise<readonly number[]> => {
      const prepare = () => (part: HostDataset) => {
        parts.push([part.x, part.y, part.sampleWeights!].map((source) => Array.from(source.data)))
        return part
      }
      return (await crossValidate(model, data, { ...options, folds: timeSeriesSplit(12, { folds: 3 }), prepare }))
        .values.loss
    }
    const rows = (from: number, to: number): number[][] =>
      [x.dataSync(), line.y, sampleWeights].map((source) => Array.from(source).slice(from, to))
    const values = await run({ x, y: line.y, sampleWeights })
    expect(parts).toEqual([rows(0, 3), rows(3, 6), rows(0, 6), rows(6, 9), rows(0, 9), rows(9, 12)])
    // A row that weighs nothing may be anything.
    const spoilt = line.y.map((y, row) => (row === 5 ? 1e3 : y))
    expect(await run({ x, y: spoilt, sampleWeights })).toEqual(values)
    expect(await run({ x, y: line.y, sampleWeights: line.y.map((_, row) => 1 + row) })).not.toEqual(values)
  })
  test('groups stay whole', async () => {
    const groups = ['a', 'b', 'b', 'c', 'c', 'c', 'd', 'd', 'd', 'd', 'e', 'f']
    const { folds } = await crossValidate(model, line, { ...options, folds: 3, groups })
    for (const { trainIndices, testIndices } of folds) {
      const tested = new Set(Array.from(testIndices, (row) => groups[row]))
      expect(Array.from(trainIndices, (row) => groups[row]).filter((group) => tested.has(group))).toEqual([])
    }
    expect(folds.flatMap(({ testIndices }) => [...testIndices])).toHaveLength(12)
    await expect(crossValidate(model, line, { ...options, groups, stratify: groups })).rejects.toThrow(
      /exclude each other/,
    )
  })
  test('folds may be given: the past is trained on, what comes next is tested', async () => {
    const given = timeSeriesSplit(12, { folds: 3 })
    const seen: number[][] = []
    const prepare = (train: { x: { data: ArrayLike<number> } }) => {
      seen.push(Array.from(train.x.data, (value) => Math.round(6 * (value + 1))))
      return (part: never) => part
    }
    const { folds, values } = await crossValidate(model, line, { ...options, folds: given, prepare: prepare as never })
    expect(seen).toEqual(given.map(({ trainIndices }) => [...trainIndices]))
    expect(folds.map(({ testIndices }) => [...testIndices])).toEqual([[3, 4, 5], [6, 7, 8], [9, 10, 11]]) // prettier-ignore
    expect(values.loss).toHaveLength(3)
  })
  test('folds that are none are refused', async () => {
    const one = (train: number[], test: number[]) => ({ trainIndices: Int32Array.from(train), testIndices: Int32Array.from(test) }) // prettier-ignore
    const wrong: [unknown, RegExp][] = [
      [[], /folds must be a whole number >= 2, or a list of folds/],
      [[one([0, 1], [])], /a list of folds/],
      [[{ train: [0], test: [1] }], /a list of folds/],
      [[one([0, 1], [12])], /fold 0 has row 12, the data has 12 rows/],
      [[one([0, 1], [2]), one([0, -1], [2])], /fold 1 has row -1/],
      [[one([0, 1], [1])], /fold 0 trains with row 1, which it tests/],
    ]
    for (const [folds, message] of wrong)
      await expect(crossValidate(model, line, { ...options, folds: folds as never })).rejects.toThrow(message)
    const given = { ...options, folds: [one([0, 1], [2])], groups: line.y }
    await expect(crossValidate(model, line, given)).rejects.toThrow(/give folds, or one of them/)
  })
  test('an abort ends it at the fold that it comes in, and leaves nothing', async () => {
    const before = backend.memory()
    for (const step of [0, 3, 7]) {
      const abort = new AbortController()
      let steps = 0
      const onIteration = (): void => {
        if (steps++ === step) abort.abort('enough')
      }
      const run = crossValidate(model, line, { ...options, folds: 3, signal: abort.signal, onIteration })
      await expect(run).rejects.toMatchObject({ code: 'ABORTED', details: { folds: Math.floor(step / 4) } })
    }
    expect(backend.memory()).toEqual(before)
  })
  test('the same seed gives the same values', async () => {
    const run = () =>
      crossValidate(
        sequential([dense(1)]),
        { x: [[1], [2], [3], [4]], y: [1, 2, 3, 5] },
        { loss: mse, optimizer: sgd({ learningRate: 0.01 }), epochs: 2, folds: 2, metrics: { r2 }, seed: 4 },
      )
    expect((await run()).values).toEqual((await run()).values)
  })
})

describe('learningRateFinder', () => {
  test('a loss below 0 is no divergence', async () => {
    const data = { x: [[-1], [0], [1], [2]], y: [-1, 1, 3, 5] }
    const square = mse()
    const { losses, learningRates, suggestion } = await learningRateFinder(sequential([dense(1)]), data, {
      loss: (prediction, target) => sub(square(prediction, target), 100),
      optimizer: (learningRate) => sgd({ learningRate }),
    })
    expect(Math.max(...losses.slice(0, 50))).toBeLessThan(0)
    expect(losses.at(-1)).toBeGreaterThan(100)
    expect(learningRates.at(-1)).toBeGreaterThan(0.1)
    expect(suggestion).toBeGreaterThan(1e-3)
  })
  test('rates too far apart for float32 are refused, not made NaN', async () => {
    const options = { loss: mse, optimizer: (learningRate: LearningRateSchedule) => sgd({ learningRate }) }
    for (const [minimum, maximum] of [
      [1e-300, 1e300],
      [1e-30, 1e10],
    ] as const)
      await expect(
        learningRateFinder(sequential([dense(1)]), { x: [[0], [1]], y: [0, 1] }, { ...options, minimum, maximum }),
      ).rejects.toThrow(/learningRateFinder: maximum \/ minimum must be at most 1e\+38/)
  })
  test('suggests a rate below the one that diverges, for steep and for flat problems', async () => {
    const suggest = async (steepness: number): Promise<number> => {
      const data = { x: [[-1], [0], [1], [2]].map(([v]) => [v! * steepness]), y: [-1, 1, 3, 5] }
      const { learningRates, losses, suggestion } = await learningRateFinder(sequential([dense(1)]), data, {
        loss: mse,
        optimizer: (learningRate) => sgd({ learningRate }),
      })
      expect(learningRates).toHaveLength(losses.length)
      expect(learningRates[0]).toBeCloseTo(1e-6, 12)
      return suggestion
    }
    const gentle = await suggest(1)
    const steep = await suggest(10)
    // The curvature grows with the square of the features' scale.
    expect(gentle / steep).toBeGreaterThan(10)
    expect(gentle).toBeLessThan(0.6)
  })
  test('rates grow evenly by the logarithm; losses are smoothed as by Adam, without its bias', async () => {
    const data = { x: [[-1], [0], [1], [2]], y: [-1, 1, 3, 5] }
    const options = {
      loss: mse,
      optimizer: (learningRate: LearningRateSchedule) => sgd({ learningRate }),
      batchSize: 2,
    }
    const curve = await learningRateFinder(sequential([dense(1)]), data, {
      ...options,
      ...{ minimum: 1e-4, maximum: 1e-2, steps: 21 },
    })
    expect(curve.learningRates).toEqual(curve.losses.map((_, i) => expect.closeTo(10 ** (i / 10 - 4), 9) as number))
    expect(curve.learningRates).toHaveLength(21)
    // Weights 0.9^k of what is k steps ago, divided by their sum.
    const smoothed = curve.losses.map((_, i) => {
      const weights = Array.from({ length: i + 1 }, (_, k) => 0.9 ** (i - k))
      const sum = weights.reduce((total, weight, k) => total + weight * curve.losses[k]!, 0)
      return sum / weights.reduce((total, weight) => total + weight, 0)
    })
    expect(curve.smoothed).toEqual(smoothed.map((value) => expect.closeTo(value, 9) as number))
    const least = curve.smoothed.indexOf(Math.min(...curve.smoothed))
    expect(curve.suggestion).toBeCloseTo(curve.learningRates[least]! / 10, 12)

    const wide = await learningRateFinder(sequential([dense(1)]), data, options)
    const ratios = wide.smoothed.map((value, i) => value / Math.min(...wide.smoothed.slice(0, i + 1)))
    expect(ratios.at(-1)).toBeGreaterThan(4)
    expect(Math.max(...ratios.slice(0, -1))).toBeLessThanOrEqual(4)
  })
  test('leaves nothing behind, diverged or not', async () => {
    const before = backend.memory()
    const data = { x: [[-1e5], [1e5]], y: [1, 2] }
    await learningRateFinder(sequential([dense(1)]), data, {
      loss: mse,
      optimizer: (learningRate) => sgd({ learningRate }),
      maximum: 1e6,
    })
    expect(backend.memory()).toEqual(before)
  })
})

describe('budgets and points', () => {
  test.each([
    [0.1, 0.9, [0.1, 0.3, 0.9]],
    [0.7, 6.3, [0.7, 2.1, 6.3]],
    [1, 9, [1, 3, 9]],
    [1, 8.9, [1, 3]],
  ])('successiveHalving from %d to %d: rounding costs no round', async (minResource, maxResource, resources) => {
    const rounds = new Set<number>()
    const { best } = await successiveHalving(
      { x: uniformBetween(0, 1) },
      ({ x }, { resource }) => {
        rounds.add(resource!)
        return x
      },
      { trials: 9, minResource, maxResource },
    )
    expect([...rounds]).toEqual(resources.map((resource) => expect.closeTo(resource, 12) as number))
    expect(best!.resource).toBe([...rounds].at(-1))
    expect(best!.resource).toBeLessThanOrEqual(maxResource)
  })

  test('what an objective sets in its point does not stand in the leaderboard', async () => {
    const { leaderboard } = await gridSearch({ a: [1, 2] }, (point) => {
      const { a } = point
      Object.assign(point, { a: 7 })
      return a
    })
    expect(leaderboard.map(({ point, value }) => [point.a, value])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })
})
