import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  kFold,
  oneHotEncoder,
  splitIndices,
  standardScaler,
  Table,
  timeSeriesSplit,
  trainTestSplit,
  type SplitIndices,
} from '../src/index.js'
import { coded } from './support.js'

const classes = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 12, maxLength: 80 })
const people = fc.array(fc.constantFrom('ann', 'bob', 'cyd', 'dee', 'eve', 'fay'), { minLength: 8, maxLength: 60 })
const seeds = fc.integer({ min: 0, max: 1000 })

function ascending(...parts: Int32Array[]): number[] {
  return parts.flatMap((part) => Array.from(part)).sort((a, b) => a - b)
}

function all(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => i)
}

function labelsAt(labels: readonly string[], rows: Int32Array): Set<string> {
  return new Set(Array.from(rows, (i) => labels[i] ?? ''))
}

/** No group on both sides, every row on one. */
function expectGroupsWhole(groups: readonly string[], { trainIndices, testIndices }: SplitIndices): void {
  const train = labelsAt(groups, trainIndices)
  expect([...labelsAt(groups, testIndices)].filter((group) => train.has(group))).toEqual([])
  expect(ascending(trainIndices, testIndices)).toEqual(all(groups.length))
}

function count(values: ArrayLike<unknown>, wanted: unknown): number {
  return Array.from(values).filter((value) => value === wanted).length
}

