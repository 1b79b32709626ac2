import { key, matmul, memory, relu, setDefaultBackend, transpose, reshape, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  constant,
  defaultInitializer,
  fansOf,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  zeros,
  type Initializer,
} from '../src/initializers/index.js'
import { expectClose, statisticsOf } from './support/expect-close.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

const SHAPE = [250, 400]
const COUNT = 100_000

describe('constants', () => {
  test.each([
    ['zeros', zeros, 0],
    ['ones', ones, 1],
    ['constant', constant(-2.5), -2.5],
  ] as const)('%s', async (_name, make, value) => {
    expect(await make([2, 2], key(0)).toArray()).toEqual([
      [value, value],
      [value, value],
    ])
  })
})

describe('statistics of 100,000 draws', () => {
  // Standard errors: of a mean s / sqrt(n), of a deviation at most s / sqrt(2 n). Five of them, so a fair draw fails once in a million.
  async function check(
    make: Initializer,
    mean: number,
    deviation: number,
  ): Promise<Awaited<ReturnType<typeof statisticsOf>>> {
    const found = await statisticsOf(make(SHAPE, key(1), { dtype: 'float64' }))
    expect(Math.abs(found.mean - mean)).toBeLessThan((5 * deviation) / Math.sqrt(COUNT))
    expect(Math.abs(found.deviation - deviation)).toBeLessThan((5 * deviation) / Math.sqrt(2 * COUNT))
    return found
  }

  test('uniform', async () => {
    const { least, most } = await check(uniform({ minimum: -1, maximum: 3 }), 1, 4 / Math.sqrt(12))
    expect(least).toBeGreaterThanOrEqual(-1)
    expect(least).toBeLessThan(-0.999)
    expect(most).toBeLessThan(3)
    expect(most).toBeGreaterThan(2.999)
  })
  test('normal', () => check(normal({ mean: 2, standardDeviation: 0.5 }), 2, 0.5))
  test('truncatedNormal has no tails and the deviation it states', async () => {
    const { least, most } = await check(
      truncatedNormal({ mean: 1, standardDeviation: 0.5 }),
      1,
      0.5 * 0.8796256610342398,
    )
    expect(least).toBeGreaterThanOrEqual(0)
    expect(most).toBeLessThanOrEqual(2)
    expect(most).toBeGreaterThan(1.99)
  })

  test.each([
    ['glorotUniform', glorotUniform, 2 / 650],
    ['glorotNormal', glorotNormal, 2 / 650],
    ['heUniform', heUniform, 2 / 250],
    ['heNormal', heNormal, 2 / 250],
    ['lecunUniform', lecunUniform, 1 / 250],
    ['lecunNormal', lecunNormal, 1 / 250],
  ] as const)('%s', async (name, make, variance) => {
    const { least, most } = await check(make, 0, Math.sqrt(variance))
    const limit = Math.sqrt(3 * variance)
    if (name.endsWith('Uniform')) {
      expect(least).toBeGreaterThanOrEqual(-limit)
      expect(most).toBeLessThan(limit)
    } else expect(most).toBeGreaterThan(limit)
  })
})

test('fans count every place of a filter', () => {
  expect(fansOf([4, 8])).toEqual({ fanIn: 4, fanOut: 8 })
  expect(fansOf([3, 5, 2, 7])).toEqual({ fanIn: 30, fanOut: 105 })
  expect(fansOf([6])).toEqual({ fanIn: 6, fanOut: 6 })
  expect(fansOf([])).toEqual({ fanIn: 1, fanOut: 1 })
})

test('the default follows the activation', () => {
  expect(defaultInitializer()).toBe(glorotUniform)
  for (const name of ['tanh', 'sigmoid', 'softmax', 'identity', 'linear'] as const)
    expect(defaultInitializer(name)).toBe(glorotUniform)
  for (const name of ['relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'mish', 'relu6'] as const)
    expect(defaultInitializer(name)).toBe(heNormal)
  expect(defaultInitializer('selu')).toBe(lecunNormal)
  expect(defaultInitializer((x) => x)).toBe(glorotUniform)
  expect(defaultInitializer(relu)).toBe(heNormal)
})

describe('orthogonal', () => {
  async function checkIdentity(product: Tensor, scale: number): Promise<void> {
    const n = product.shape[0]!
    await expectClose(
      product,
      { shape: [n, n], data: Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? scale : 0)) },
      1e-13,
    )
  }

  test.each([[[40, 7]], [[7, 40]], [[16, 16]], [[1, 5]], [[5, 1]]])('%j', async (shape) => {
    const q = orthogonal({ gain: 3 })(shape, key(5), { dtype: 'float64' })
    expect(q.shape).toEqual(shape)
    const [rows, columns] = shape as [number, number]
    await checkIdentity(rows >= columns ? matmul(transpose(q), q) : matmul(q, transpose(q)), 9)
  })

  test('a filter counts as one matrix', async () => {
    const q = reshape(orthogonal()([3, 3, 2, 6], key(5), { dtype: 'float64' }), [18, 6])
    await checkIdentity(matmul(q, q, { transposeA: true }), 1)
  })

  test('needs a matrix', () => {
    expect(() => orthogonal()([3], key(0))).toThrow(/orthogonal: .*two axes.*\[3\].*SHAPE_MISMATCH/)
  })

  test('all signs come up', async () => {
    const firsts = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => (await orthogonal()([1, 1], key(i)).data())[0]!),
    )
    expect(new Set(firsts)).toEqual(new Set([-1, 1]))
  })
})

