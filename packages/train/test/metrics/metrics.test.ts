import fc from 'fast-check'
import { setDefaultBackend, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  accuracy,
  averagePrecision,
  confusionMatrix,
  f1,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  precision,
  r2,
  recall,
  rocAuc,
  topKAccuracy,
  type DescribedMetric,
} from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const coded = (code: string): Error => expect.objectContaining({ code }) as Error

describe('classes may come in any form', () => {
  const truth = [0, 2, 1, 2]
  const oneHot = truth.map((c) => [0, 1, 2].map((i) => (i === c ? 1 : 0)))
  const scores = [
    [0.7, 0.2, 0.1],
    [0.1, 0.2, 0.7],
    [0.4, 0.3, 0.3],
    [0, 0, 1],
  ]
  test('indices, one-hot rows, typed arrays, { shape, data }', () => {
    for (const target of [truth, oneHot, Int32Array.from(truth), { shape: [4, 1], data: Float32Array.from(truth) }]) {
      for (const prediction of [scores, [0, 2, 0, 2], Int32Array.of(0, 2, 0, 2)]) {
        expect(accuracy(prediction, target)).toBe(0.75)
        expect(confusionMatrix(prediction, target)).toEqual([
          [1, 0, 0],
          [1, 0, 0],
          [0, 0, 2],
        ])
      }
    }
  })
  test('one probability a row: above the threshold is class 1; logits: above 0', () => {
    expect(accuracy([0.4, 0.6, 0.9], [0, 1, 1])).toBe(1)
    expect(accuracy({ threshold: 0.7 })([0.4, 0.6, 0.9], [0, 1, 1])).toBeCloseTo(2 / 3)
    expect(accuracy([-1, 0.2, 3], [0, 1, 1], { fromLogits: true })).toBe(1)
    expect(accuracy([-1, 0.2, 3], [0, 1, 1])).toBeCloseTo(2 / 3)
  })
  test('regression has no accuracy, no F1, no confusion', () => {
    for (const metric of [accuracy, f1, precision, recall, topKAccuracy, rocAuc, logLoss])
      expect(() => metric([1.2, 3.4], [1.5, 3])).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => accuracy([150.2, 75.1], [151, 75])).toThrow(/regression.*r2/)
    expect(() => confusionMatrix([0.1, 0.2], [0.5, 1])).toThrow(coded('INVALID_ARGUMENT'))
  })
  test('classes that neither come nor are predicted do not count', () => {
    // Of ten classes, two come: scikit-learn averages over those two.
    const prediction = {
      shape: [2, 10],
      data: Float64Array.from({ length: 20 }, (_, i) => (i === 0 || i === 11 ? 1 : 0)),
    }
    expect(f1({ average: 'macro' })(prediction, [0, 1])).toBe(1)
    expect(confusionMatrix(prediction, [0, 1])).toHaveLength(10)
  })
  test('confusionMatrix shows classes that do not come, if told', () => {
    expect(confusionMatrix([0, 1], [0, 1], { classes: 3 })).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ])
    expect(() => confusionMatrix([0, 2], [0, 1], { classes: 2 })).toThrow(coded('INVALID_ARGUMENT'))
  })
})

