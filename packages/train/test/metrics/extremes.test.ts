import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accuracy,
  averagePrecision,
  f1,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  r2,
  rocAuc,
  topKAccuracy,
} from '../../src/index.js'

const target = [1, 2, 4]
const prediction = [1, 2.5, 3]
const times = (factor: number, values: readonly number[]): number[] => values.map((value) => value * factor)

describe('metrics of numbers', () => {
  test('do not depend on the unit, from 1e-300 to 1e300', () => {
    for (const unit of [1e-300, 1e-170, 1e-9, 1, 1e9, 1e170, 1e300]) {
      expect(r2(times(unit, prediction), times(unit, target)), `r2 in ${unit}`).toBeCloseTo(0.7321428571428571, 12)
      expect(meanAbsoluteError(times(unit, prediction), times(unit, target)) / unit).toBeCloseTo(0.5, 12)
    }
    for (const unit of [1e-150, 1, 1e150])
      expect(meanSquaredError(times(unit, prediction), times(unit, target)) / unit / unit).toBeCloseTo(1.25 / 3, 12)
  })
  test('are right where sums leave float64 and results do not', () => {
    expect(meanAbsoluteError([1.5e308, 1.5e308], [0, 0])).toBe(1.5e308)
    expect(meanAbsoluteError([1e308, 0], [-5e307, 0])).toBeCloseTo(7.5e307, -294)
    expect(meanSquaredError([1.2e154, 1.2e154, 0], [0, 0, 0]) / 9.6e307).toBeCloseTo(1, 12)
    expect(r2([1e308, 0], [-1e308, 1e308])).toBe(-1.5)
    expect(r2([1e300, 2], [1, 2])).toBe(-Infinity)
  })
  test('do not depend on the unit of weights', () => {
    for (const unit of [5e-324, 1e-300, 1, 1e300, 8e307]) {
      const weights = times(unit, [1, 2, 1])
      for (const metric of [r2, meanAbsoluteError, meanSquaredError])
        expect(metric(prediction, target, { weights })).toBeCloseTo(
          metric(prediction, target, { weights: [1, 2, 1] }),
          12,
        )
      const classes = [[0.2, 0.8, 0.4], [0, 1, 1]] as const // prettier-ignore
      for (const metric of [accuracy, f1, rocAuc, averagePrecision, logLoss])
        expect(metric(...classes, { weights }), metric.kind).toBeCloseTo(metric(...classes, { weights: [1, 2, 1] }), 12)
    }
  })
  test('r2 of a constant: of any, in any column, with any weights', () => {
    const constants = fc.double({ min: -1e300, max: 1e300, noNaN: true })
    const weightsOf = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(constants, weightsOf, (value, weights) => {
        fc.pre(weights.some((weight) => weight > 0.1) && value !== 7)
        const counted = weights.map((weight) => (weight > 0.1 ? weight : 0))
        const told = { weights: counted }
        // What does not count may be anything, the first row too.
        const column = counted.map((weight) => (weight === 0 ? 7 : value))
        expect(r2(column, column, told)).toBe(1)
        expect(r2(column.map((v) => v + Math.max(1, Math.abs(v))), column, told)).toBe(0) // prettier-ignore
        const two = r2(column.map((v) => [v, v]), column.map((v, i) => [v, i * i]), told) // prettier-ignore
        const other = counted.filter((weight) => weight > 0).length > 1 ? r2(column, [0, 1, 4], told) : undefined
        if (other !== undefined) expect(two).toBeCloseTo((1 + other) / 2, 9)
      }),
    )
    expect(r2([[0.2, 1], [0.1, 2.5], [0.1, 3]], [[0.1, 1], [0.1, 2], [0.1, 4]])).toBeCloseTo(0.7321428571428571 / 2, 12) // prettier-ignore
  })
})

describe('logits', () => {
  test('of -Infinity rule a class out: 0 log 0 is 0', () => {
    const logits = [[0, -Infinity, 1], [-Infinity, 2, 2]] // prettier-ignore
    expect(logLoss(logits.slice(0, 1), [[1, 0, 0]], { fromLogits: true })).toBeCloseTo(1.3132616875182228, 12)
    expect(logLoss(logits, [0, 1], { fromLogits: true })).toBeCloseTo((1.3132616875182228 + Math.LN2) / 2, 12)
    expect(logLoss(logits, [1, 1], { fromLogits: true })).toBe(Infinity)
    // Large logits cost what their differences cost.
    for (const size of [0, 1e8, 1e17, 1e300, -1e300])
      expect(logLoss([[size, size]], [0], { fromLogits: true }), String(size)).toBeCloseTo(Math.LN2, 14)
    // A row that does not count may be impossible.
    expect(logLoss(logits, [1, 1], { fromLogits: true, weights: [0, 1] })).toBeCloseTo(Math.LN2, 12)
    expect(accuracy(logits, [2, 1], { fromLogits: true })).toBe(1)
    expect(topKAccuracy({ k: 2 })(logits, [0, 0], { fromLogits: true })).toBe(0.5)
    expect(logLoss([-Infinity, 0], [0, 1], { fromLogits: true })).toBeCloseTo(Math.LN2 / 2, 12)
    expect(rocAuc([-Infinity, -Infinity, 3], [0, 1, 1], { fromLogits: true })).toBe(0.75)
  })
  test('of Infinity, or -Infinity for all, are none; nor are probabilities of -Infinity', () => {
    expect(() => logLoss([[-Infinity, -Infinity]], [0], { fromLogits: true })).toThrow(/no class is left/)
    expect(() => logLoss([[Infinity, 0]], [0], { fromLogits: true })).toThrow(/NON_FINITE/)
    expect(() => logLoss([[NaN, -Infinity]], [0], { fromLogits: true })).toThrow(/holds NaN in row 0, column 0/)
    expect(() => accuracy([[-Infinity, 0]], [0])).toThrow(/NON_FINITE/)
  })
  test('as far as float64 goes', () => {
    expect(logLoss([[1e308, 0]], [0], { fromLogits: true })).toBe(0)
    expect(logLoss([[1e308, 0], [1.5e308, 0]], [1, 1], { fromLogits: true })).toBe(1.25e308) // prettier-ignore
    expect(logLoss([[0, 0, 1]], [0])).toBeCloseTo(36.04365338911715, 10)
  })
})
