import { expect, test } from 'vitest'
import { descend, losses } from '../../src/labs/losses/compute.js'
import { fits } from '../../src/labs/losses/fits.js'
import { CURVE } from '../../src/labs/losses/names.js'

const chapter = { prediction: [0.2, 0.5, 0.3], target: [0, 1, 0], along: 1 }
const close = (expected: readonly number[]): unknown => expected.map((value) => expect.closeTo(value, 9))

test("the chapter's example has an SSE of 0.38, and every other loss follows from its formula", () => {
  const { at, residuals, total } = losses({ ...chapter, softmax: false })
  expect(residuals).toEqual(close([0.2, -0.5, 0.3]))
  expect(total).toBeCloseTo(1, 12)
  expect(at.sse.value).toBeCloseTo(0.38, 12)
  expect(at.mse.value).toBeCloseTo(0.38 / 3, 12)
  expect(at.abs.value).toBeCloseTo(1, 12)
  expect(at.cee.value).toBeCloseTo(-Math.log(0.5), 12)
  expect(at.sse.terms).toEqual(close([0.04, 0.25, 0.09]))
  expect(at.cee.terms).toEqual(close([0, Math.log(2), 0]))
})

test('gradients are by the outputs, and with softmax by the scores', () => {
  const free = losses({ ...chapter, softmax: false }).at
  expect(free.sse.gradient).toEqual(close([0.4, -1, 0.6]))
  expect(free.abs.gradient).toEqual(close([1, -1, 1]))
  expect(free.cee.gradient).toEqual(close([0, -2, 0]))
  // The well-known short form of cross-entropy behind softmax: prediction - target.
  expect(losses({ ...chapter, softmax: true }).at.cee.gradient).toEqual(close([0.2, -0.5, 0.3]))
})

test('a curve passes through the present prediction, and has the gradient for its slope there', () => {
  const { at } = losses({ ...chapter, softmax: false })
  const i = 0.5 * (CURVE - 1)
  for (const { curve, value, gradient } of [at.sse, at.mse, at.cee]) {
    expect(curve[i]).toBeCloseTo(value, 9)
    expect(((curve[i + 1]! - curve[i - 1]!) / 2) * (CURVE - 1)).toBeCloseTo(gradient[1]!, 2)
  }
})

test('a step goes down, and with softmax the prediction stays a distribution', () => {
  const next = descend({ ...chapter, softmax: true, loss: 'cee', rate: 0.5 })
  expect(next[0]! + next[1]! + next[2]!).toBeCloseTo(1, 12)
  expect(next[1]).toBeGreaterThan(0.5)
  expect(descend({ ...chapter, softmax: false, loss: 'sse', rate: 0.1 })).toEqual(close([0.16, 0.6, 0.24]))
})

test('SSE is least at the mean, the sum of |residuals| at the median', () => {
  const heights = [3, 2.5, 3.5, 2, 9, 3, 2.5, 4, 3.2]
  const { sse, abs } = fits({ heights, model: 'constant' })
  expect(sse.constant).toBeCloseTo(heights.reduce((a, b) => a + b) / 9, 12)
  expect(abs.constant).toBe(3)
  expect(sse.pulls[4]).toBeCloseTo(2 * (sse.constant - 9), 12)
  expect(abs.pulls[4]).toBe(-1)
  expect(Math.min(...sse.curve)).toBeGreaterThanOrEqual(sse.value - 1e-9)
})

test('a line of least |residuals| ignores an outlier that a line of least squares follows', () => {
  const heights = [1, 2, 3, 4, 5, 6, 7, 8, 0]
  const { sse, abs } = fits({ heights, model: 'line' })
  expect([abs.constant, abs.slope]).toEqual([5, 1])
  expect(abs.value).toBeCloseTo(9, 9)
  // Least squares by its normal equations.
  expect(sse.constant).toBeCloseTo(4, 9)
  expect(sse.slope).toBeCloseTo((-4 + -6 - 6 - 4 + 0 + 6 + 14 + 24 + 0) / 60, 9)
})