describe('trainTestSplit', () => {
  test('the parts are a partition, of the size that was asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        seeds,
        (rows, test, seed) => {
          const y = { shape: [rows], data: Int32Array.from(all(rows)) }
          const split = trainTestSplit({ y }, { test, seed })
          expect(ascending(split.trainIndices, split.testIndices)).toEqual(all(rows))
          expect(Math.abs(split.testIndices.length - test * rows)).toBeLessThan(1)
          // Each row is its own number: the indices say where the rows came from.
          expect(split.train.y.data).toEqual(split.trainIndices)
          expect(split.test.y.data).toEqual(split.testIndices)
        },
      ),
      { seed: 1 },
    )
  })

  test('sizes are exact: a share is rounded up, of rows, of rows with classes, of groups', () => {
    const shares = [
      [1, 10],
      [1, 5],
      [3, 10],
      [1, 3],
      [1, 2],
      [7, 100],
      [29, 100],
    ] as const
    for (let rows = 4; rows <= 100; rows++) {
      const stratify = all(rows).map((row) => row % 2)
      const groups = all(rows * 2).map((row) => row % rows)
      for (const [over, under] of shares) {
        // In whole numbers: 0.07 * 100 is 7.000000000000001.
        const size = Math.ceil((over * rows) / under - 1e-9)
        const test = over / under
        const told = `${over}/${under} of ${rows}`
        expect(splitIndices(rows, { test }).testIndices, told).toHaveLength(size)
        expect(splitIndices(rows, { test, shuffle: false }).trainIndices, told).toHaveLength(rows - size)
        expect(splitIndices(rows * 2, { test, groups }).testIndices, told).toHaveLength(size * 2)
        if (size < 2) continue
        const { trainIndices, testIndices } = splitIndices(rows, { test, stratify })
        expect([trainIndices.length, testIndices.length], told).toEqual([rows - size, size])
        const ones = Array.from(testIndices).filter((row) => row % 2 === 1).length
        expect([Math.floor(size / 2), Math.ceil(size / 2)], told).toContain(ones)
      }
    }
  })

  test('whatever fit takes as arrays: nested, typed, with a shape, tables, booleans', () => {
    const data = {
      x: [
        [[1], [2]],
        [[3], [4]],
        [[5], [6]],
      ],
      y: [0, 1, 2],
      weights: Float32Array.of(0.5, 1, 1.5),
      isTrue: [true, false, true],
      table: Table.fromColumns({ a: [1, 2, 3] }),
      ids: { shape: [3, 1], data: Int32Array.of(7, 8, 9) },
    }
    const { train, test } = trainTestSplit(data, { test: 1, shuffle: false })
    expect(test).toEqual({
      x: { shape: [1, 2, 1], data: Float64Array.of(5, 6) },
      y: { shape: [1], data: Float64Array.of(2) },
      weights: { shape: [1], data: Float32Array.of(1.5) },
      isTrue: { shape: [1], data: Uint8Array.of(1) },
      table: data.table.rows([2]).features,
      ids: { shape: [1, 1], data: Int32Array.of(9) },
    })
    expect(train.x).toEqual({ shape: [2, 2, 1], data: Float64Array.of(1, 2, 3, 4) })
  })

  test('stratify: each class within one row of its share, in both parts', () => {
    fc.assert(
      fc.property(classes, seeds, (kinds, seed) => {
        fc.pre(['a', 'b', 'c'].every((kind) => count(kinds, kind) >= 2))
        const split = trainTestSplit(Table.fromColumns({ kind: kinds }), { test: 0.3, stratify: 'kind', seed })
        for (const kind of ['a', 'b', 'c']) {
          const share = count(kinds, kind) / kinds.length
          for (const part of [split.train, split.test]) {
            expect(Math.abs(count(part.column('kind'), kind) - share * part.numRows)).toBeLessThan(1)
          }
        }
        expect(ascending(split.trainIndices, split.testIndices)).toEqual(all(kinds.length))
      }),
      { seed: 2 },
    )
  })

  test('the same seed gives the same parts, and 0 is a seed', () => {
    const table = Table.fromColumns({ a: all(100) })
    const indices = (seed?: number): Int32Array =>
      trainTestSplit(table, { ...(seed !== undefined && { seed }) }).testIndices
    expect(indices(0)).toEqual(indices())
    expect(indices(0)).not.toEqual(indices(1))
    expect(indices(1)).toEqual(indices(1))
  })

  test('nested arrays and typed arrays are taken as they are', () => {
    const x = [[1], [2], [3], [4]]
    const { train, test } = trainTestSplit({ x, y: Int32Array.of(0, 0, 1, 1) }, { test: 2, stratify: 'y', seed: 1 })
    expect([train.x.shape, test.x.shape]).toEqual([
      [2, 1],
      [2, 1],
    ])
    expect([...test.y.data].sort()).toEqual([0, 1])
    expect(() => trainTestSplit({ x: [[1], [2, 3]] })).toThrow(coded('SHAPE_MISMATCH', "'x'[1]"))
    // @ts-expect-error -- arrays have no columns
    expect(() => trainTestSplit({ x }, { target: 'x' })).toThrow(coded('INVALID_ARGUMENT', 'target must be left out'))
    expect(() => trainTestSplit({ x }, { seed: 0.5 })).toThrow(coded('INVALID_ARGUMENT', 'seed'))
  })

  test('of rows that are somewhere else: the same rows as of arrays', () => {
    const labels = all(40).map((i) => (i % 3 === 0 ? 'a' : 'b'))
    for (const options of [{ test: 0.3, seed: 5 }, { stratify: labels }, { groups: all(40).map((i) => i % 7) }]) {
      const { trainIndices, testIndices } = trainTestSplit({ x: all(40) }, options)
      expect(splitIndices(40, options)).toEqual({ trainIndices, testIndices })
    }
    expect(() => splitIndices(3, { stratify: ['a', 'b'] })).toThrow(coded('SHAPE_MISMATCH', '2 labels for 3 rows'))
  })

  test('labels are a column, however it is written', () => {
    const expected = splitIndices(4, { test: 2, stratify: ['a', 'b', 'a', 'b'] })
    expect(splitIndices(4, { test: 2, stratify: Table.fromColumns({ kind: ['a', 'b', 'a', 'b'] }) })).toEqual(expected)
    expect(splitIndices(4, { test: 2, stratify: [[0], [1], [0], [1]] })).toEqual(expected)
    const two = coded('SHAPE_MISMATCH', 'one label a row')
    expect(() =>
      splitIndices(2, {
        stratify: [
          [0, 1],
          [1, 0],
        ],
      }),
    ).toThrow(two)
    expect(() => splitIndices(2, { stratify: Table.fromColumns({ a: ['a', 'b'], b: ['a', 'b'] }) })).toThrow(two)
  })

  test('rows are shuffled before they are split, unless that is declined', () => {
    const table = Table.fromColumns({ a: all(100) })
    expect(Array.from(trainTestSplit(table, { test: 10 }).testIndices)).not.toEqual(all(100).slice(90))
    expect(Array.from(trainTestSplit(table, { test: 10, shuffle: false }).testIndices)).toEqual(all(100).slice(90))
  })

  test('groups: none has rows on both sides, and the share is of groups', () => {
    fc.assert(
      fc.property(people, seeds, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (groups, seed, test) => {
        const number = new Set(groups).size
        fc.pre(Math.ceil(test * number) < number)
        const split = trainTestSplit(Table.fromColumns({ person: groups }), { test, groups: 'person', seed })
        expectGroupsWhole(groups, split)
        expect(Math.abs(new Set(split.test.column('person') as readonly string[]).size - test * number)).toBeLessThan(1)
        expect(ascending(split.trainIndices)).toEqual([...split.trainIndices])
      }),
      { seed: 5 },
    )
  })

  test('groups: by the seed, or the last in order; labels or the name of an array', () => {
    const year = { shape: [6], data: Int32Array.of(2003, 2001, 2002, 2001, 2003, 2002) }
    expect([...trainTestSplit({ year }, { test: 1, groups: 'year', shuffle: false }).testIndices]).toEqual([0, 4])
    const groups = all(50).map((i) => `${i % 25}`)
    const tested = (seed: number): Int32Array =>
      trainTestSplit({ x: { shape: [50], data: Int32Array.from(all(50)) } }, { groups, seed }).testIndices
    expect(tested(1)).toEqual(tested(1))
    expect(tested(1)).not.toEqual(tested(2))
  })

  test('the program of the design: features, target and transformers fit together', () => {
    const table = Table.fromColumns({
      length: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      width: [5, 4, 5, 4, 5, 4, 5, 4, 5, 4],
      species: ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'],
    })
    const split = trainTestSplit(table, { test: 0.2, stratify: 'species', seed: 7 })
    const scaler = standardScaler().fit(split.train.features)
    const encoder = oneHotEncoder().fit(split.train.column('species'))
    const x = scaler.transform(split.train.features)
    expect([x.shape, x.columns]).toEqual([
      [8, 2],
      ['length', 'width'],
    ])
    expect(encoder.transform(split.train.column('species')).shape).toEqual([8, 2])
    expect(scaler.transform(split.test.features).shape).toEqual([2, 2])
    expect(split.train.target).toBe('species')
  })

  test('refuses parts and classes that are too small', () => {
    const table = Table.fromColumns({ kind: ['a', 'a', 'b'], n: [1, 2, 3] })
    expect(() => trainTestSplit(table, { test: 3 })).toThrow(coded('INVALID_ARGUMENT', 'both parts'))
    expect(() => trainTestSplit(table, { test: 0 })).toThrow(coded('INVALID_ARGUMENT', 'share in (0, 1)'))
    expect(() => trainTestSplit(table, { stratify: 'kind' })).toThrow(
      coded('INVALID_ARGUMENT', "1 rows of the class 'b' for 2 parts"),
    )
    expect(() => trainTestSplit(table, { stratify: 'sort' })).toThrow(coded('INVALID_ARGUMENT', "'sort'"))
    expect(() => trainTestSplit(table, { stratify: [1, 2] })).toThrow(coded('SHAPE_MISMATCH', '2 labels for 3 rows'))
    expect(() => trainTestSplit(table, { stratify: 'kind', shuffle: false })).toThrow(coded('INVALID_ARGUMENT'))
    // @ts-expect-error -- misspelt
    expect(() => trainTestSplit(table, { testSize: 0.2 })).toThrow(coded('UNKNOWN_OPTION', 'testSize'))
    const x = { shape: [3, 1], data: Float64Array.of(1, 2, 3) }
    const y = { shape: [2], data: Int32Array.of(0, 1) }
    expect(() => trainTestSplit({ x, y })).toThrow(coded('SHAPE_MISMATCH', "'x' has 3 rows, 'y' has 2"))
    expect(() => trainTestSplit({ x }, { stratify: 'y' })).toThrow(coded('INVALID_ARGUMENT', "'y'"))
    expect(() => trainTestSplit({ x }, { groups: ['a', 'a', 'a'] })).toThrow(coded('INVALID_ARGUMENT', '1 groups'))
    expect(() => trainTestSplit({ x }, { groups: ['a', 'b'] })).toThrow(coded('SHAPE_MISMATCH', 'groups: 2 labels'))
    const both = { groups: ['a', 'b', 'c'], stratify: ['a', 'a', 'a'] }
    expect(() => trainTestSplit({ x }, both)).toThrow(coded('INVALID_ARGUMENT', 'exclude each other'))
    expect(() => trainTestSplit({ x }, { test: 3, groups: both.groups })).toThrow(coded('INVALID_ARGUMENT'))
  })
})

