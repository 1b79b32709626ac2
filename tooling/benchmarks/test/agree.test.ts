import { expect, test } from 'vitest'
import { disagreements, firstDifference } from '../src/harness/agree.js'

test('equal up to float32 rounding is equal', () => {
  expect(firstDifference([[0.69314718], [0.5]], [[0.6931472], [0.50001]])).toBeUndefined()
})

test('the tolerance grows with large values, and stays absolute near 0', () => {
  expect(firstDifference([[1000]], [[1000.9]])).toBeUndefined()
  expect(firstDifference([[1000]], [[1003]])).toEqual({ step: 0, index: 0 })
  expect(firstDifference([[0]], [[0.0005]])).toBeUndefined()
  expect(firstDifference([[0]], [[0.005]])).toEqual({ step: 0, index: 0 })
})

test('names the first step and element that differ', () => {
  const a = [[1], [2, 3], [9]]
  const b = [[1], [2, 4], [8]]
  expect(firstDifference(a, b)).toEqual({ step: 1, index: 1 })
})

test('NaN, which JSON writes as null, agrees with nothing', () => {
  expect(firstDifference([[null]], [[null]])).toEqual({ step: 0, index: 0 })
  expect(firstDifference([[NaN]], [[1]])).toEqual({ step: 0, index: 0 })
})

test('a missing number is a difference', () => {
  expect(firstDifference([[1, 2]], [[1]])).toEqual({ step: 0, index: 1 })
  expect(firstDifference([[1]], [[1], [2]])).toEqual({ step: 1, index: 0 })
})

test('the one that most do not agree with is told', () => {
  const traces = new Map([
    ['odd', [[1], [5]]],
    ['a', [[1], [2]]],
    ['b', [[1], [2.0001]]],
  ])
  expect([...disagreements(traces)]).toEqual([['odd', 'value 0 after run 2 is 5, where a has 2']])
})

test('one alone, or none, disagrees with nobody', () => {
  expect(disagreements(new Map([['a', [[1]]]])).size).toBe(0)
  expect(disagreements(new Map()).size).toBe(0)
})