describe('properties', () => {
  const rows = fc.array(
    fc.record({
      c: fc.integer({ min: 0, max: 2 }),
      p: fc.integer({ min: 0, max: 2 }),
      w: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 2, maxLength: 30 },
  )
  const scored = fc
    .array(
      fc.record({
        c: fc.integer({ min: 0, max: 1 }),
        s: fc.integer({ min: 0, max: 10 }),
        w: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 2, maxLength: 30 },
    )
    .filter((all) => new Set(all.map(({ c }) => c)).size === 2)
  const repeated = <T extends { w: number }>(all: T[]): T[] =>
    all.flatMap((row) => Array.from({ length: row.w }, () => row))

  test('a weight of n is the row n times', () => {
    const metrics: [string, DescribedMetric][] = [
      ['accuracy', accuracy],
      ['precision', precision({ average: 'macro' })],
      ['recall', recall({ average: 'macro' })],
      ['f1', f1({ average: 'macro' })],
      ['weighted f1', f1({ average: 'weighted' })],
    ]
    fc.assert(
      fc.property(rows, (all) => {
        for (const [name, metric] of metrics) {
          const weighted = metric(
            all.map(({ p }) => p),
            all.map(({ c }) => c),
            { weights: all.map(({ w }) => w) },
          )
          const many = repeated(all)
          expect(weighted, name).toBeCloseTo(
            metric(
              many.map(({ p }) => p),
              many.map(({ c }) => c),
            ),
            10,
          )
        }
      }),
    )
    fc.assert(
      fc.property(scored, (all) => {
        for (const metric of [rocAuc, averagePrecision, meanSquaredError, meanAbsoluteError, r2]) {
          const weighted = metric(
            all.map(({ s }) => s),
            all.map(({ c }) => c),
            { weights: all.map(({ w }) => w) },
          )
          const many = repeated(all)
          expect(weighted, metric.kind).toBeCloseTo(
            metric(
              many.map(({ s }) => s),
              many.map(({ c }) => c),
            ),
            8,
          )
        }
      }),
    )
  })
  test('micro precision, recall and F1 are accuracy', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const [p, c] = [all.map((row) => row.p), all.map((row) => row.c)]
        for (const metric of [precision, recall, f1])
          expect(metric({ average: 'micro' })(p, c)).toBeCloseTo(accuracy(p, c), 12)
      }),
    )
  })
  test('ROC-AUC is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(scored, (all) => {
        let right = 0
        let pairs = 0
        for (const a of all)
          for (const b of all)
            if (a.c === 1 && b.c === 0) {
              pairs++
              right += a.s > b.s ? 1 : a.s === b.s ? 0.5 : 0
            }
        expect(
          rocAuc(
            all.map(({ s }) => s),
            all.map(({ c }) => c),
          ),
        ).toBeCloseTo(right / pairs, 12)
      }),
    )
  })
  test('log loss of logits is that of their softmax', () => {
    const logits = fc.array(
      fc.tuple(
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.double({ min: -8, max: 8, noNaN: true }),
      ),
      { minLength: 1, maxLength: 10 },
    )
    fc.assert(
      fc.property(logits, (z) => {
        const truth = z.map((_, i) => i % 3)
        const probabilities = z.map((row) => {
          const e = row.map(Math.exp)
          return e.map((value) => value / (e[0]! + e[1]! + e[2]!))
        })
        expect(logLoss(z, truth, { fromLogits: true })).toBeCloseTo(logLoss(probabilities, truth), 8)
      }),
    )
  })
  test('top k of all classes is 1, top 1 is accuracy', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const scores = all.map(({ p, w }) => [0, 1, 2].map((i) => (i === p ? w + 1 : i / 10)))
        const truth = all.map(({ c }) => c)
        expect(topKAccuracy({ k: 3 })(scores, truth)).toBe(1)
        expect(topKAccuracy({ k: 1 })(scores, truth)).toBeCloseTo(accuracy(scores, truth), 12)
      }),
    )
  })
})

describe('edges', () => {
  test('log loss of huge logits is exact, of impossible classes finite', () => {
    expect(logLoss([[1000, 0]], [1], { fromLogits: true })).toBe(1000)
    expect(logLoss([1000], [0], { fromLogits: true })).toBe(1000)
    expect(logLoss([[1, 0]], [1])).toBeCloseTo(36.04, 2)
    expect(() => logLoss([1.5], [1])).toThrow(/fromLogits/)
  })
  test('rankings need both kinds of rows', () => {
    expect(() => rocAuc([0.1, 0.2], [1, 1])).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => averagePrecision([0.1, 0.2], [0, 0])).toThrow(coded('INVALID_ARGUMENT'))
  })
  test('R2 of a constant target', () => {
    expect(r2([3, 3], [3, 3])).toBe(1)
    expect(r2([3, 4], [3, 3])).toBe(0)
    // Constants whose mean is rounded.
    for (const value of [0.1, 1 / 3, 1e6 + 0.1]) expect(r2([1.1, 1.1, 1.1], [value, value, value])).toBe(0)
    expect(() => r2([1], [1])).toThrow(coded('INVALID_ARGUMENT'))
  })
  test('wrong calls', () => {
    expect(() => accuracy([0, 1], [0])).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => accuracy([], [])).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => accuracy([0, NaN], [0, 1])).toThrow(coded('NON_FINITE'))
    expect(() => accuracy([[0, 1, 0]], [[0, 1]])).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => accuracy({ treshold: 1 } as never)).toThrow(coded('UNKNOWN_OPTION'))
    expect(() => f1({ average: 'mean' as never })).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => f1({ average: 'binary' })([0, 1, 2], [0, 1, 2])).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => accuracy([0, 1], [0, 1], { weights: [1, -1] })).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => accuracy(tensor([0, 1]) as never, [0, 1])).toThrow(/await x\.toHost\(\)/)
  })
})