describe('kFold', () => {
  test('every row is tested once, and sizes differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 100 }), fc.integer({ min: 2, max: 5 }), seeds, (rows, folds, seed) => {
        const parts = kFold(rows, { folds, seed })
        expect(parts).toHaveLength(folds)
        expect(ascending(...parts.map(({ testIndices }) => testIndices))).toEqual(all(rows))
        const sizes = parts.map(({ testIndices }) => testIndices.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        for (const part of parts) expect(ascending(part.trainIndices, part.testIndices)).toEqual(all(rows))
      }),
      { seed: 3 },
    )
  })

  test('stratify: the numbers of each class differ by one at most', () => {
    fc.assert(
      fc.property(classes, seeds, (kinds, seed) => {
        fc.pre(['a', 'b', 'c'].every((kind) => count(kinds, kind) >= 3))
        const parts = kFold(kinds.length, { folds: 3, stratify: kinds, seed })
        for (const kind of ['a', 'b', 'c']) {
          const counts = parts.map(({ testIndices }) =>
            count(
              Array.from(testIndices, (i) => kinds[i]),
              kind,
            ),
          )
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
      { seed: 4 },
    )
  })

  test('groups: each in one fold, and no fold larger than the smallest by more than the largest group', () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 2, max: 4 }), seeds, fc.boolean(), (groups, folds, seed, shuffle) => {
        fc.pre(new Set(groups).size >= folds)
        const parts = kFold(groups.length, { folds, groups, seed, shuffle })
        for (const part of parts) expectGroupsWhole(groups, part)
        expect(ascending(...parts.map(({ testIndices }) => testIndices))).toEqual(all(groups.length))
        const sizes = parts.map(({ testIndices }) => testIndices.length)
        const largest = Math.max(...[...new Set(groups)].map((group) => count(groups, group)))
        expect(Math.min(...sizes)).toBeGreaterThan(0)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest)
      }),
      { seed: 6 },
    )
  })

  test('groups: another seed deals them out otherwise', () => {
    const groups = all(40).map((i) => i % 20)
    expect(kFold(40, { groups, seed: 3 })).toEqual(kFold(40, { groups, seed: 3 }))
    expect(kFold(40, { groups, seed: 3 })).not.toEqual(kFold(40, { groups, seed: 4 }))
  })

  test('is the same for the same seed, and refuses what cannot be', () => {
    expect(kFold(20, { seed: 0 })).toEqual(kFold(20))
    expect(kFold(20, { seed: 1 })).not.toEqual(kFold(20))
    expect(() => kFold(3, { folds: 4 })).toThrow(coded('INVALID_ARGUMENT', '3 rows for 4 folds'))
    expect(() => kFold(4, { folds: 2, stratify: ['a', 'b', 'b', 'b'] })).toThrow(coded('INVALID_ARGUMENT', "'a'"))
    const groups = ['a', 'a', 'b', 'b']
    expect(() => kFold(4, { folds: 3, groups })).toThrow(coded('INVALID_ARGUMENT', '2 groups for 3 folds'))
    expect(() => kFold(4, { folds: 2, groups, stratify: groups })).toThrow(coded('INVALID_ARGUMENT', 'groups'))
    expect(() => kFold(5, { folds: 2, groups })).toThrow(coded('SHAPE_MISMATCH', '4 labels for 5 rows'))
    expect(() => kFold(4.5, { folds: 2 })).toThrow(
      coded('INVALID_ARGUMENT', 'kFold: rows must be a whole number >= 1, got 4.5'),
    )
    // @ts-expect-error -- misspelt
    expect(() => kFold(4, { fold: 2 })).toThrow(coded('UNKNOWN_OPTION'))
  })
})

