import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, matmulScratch } from './support/call.js'
import { numbers } from './support/numbers.js'

type Floats = Float32Array | Float64Array

/** The strides of an m x k matrix that lies as it is, or transposed. */
const strides = (rows: number, columns: number, transposed: boolean): [row: number, column: number] =>
  transposed ? [1, rows] : [columns, 1]

interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly transposeA: boolean
  readonly transposeB: boolean
}

function run<T extends Floats>(out: T, a: T, b: T, { m, n, k, transposeA, transposeB }: Product): T {
  const [aRow, aDepth] = strides(m, k, transposeA)
  const [bDepth, bColumn] = strides(k, n, transposeB)
  const name = out instanceof Float32Array ? 'matmul_f32' : 'matmul_f64'
  const product = [m, n, k, aRow, aDepth, bDepth, bColumn]
  return call(name, out, a, b, ...product, matmulScratch(...product))
}

/** Whether every result is within the contract's bound for products of float32, or of float64 at u = 2^-53. */
function expectProduct(out: Floats, a: Floats, b: Floats, { m, n, k, transposeA, transposeB }: Product): void {
  const [aRow, aDepth] = strides(m, k, transposeA)
  const [bDepth, bColumn] = strides(k, n, transposeB)
  const bound =
    (64 + Math.min(k, 1024) + 8 * Math.log2(Math.max(1, k))) * (out instanceof Float32Array ? 2 ** -24 : 2 ** -50)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0
      let magnitude = 0
      for (let d = 0; d < k; d++) {
        const term = a[i * aRow + d * aDepth]! * b[d * bDepth + j * bColumn]!
        total += term
        magnitude += Math.abs(term)
      }
      const off = Math.abs(out[i * n + j]! - total)
      if (!(off <= bound * magnitude)) expect.fail(`out[${i}, ${j}] = ${out[i * n + j]}, expected ${total}`)
    }
  }
}

const product = fc.record({
  m: fc.integer({ min: 0, max: 40 }),
  n: fc.integer({ min: 0, max: 40 }),
  k: fc.integer({ min: 0, max: 40 }),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
})

describe('matmul', () => {
  it('is the product, for every size and both ways of reading each operand', () => {
    fc.assert(
      fc.property(product, fc.integer(), (p, seed) => {
        const a = numbers(p.m * p.k, seed)
        const b = numbers(p.k * p.n, seed + 1)
        expectProduct(run(new Float32Array(p.m * p.n), a, b, p), a, b, p)
        const [wideA, wideB] = [Float64Array.from(a), Float64Array.from(b)]
        expectProduct(run(new Float64Array(p.m * p.n), wideA, wideB, p), wideA, wideB, p)
      }),
    )
  })

  it.each([
    { m: 131, n: 9, k: 517 },
    { m: 5, n: 1037, k: 259 },
    { m: 130, n: 131, k: 3 },
    { m: 256, n: 16, k: 512 },
  ])('is the product beyond a block, $m x $n x $k', (sizes) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const p = { ...sizes, transposeA, transposeB }
        const a = numbers(p.m * p.k, 1)
        const b = numbers(p.k * p.n, 2)
        expectProduct(run(new Float32Array(p.m * p.n), a, b, p), a, b, p)
      }
    }
  })

  it.each([
    { m: 1, n: 37, k: 300 },
    { m: 3, n: 16, k: 600 },
    { m: 37, n: 1, k: 300 },
    { m: 2, n: 2, k: 1001 },
    { m: 3, n: 2, k: 8193 },
    { m: 300, n: 3, k: 31 },
  ])('is the product if it is thin, $m x $n x $k', (sizes) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const p = { ...sizes, transposeA, transposeB }
        const a = numbers(p.m * p.k, 1)
        const b = numbers(p.k * p.n, 2)
        expectProduct(run(new Float32Array(p.m * p.n), a, b, p), a, b, p)
      }
    }
  })

  it('keeps the bound where roundings do not cancel, however long the sum', () => {
    // The same number again and again; and after a few, numbers that are lost when they are added to those one by one.
    const patterns = [() => 0.1, (d: number) => (d < 16 ? 1 : 0.99 * 2 ** -24)]
    for (const [m, n, k, transposeB] of [
      [2, 3, 700_001, true],
      [5, 5, 100_003, false],
      [1, 16, 100_003, false],
      [1, 16, 60_000, false],
      [3, 2, 60_000, true],
      [3, 2, 8191, true],
      [4, 4, 1021, false],
    ] as const) {
      for (const pattern of patterns) {
        const p = { m, n, k, transposeA: false, transposeB }
        const a = new Float32Array(m * k).fill(1)
        const b = Float32Array.from({ length: k * n }, (_, i) => pattern(transposeB ? i % k : Math.floor(i / n)))
        expectProduct(run(new Float32Array(m * n), a, b, p), a, b, p)
      }
    }
  })

  it.each([1, 16])('keeps it in a sum of millions whose every addition rounds down, of %i columns', (n) => {
    // 256 of these are exact; but of 8192 to 16384 times that, a float32 holds 15/32 of a unit in its last place less.
    const k = 256 * 16384
    const value = 1 + 15 * 2 ** -15
    const ones = new Float32Array(n).fill(1)
    const x = new Float32Array(k).fill(value)
    const product = [1, n, k, 0, 1, 0, 1]
    const out = call('matmul_f32', new Float32Array(n), x, ones, ...product, matmulScratch(...product))
    const bound = (64 + 1024 + 8 * Math.log2(k)) * 2 ** -24
    for (const total of out) expect(Math.abs(total / (k * value) - 1)).toBeLessThan(bound)
  })

  it('sums tiles of a long product that is larger than one', () => {
    const p = { m: 131, n: 2, k: 65_537, transposeA: true, transposeB: false }
    const a = numbers(p.m * p.k, 3).subarray(0, p.m * p.k)
    const b = numbers(p.k * p.n, 4)
    expectProduct(run(new Float32Array(p.m * p.n), a, b, p), a, b, p)
  })

  it('lets what is not finite reach its row or column, and nothing else', () => {
    const p = { m: 6, n: 10, k: 5, transposeA: false, transposeB: false }
    const a = numbers(p.m * p.k, 5)
    const b = numbers(p.k * p.n, 6)
    a[5 * p.k + 2] = NaN
    b[4 * p.n + 9] = Infinity
    const out = run(new Float32Array(p.m * p.n), a, b, p)
    out.forEach((value, i) => {
      const [row, column] = [Math.floor(i / p.n), i % p.n]
      expect(value).toSatisfy(
        row === 5 ? Number.isNaN : column === 9 ? (x: number) => Math.abs(x) === Infinity : Number.isFinite,
      )
    })
  })

  it('reads an operand of stride 0 as a repeated one', () => {
    const b = numbers(12, 7)
    const product = [4, 3, 4, 0, 0, 3, 1]
    const out = call('matmul_f32', new Float32Array(12), Float32Array.of(2), b, ...product, matmulScratch(...product))
    for (let i = 0; i < 12; i++)
      expect(out[i]).toBeCloseTo(2 * (b[i % 3]! + b[(i % 3) + 3]! + b[(i % 3) + 6]! + b[(i % 3) + 9]!), 5)
  })
})
