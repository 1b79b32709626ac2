import { complementaryErrorFunction, errorFunction, logistic, wholePower } from '@neurite/core'
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

describe('complementaryErrorFunction', () => {
  // Made by mpmath with 30 digits.
  test.each([
    [-6, 2.0],
    [-3, 1.9999779095030014],
    [-0.46875, 1.492613473217938],
    [-1e-20, 1.0],
    [0, 1.0],
    [1e-9, 0.99999999887162083],
    [0.3, 0.67137324054087258],
    [0.46875, 0.50738652678206201],
    [0.47, 0.50625494911391789],
    [0.9, 0.20309178757716786],
    [1, 0.15729920705028513],
    [2.7, 0.00013433273994052419],
    [4, 1.5417257900280019e-8],
    [4.001, 1.5290782173248732e-8],
    [5, 1.5374597944280349e-12],
    [8, 1.1224297172982927e-29],
    [9.2, 1.0627315595404888e-38],
    [12.3, 9.0299251494820678e-68],
    [20.01, 3.6147923008171231e-176],
    [26.5, 2.2109076642637343e-307],
  ])('of %d has its last digits', (x, expected) => {
    expect(Math.abs(complementaryErrorFunction(x) / expected - 1)).toBeLessThan(8 * 2 ** -53)
  })

  test('at its ends', () => {
    const values = [-0, Infinity, -Infinity, NaN, 27, 27.3, 28.5, 1e300].map(complementaryErrorFunction)
    expect(values).toEqual([1, 0, 2, NaN, expect.closeTo(5.237e-319, 320), 0, 0, 0])
    expect(values[4]).toBeGreaterThan(5e-319)
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
