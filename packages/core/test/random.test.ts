import { expect, test } from 'vitest'
import {
  compile,
  fillRandom,
  fold,
  Key,
  key,
  mapTree,
  randomBits,
  randomNormal,
  randomPermutation,
  randomUniform,
  resolveKey,
  setDefaultBackend,
  tensor,
  uniform,
  type Backend,
  type Tensor,
} from '../src/index.js'
import { threefry2x32 } from '../src/random/threefry.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

test('Threefry-2x32, 20 rounds: the published answers', () => {
  // Random123 1.09, kat_vectors.
  const answer = (k: [number, number], c: [number, number]): string[] => {
    const out = new Uint32Array(2)
    threefry2x32(k, c[0], c[1], out)
    return Array.from(out, (word) => word.toString(16).padStart(8, '0'))
  }
  const ones = 0xffffffff
  expect(answer([0, 0], [0, 0])).toEqual(['6b200159', '99ba4efe'])
  expect(answer([ones, ones], [ones, ones])).toEqual(['1cb996fc', 'bb002be7'])
  expect(answer([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual(['c4923a9c', '483df7a0'])
})

test('seeds: 0 and negative ones are seeds like any other, and all differ', async () => {
  const first = new Set(
    [0, 1, -1, 2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER].map((seed) => uniform(key(seed), 1)[0]),
  )
  expect(first.size).toBe(6)
  expect(uniform(key(0), 4)).toEqual(uniform(key(0), 4))
  for (const seed of [0.5, NaN, 2 ** 53, '7'])
    await expectCode(() => key(wrong(seed)), 'INVALID_ARGUMENT', 'key', 'seed')
})

test('a shorter draw is the beginning of a longer one', () => {
  expect(Array.from(uniform(key(3), 100).subarray(0, 10))).toEqual(Array.from(uniform(key(3), 10)))
})

test('fold: numbers, names, order and parents all make a difference', async () => {
  const root = key(0)
  const keys = [
    root,
    fold(root, 0),
    fold(root, 1),
    fold(root, 'a'),
    fold(root, 'b'),
    fold(fold(root, 0), 1),
    fold(fold(root, 1), 0),
    fold(key(1), 0),
  ]
  expect(new Set(keys.map(({ source }) => JSON.stringify(source))).size).toBe(keys.length)
  expect(fold(root, 'a')).toEqual(fold(root, 'a'))
  for (const data of [-1, 0.5, 2 ** 32, NaN]) await expectCode(() => fold(root, data), 'INVALID_ARGUMENT', 'fold')
})

test('uniform numbers fill [0, 1) evenly', () => {
  const n = 20_000
  const draws = uniform(key(11), n)
  const bins = new Array<number>(10).fill(0)
  for (const draw of draws) {
    expect(draw >= 0 && draw < 1).toBe(true)
    bins[Math.floor(10 * draw)]!++
  }
  const chi2 = bins.reduce((total, count) => total + (count - n / 10) ** 2 / (n / 10), 0)
  // 99.99% quantile of chi-squared with 9 degrees of freedom.
  expect(chi2).toBeLessThan(33.7)
})

test('float32 uniforms never round up to 1', () => {
  const out = new Float32Array(1)
  for (let seed = 0; seed < 2000; seed++) {
    fillRandom('uniform', resolveKey(key(seed).source), out)
    expect(out[0]).toBeLessThan(1)
  }
})

test('normal numbers: moments, tails, symmetry of the quantile', () => {
  const x = new Float64Array(20_000)
  fillRandom('normal', resolveKey(key(5).source), x)
  const moment = (p: number): number => x.reduce((total, value) => total + value ** p, 0) / x.length
  expect(Math.abs(moment(1))).toBeLessThan(0.03)
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.05)
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.35)
  expect(Math.max(...x)).toBeGreaterThan(3)
  expect(x.every(Number.isFinite)).toBe(true)
})

test('options scale and shift', async () => {
  const u = randomUniform(key(1), [1000], { minimum: -3, maximum: 5, dtype: 'float64' }).dataSync()
  expect(Math.min(...u)).toBeGreaterThanOrEqual(-3)
  expect(Math.max(...u)).toBeLessThan(5)
  expect(Math.min(...u)).toBeLessThan(-2.9)
  const n = randomNormal(key(1), [3], { mean: 10, standardDeviation: 0 })
  expect(n.toArraySync()).toEqual([10, 10, 10])
  expect(
    randomBits(key(1), [50])
      .dataSync()
      .every((bit) => bit >= 0 && bit < 2 ** 24),
  ).toBe(true)
  expect(randomUniform(key(1), [0, 2]).shape).toEqual([0, 2])
  await expectCode(() => randomUniform(key(1), [1], { minimum: 2, maximum: 1 }), 'INVALID_ARGUMENT', 'minimum 2')
  await expectCode(() => randomNormal(key(1), [1], { standardDeviation: -1 }), 'INVALID_ARGUMENT', '-1')
  await expectCode(() => randomNormal(wrong(1), [1]), 'INVALID_ARGUMENT', 'randomNormal', 'key(seed)')
})

test('permutations: every number once, each order as likely', () => {
  expect(Array.from(randomPermutation(key(2), 100)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  )
  expect(randomPermutation(key(2), 0)).toHaveLength(0)
  const counts = new Map<string, number>()
  for (let seed = 0; seed < 3000; seed++) {
    const order = randomPermutation(key(seed), 3).join()
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(100)
})

test('a backend without a generator gets the same numbers from core', () => {
  const base = reference() as Backend
  const { random: _, ...kernels } = base.kernels
  const backend: Backend = { ...base, name: 'plain', kernels }
  const draw = (on: Backend): unknown => randomNormal(fold(key(4), 'x'), [5], { backend: on }).toArraySync()
  expect(draw(backend)).toEqual(draw(base))
  const compiled = compile((k: Key, x: Tensor) => [randomUniform(k, [3]), x] as const)
  const x = tensor([1], { backend })
  expect(compiled(key(9), x)[0].toArraySync()).toEqual(randomUniform(key(9), [3]).toArraySync())
})

test('a key is known as one, and a tree that has a source is not', () => {
  expect(Key.isInstance(key(0))).toBe(true)
  expect(Key.isInstance({ source: [0, 0] })).toBe(false)
  const tree = mapTree((x) => x, { source: tensor([1]) })
  expect(tree.source.shape).toEqual([1])
})
