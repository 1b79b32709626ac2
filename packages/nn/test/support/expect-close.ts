import type { Tensor } from '@neurite/core'
import { expect } from 'vitest'

/** Shape, and every element to a relative error. */
export async function expectClose(
  actual: Tensor,
  expected: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  tolerance = 1e-9,
): Promise<void> {
  expect(actual.shape).toEqual(expected.shape)
  const data = await actual.data()
  const off = Array.from(
    data,
    (value, i) => Math.abs(value - expected.data[i]!) / Math.max(1, Math.abs(expected.data[i]!)),
  )
  const worst = off.reduce((a, b) => (b <= a ? a : b), 0)
  expect(worst, `largest relative error at element ${off.indexOf(worst)}`).toBeLessThan(tolerance)
}

/** Mean and standard deviation of all elements. */
export async function statisticsOf(
  x: Tensor,
): Promise<{ mean: number; deviation: number; least: number; most: number }> {
  const data = Array.from(await x.data())
  const mean = data.reduce((a, b) => a + b, 0) / data.length
  const deviation = Math.sqrt(data.reduce((total, value) => total + (value - mean) ** 2, 0) / data.length)
  return { mean, deviation, least: data.reduce((a, b) => Math.min(a, b)), most: data.reduce((a, b) => Math.max(a, b)) }
}
