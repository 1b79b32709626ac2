import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kFold, oneHotEncoder, standardScaler, Table, trainTestSplit } from '../src/index.js'
import { coded } from './support.js'

const classes = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 12, maxLength: 80 })
const seeds = fc.integer({ min: 0, max: 1000 })

function ascending(...parts: Int32Array[]): number[] {
  return parts.flatMap((part) => Array.from(part)).sort((a, b) => a - b)
}

function all(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => i)
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

  test('rows are shuffled before they are split, unless that is declined', () => {
    const table = Table.fromColumns({ a: all(100) })
    expect(Array.from(trainTestSplit(table, { test: 10 }).testIndices)).not.toEqual(all(100).slice(90))
    expect(Array.from(trainTestSplit(table, { test: 10, shuffle: false }).testIndices)).toEqual(all(100).slice(90))
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
    expect(() => trainTestSplit(table, { stratify: 'kind' })).toThrow(coded('INVALID_ARGUMENT', "'b' has one row"))
    expect(() => trainTestSplit(table, { stratify: 'sort' })).toThrow(coded('INVALID_ARGUMENT', "'sort'"))
    expect(() => trainTestSplit(table, { stratify: [1, 2] })).toThrow(coded('SHAPE_MISMATCH', '2 labels for 3 rows'))
    expect(() => trainTestSplit(table, { stratify: 'kind', shuffle: false })).toThrow(coded('INVALID_ARGUMENT'))
    // @ts-expect-error -- misspelt
    expect(() => trainTestSplit(table, { testSize: 0.2 })).toThrow(coded('UNKNOWN_OPTION', 'testSize'))
    const x = { shape: [3, 1], data: Float64Array.of(1, 2, 3) }
    const y = { shape: [2], data: Int32Array.of(0, 1) }
    expect(() => trainTestSplit({ x, y })).toThrow(coded('SHAPE_MISMATCH', "'x' has 3 rows, 'y' has 2"))
    expect(() => trainTestSplit({ x }, { stratify: 'y' })).toThrow(coded('INVALID_ARGUMENT', "'y'"))
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

  test('is the same for the same seed, and refuses what cannot be', () => {
    expect(kFold(20, { seed: 0 })).toEqual(kFold(20))
    expect(kFold(20, { seed: 1 })).not.toEqual(kFold(20))
    expect(() => kFold(3, { folds: 4 })).toThrow(coded('INVALID_ARGUMENT', '4 folds of 3 rows'))
    expect(() => kFold(4, { folds: 2, stratify: ['a', 'b', 'b', 'b'] })).toThrow(coded('INVALID_ARGUMENT', "'a'"))
    // @ts-expect-error -- misspelt
    expect(() => kFold(4, { fold: 2 })).toThrow(coded('UNKNOWN_OPTION'))
  })
})
