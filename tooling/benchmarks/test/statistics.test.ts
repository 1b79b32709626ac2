import { describe, expect, test } from 'vitest'
import { quantile, ratios, spread, summarize } from '../src/statistics.js'

describe('quantile', () => {
  // numpy.quantile([7, 1, 3, 10], q), its default method.
  test.each([
    [0, 1],
    [0.25, 2.5],
    [0.5, 5],
    [0.75, 7.75],
    [1, 10],
  ])('q = %d as NumPy has it', (q, expected) => {
    expect(quantile([7, 1, 3, 10], q)).toBeCloseTo(expected, 12)
  })

  test('leaves the samples in their order', () => {
    const samples = [3, 1, 2]
    quantile(samples, 0.5)
    expect(samples).toEqual([3, 1, 2])
  })

  test('needs a sample', () => {
    expect(() => quantile([], 0.5)).toThrow('at least one')
  })
})

describe('summarize', () => {
  test('one wild sample moves neither median nor spread far', () => {
    const calm = summarize([10, 11, 12, 13, 14, 15, 16])
    const wild = summarize([10, 11, 12, 13, 14, 15, 1000])
    expect(wild.median).toBe(calm.median)
    expect(spread(wild)).toBeCloseTo(spread(calm))
    expect(wild.minimum).toBe(10)
  })

  test('the spread is a part of the median', () => {
    expect(spread(summarize([1, 2, 3, 4, 5]))).toBeCloseTo(2 / 3)
    expect(spread(summarize([4]))).toBe(0)
  })
})

describe('ratios', () => {
  test('a slow round that both felt cancels', () => {
    const ratio = ratios([1, 5, 1, 1], [3, 15, 3, 3])
    expect(ratio).toMatchObject({ count: 4, median: 3, quartile1: 3, quartile3: 3 })
  })

  test('rounds that only one of them has do not count', () => {
    expect(ratios([1, 1, 1, 9, 9], [4, 4, 4])).toMatchObject({ count: 3, median: 4 })
  })

  test('a single sample of the peer meets the median of ours, not our first round', () => {
    expect(ratios([4, 1, 1], [10])).toMatchObject({ count: 1, median: 10 })
  })
})