describe('all of them', () => {
  const all = {
    zeros,
    ones,
    c: constant(3),
    u: uniform(),
    n: normal(),
    t: truncatedNormal(),
    glorotUniform,
    glorotNormal,
    heUniform,
    heNormal,
    lecunUniform,
    lecunNormal,
    o: orthogonal(),
  }

  test.each(Object.entries(all))(
    '%s: the key decides, dtype and backend are obeyed, nothing leaks',
    async (_name, make) => {
      const other = cpu()
      const before = memory().buffers
      const a = make([3, 4], key(0), { dtype: 'float64' })
      expect(a.dtype).toBe('float64')
      const b = make([3, 4], key(0), { backend: other })
      expect(b.dtype).toBe('float32')
      expect(b.backend).toBe(other)
      const [wide, narrow] = [await a.data(), await b.data()]
      // Uniforms have 24 bits in float32 and 53 in float64: equal to float32's precision, not always its rounding.
      wide.forEach((value, i) => expect(narrow[i]).toBeCloseTo(value, 6))
      expect(await make([3, 4], key(0), { dtype: 'float64' }).data()).toEqual(wide)
      a.dispose()
      expect(memory().buffers).toBeGreaterThanOrEqual(before)
      if (
        !['zeros', 'ones'].includes((make.config as { kind: string }).kind) &&
        (make.config as { kind: string }).kind !== 'constant'
      ) {
        expect(await make([3, 4], key(1), { dtype: 'float64' }).data()).not.toEqual(wide)
      }
    },
  )

  // A lesson that names a seed means these weights: another stream is a breaking change.
  test('a key draws the same in every version, for matrices of every form', async () => {
    const drawn = async (make: Initializer, shape: readonly number[]): Promise<string> =>
      Array.from(await make(shape, key(5)).data(), (value) => value.toFixed(3)).join(' ')
    const glorot = { glorotNormal: '0.243 -0.448 -0.354 -0.362', glorotUniform: '0.329 -0.580 -0.469 -0.480' }
    const pinned: Readonly<Record<string, string>> = {
      u: '0.013 -0.024 -0.019 -0.020',
      n: '0.017 -0.032 -0.025 -0.026',
      t: '0.028 -0.009 -0.016 -0.022',
      ...glorot,
      heUniform: '0.465 -0.821 -0.664 -0.678',
      heNormal: '0.343 -0.634 -0.500 -0.512',
      // A square has as many inputs as outputs.
      lecunUniform: glorot.glorotUniform,
      lecunNormal: glorot.glorotNormal,
    }
    for (const [name, values] of Object.entries(pinned))
      expect(await drawn(all[name as keyof typeof all], [2, 2]), name).toBe(values)
    expect(await drawn(all.o, [2, 3])).toBe('0.391 -0.722 -0.570 -0.825 -0.550 0.130')
    expect(await drawn(all.o, [3, 2])).toBe('0.391 -0.825 -0.722 -0.550 -0.570 0.130')
    expect(await drawn(all.o, [3, 3])).toBe('0.391 -0.825 0.408 -0.722 -0.550 -0.419 -0.570 0.130 0.811')
  })

  test('wrong options are named', () => {
    expect(() => normal({ stddev: 1 } as object)).toThrow(/normal: unknown option 'stddev'.*UNKNOWN_OPTION/)
    expect(() => truncatedNormal({ standardDeviation: -1 })).toThrow(/INVALID_ARGUMENT/)
    expect(() => orthogonal({ gain: Number.NaN })).toThrow(/INVALID_ARGUMENT/)
    expect(() => uniform({ minimum: 1, maximum: 0 })([2], key(0))).toThrow(/INVALID_ARGUMENT/)
  })
})
