import { errorFunction, logistic, wholePower } from '@neurite/core'
import { describe, expect, test } from 'vitest'

/** The integral of e^-t^2 from 0 to x, by Simpson's rule. */
function integral(x: number): number {
  const n = 4000
  const h = x / n
  let total = 1 + Math.exp(-x * x)
  for (let i = 1; i < n; i++) total += (i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2))
  return (total * h) / 3
}

describe('errorFunction', () => {
  test.each([1e-9, 0.1, 0.5, 1, 2, 2.999, 3, 3.001, 4, 5.9, 6.1])('of %d and of its opposite', (x) => {
    const expected = (2 / Math.sqrt(Math.PI)) * integral(x)
    expect(Math.abs(errorFunction(x) - expected)).toBeLessThan(1e-14 * Math.max(1e-9, expected) + 1e-15)
    expect(errorFunction(-x)).toBe(-errorFunction(x))
  })

  test('at its ends', () => {
    const values = [0, -0, Infinity, -Infinity, NaN, 5e-324].map(errorFunction)
    expect(values).toEqual([0, -0, 1, -1, NaN, 5e-324])
  })
})

test('logistic never overflows, and adds up to 1 with that of the opposite', () => {
  expect([0, 800, -800, Infinity, -Infinity, NaN].map(logistic)).toEqual([0.5, 1, 0, 1, 0, NaN])
  for (const x of [1e-8, 0.3, 2, 17, 40]) {
    expect(logistic(x) + logistic(-x)).toBeCloseTo(1, 15)
    expect(logistic(-x)).toBeCloseTo(1 / (1 + Math.exp(x)), 15)
  }
  expect(logistic(-700)).toBeGreaterThan(0)
})

test('wholePower wraps around as products of int32 do', () => {
  for (const a of [-7, -2, -1, 0, 1, 2, 3, 10, 46341, 2 ** 31 - 1, -(2 ** 31)]) {
    for (const b of [0, 1, 2, 3, 5, 16, 31, 33, 1000])
      expect(wholePower(a, b)).toBe(Number(BigInt.asIntN(32, BigInt(a) ** BigInt(b))))
  }
  expect([wholePower(2, -1), wholePower(-1, -3), wholePower(1, -2), wholePower(0, -1)].map(Math.trunc)).toEqual([
    0, -1, 1, 0,
  ])
})