describe('timeSeriesSplit', () => {
  const options = fc.record({
    folds: fc.integer({ min: 2, max: 6 }),
    testSize: fc.integer({ min: 1, max: 8 }),
    gap: fc.integer({ min: 0, max: 5 }),
    maxTrainSize: fc.integer({ min: 1, max: 20 }),
  })

  test('the past trains, the future tests, every row once at most, the last row in the last fold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), options, (rows, chosen) => {
        const { folds, testSize, gap, maxTrainSize } = chosen
        const fits = rows - folds * testSize - gap >= 1
        if (!fits) {
          expect(() => timeSeriesSplit(rows, chosen)).toThrow(coded('INVALID_ARGUMENT', `for ${folds} folds`))
          return
        }
        const parts = timeSeriesSplit(rows, chosen)
        expect(parts).toHaveLength(folds)
        for (const { trainIndices, testIndices } of parts) {
          expect(testIndices).toHaveLength(testSize)
          expect(trainIndices.length).toBeGreaterThan(0)
          expect(trainIndices.length).toBeLessThanOrEqual(maxTrainSize)
          expect((trainIndices.at(-1) ?? NaN) + gap + 1).toBe(testIndices[0])
        }
        const tested = parts.flatMap(({ testIndices }) => [...testIndices])
        expect(tested).toEqual(all(rows).slice(rows - folds * testSize))
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  test('refuses what cannot be', () => {
    expect(() => timeSeriesSplit(5)).toThrow(coded('INVALID_ARGUMENT', '4 tests of 1 rows'))
    expect(timeSeriesSplit(6)).toHaveLength(5)
    expect(() => timeSeriesSplit(2.5)).toThrow(coded('INVALID_ARGUMENT', 'rows'))
    expect(() => timeSeriesSplit(10, { folds: 1 })).toThrow(coded('INVALID_ARGUMENT', 'folds'))
    expect(() => timeSeriesSplit(10, { gap: -1 })).toThrow(coded('INVALID_ARGUMENT', 'gap'))
    expect(() => timeSeriesSplit(10, { testSize: 0 })).toThrow(coded('INVALID_ARGUMENT', 'testSize'))
    expect(() => timeSeriesSplit(10, { maxTrainSize: 0.5 })).toThrow(coded('INVALID_ARGUMENT', 'maxTrainSize'))
    // @ts-expect-error -- misspelt
    expect(() => timeSeriesSplit(10, { splits: 2 })).toThrow(coded('UNKNOWN_OPTION', 'splits'))
  })
})
