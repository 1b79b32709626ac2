import { expect, test } from 'vitest'
import { float32 } from '../src/elementwise/math.js'

/** The largest error over float32 arguments in [-range, range], in units of half a float32's last place. */
function worst(f: (x: number) => number, exact: (x: number) => number, range: number): number {
  let largest = 0
  for (let i = -20_000; i <= 20_000; i++) {
    const x = Math.fround((i / 20_000) * range)
    const y = exact(x)
    largest = Math.max(largest, Math.abs(Math.fround(f(x)) - y) / (Math.abs(y) * 2 ** -24 + 2 ** -150))
  }
  return largest
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

// Correct rounding would be 1.
test.each([1e-6, 1e-3, 0.4, 3, 20, 100, 200])('exp, tanh and sigmoid are good to float32 within %d', (range) => {
  expect(worst(float32.exp, Math.exp, Math.min(range, 88))).toBeLessThan(1.5)
  expect(worst(float32.tanh, Math.tanh, range)).toBeLessThan(1.5)
  expect(worst(float32.sigmoid, sigmoid, Math.min(range, 87))).toBeLessThan(1.5)
})

test('where float32 ends', () => {
  const at = (f: (x: number) => number) => [0, -0, 89, Infinity, -104, -Infinity, NaN].map((x) => Math.fround(f(x)))
  expect(at(float32.exp)).toEqual([1, 1, Infinity, Infinity, 0, 0, NaN])
  expect(at(float32.tanh)).toEqual([0, -0, 1, 1, -1, -1, NaN])
  expect(at(float32.sigmoid)).toEqual([0.5, 0.5, 1, 1, 0, 0, NaN])
})
