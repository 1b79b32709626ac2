import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accuracy, f1, recall, tuneThreshold, type Metric } from '../../src/index.js'

const rows = fc
  .array(fc.record({ c: fc.integer({ min: 0, max: 1 }), s: fc.integer({ min: 0, max: 20 }) }), { minLength: 2, maxLength: 40 })
  .map((all) => ({ scores: all.map(({ s }) => s / 20), truth: all.map(({ c }) => c) })) // prettier-ignore

test('no other threshold is better, and the metric with it says the same', () => {
  fc.assert(
    fc.property(rows, ({ scores, truth }) => {
      for (const metric of [f1, accuracy]) {
        const { threshold, value } = tuneThreshold(scores, truth, { metric })
        expect(metric({ threshold })(scores, truth)).toBe(value)
        for (let other = -0.025; other < 1.1; other += 0.05)
          expect(metric({ threshold: other })(scores, truth)).toBeLessThanOrEqual(value)
      }
    }),
  )
})
test('of equally good ones, the nearest to the usual', () => {
  expect(tuneThreshold([0.1, 0.3, 0.4, 0.9], [0, 0, 1, 1], { metric: accuracy }).threshold).toBeCloseTo(0.35, 12)
  expect(tuneThreshold([0, 0.3, 0.8, 0.9], [1, 1, 1, 1], { metric: accuracy })).toEqual({ threshold: -1, value: 1 })
  expect(tuneThreshold([0.1, 0.2, 0.8, 0.9], [0, 1, 0, 1], { metric: accuracy }).threshold).toBeCloseTo(0.15, 12)
  expect(tuneThreshold([-3, -1, 2, 4], [0, 0, 1, 1], { metric: f1, fromLogits: true })).toEqual({ threshold: 0.5, value: 1 }) // prettier-ignore
})
test('goes by the mode and the weights', () => {
  const wrong: Metric = Object.assign((p: Parameters<Metric>[0], t: Parameters<Metric>[1]) => 1 - accuracy(p, t), {
    mode: 'min' as const,
  })
  expect(tuneThreshold([0.1, 0.6, 0.7], [0, 0, 1], { metric: wrong })).toEqual({
    threshold: 0.6499999999999999,
    value: 0,
  })
  const weights = [1, 1, 10]
  const heavy = tuneThreshold([0.2, 0.4, 0.3], [0, 0, 1], { metric: accuracy, weights })
  expect(heavy).toEqual({ threshold: 0.25, value: 11 / 12 })
})
test('takes names, and the positive class of the metric', () => {
  const mail = ['ham', 'spam', 'spam']
  expect(tuneThreshold([0.1, 0.2, 0.3], mail, { metric: recall, labels: ['ham', 'spam'] }).value).toBe(1)
  expect(tuneThreshold([0.1, 0.2, 0.3], [0, 1, 1], { metric: f1({ positiveLabel: 0 }) })).toEqual({ threshold: 0.15000000000000002, value: 1 }) // prettier-ignore
})
test('tries no more thresholds than it may, over all rows', () => {
  let calls = 0
  const counting: Metric = (p, t) => {
    calls++
    return accuracy(p, t)
  }
  const scores = Array.from({ length: 1000 }, (_, i) => i / 1000)
  const truth = scores.map((score) => (score > 0.7 ? 1 : 0))
  expect(tuneThreshold(scores, truth, { metric: counting }).value).toBeGreaterThan(0.99)
  expect(calls).toBe(100)
  expect(tuneThreshold(scores, truth, { metric: counting, thresholds: 1 }).threshold).toBe(-1)
  expect(calls).toBe(101)
})
test('refuses what has no threshold', () => {
  const call =
    (prediction: unknown, target: unknown, options: object = {}) =>
    () =>
      tuneThreshold(prediction as never, target as never, { metric: f1, ...options })
  expect(call([[0.1, 0.9]], [1])).toThrow(/2 numbers a row; a threshold is for one/)
  expect(call([0.1, 0.9, 0.5], [0, 1, 2])).toThrow(/row 2 is of class 2/)
  expect(call([0.1], [0.5])).toThrow(/regression/)
  expect(call(['a'], ['a'])).toThrow(/give the numbers/)
  expect(call([0.1], [1], { metric: 'f1' })).toThrow(/INVALID_ARGUMENT/)
  expect(call([0.1], [1], { thresholds: 0 })).toThrow(/INVALID_ARGUMENT/)
  expect(call([0.1], [1], { metrics: f1 })).toThrow(/Did you mean 'metric'/)
})
