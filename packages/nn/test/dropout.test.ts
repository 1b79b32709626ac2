import { compile, grad, key, ones, setDefaultBackend, sum, type Key, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { dense, dropout, sequential } from '../src/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const train = (seed: number) => ({ training: true, random: key(seed) })

test('4.5 dropout ratio: zeros come up at the rate, the rest is scaled so that the mean stays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.02, max: 0.98, noNaN: true }), fc.nat(), async (rate, seed) => {
      const n = 4_000
      const data = await dropout(rate)
        .apply({}, ones([n], { dtype: 'float64' }), train(seed))
        .data()
      const dropped = data.filter((value) => value === 0).length
      expect(Math.abs(dropped / n - rate)).toBeLessThan(6 * Math.sqrt((rate * (1 - rate)) / n))
      for (const value of data) if (value !== 0) expect(value).toBeCloseTo(1 / (1 - rate), 10)
    }),
    { numRuns: 15, seed: 1 },
  )
})

test('outside training, and at rate 0, it does nothing', () => {
  const x = ones([2, 2])
  expect(dropout(0.5).apply({}, x)).toBe(x)
  expect(dropout(0.5).apply({}, x, { training: false, random: key(0) })).toBe(x)
  expect(dropout(0).apply({}, x, { training: true })).toBe(x)
})

test('the key decides what is dropped; the dtype does not', async () => {
  const drop = async (seed: number, dtype: 'float32' | 'float64' = 'float32') =>
    Array.from(
      await dropout(0.5)
        .apply({}, ones([64], { dtype }), train(seed))
        .data(),
    )
  expect(await drop(0)).toEqual(await drop(0))
  expect(await drop(0)).toEqual(await drop(0, 'float64'))
  expect(await drop(0)).not.toEqual(await drop(1))
})

test('layers of one model drop differently, from one key', async () => {
  const model = sequential([dropout(0.5), dropout(0.5)])
  const data = Array.from(await model.apply([{}, {}], ones([400]), train(3)).data())
  // Equal masks would leave one half; independent ones leave a quarter.
  expect(Math.abs(data.filter((value) => value === 4).length - 100)).toBeLessThan(45)
  expect(new Set(data)).toEqual(new Set([0, 4]))
})

test('the gradient passes where the number passed', async () => {
  const x = ones([32])
  const y = dropout(0.25).apply({}, x, train(5))
  const g = grad((z: Tensor) => sum(dropout(0.25).apply({}, z, train(5))))(x)
  expect(Array.from(await g.data())).toEqual(Array.from(await y.data()))
})

test('compiled, a new key drops anew without a new program', async () => {
  const model = sequential([dense(8), dropout(0.5)])
  const { params } = model.init({ inputShape: [2] })
  const f = compile((p: typeof params, x: Tensor, random: Key) => model.apply(p, x, { training: true, random }))
  const first = f.program(params, ones([4, 2]), key(0))
  const [a, b] = [await f(params, ones([4, 2]), key(0)).data(), await f(params, ones([4, 2]), key(1)).data()]
  expect(a).toEqual(await model.apply(params, ones([4, 2]), train(0)).data())
  expect(b).toEqual(await model.apply(params, ones([4, 2]), train(1)).data())
  expect(a).not.toEqual(b)
  expect(f.program(params, ones([4, 2]), key(7))).toBe(first)
  f.dispose()
})

test('wrong use is named', () => {
  const model = sequential([dense(2), dropout(0.5)])
  const { params } = model.init({ inputShape: [2] })
  expect(() => model.apply(params, ones([1, 2]), { training: true })).toThrow(
    /^sequential\[1\]: dropout: training needs random numbers.*key\(seed\).*INVALID_ARGUMENT/,
  )
  for (const rate of [1, -0.1, Number.NaN, '0.5' as never])
    expect(() => dropout(rate)).toThrow(/dropout: rate must be a number in \[0, 1\).*INVALID_ARGUMENT/)
})
