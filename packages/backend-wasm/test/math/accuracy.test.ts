import { describe, expect, it } from 'vitest'
import { erf, erfc } from './erf.js'
import { everyFloat, link, ulps, worst } from './support.js'

interface Claim {
  readonly exact: (x: number) => number
  /** Units in the last place, at most. The README shows them. */
  readonly ulps: number
  /** Where it is hard: what cancels, what changes its formula, where results leave float32. */
  readonly hard: readonly number[]
  /** The largest magnitude for which it holds. */
  readonly limit?: number
}

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))
const HALF_PI = Math.PI / 2

const claims: readonly (Claim & { readonly name: string })[] = [
  { name: 'exp', exact: Math.exp, ulps: 1, hard: [-103.97, -103.28, -87.34, 88.72, 88.73, 0.34657, -0.34657] },
  { name: 'expm1', exact: Math.expm1, ulps: 1.75, hard: [1e-8, -1e-8, -17.3, -18, 88.72, 0.34657, -0.34657, 1.0397] },
  { name: 'log', exact: Math.log, ulps: 1, hard: [1, 0.70710678, 1.41421356, 1.1754943508222875e-38, 2] },
  { name: 'log1p', exact: Math.log1p, ulps: 1, hard: [-1, -0.29289, 0.41421356, 1, 3, -0.5, 16777216] },
  { name: 'sin', exact: Math.sin, ulps: 1.6, hard: [HALF_PI, Math.PI, Math.PI / 4, 355, 10485760], limit: 1e7 },
  { name: 'cos', exact: Math.cos, ulps: 1.6, hard: [HALF_PI, Math.PI, Math.PI / 4, 11, 8 * Math.PI], limit: 1e7 },
  { name: 'tanh', exact: Math.tanh, ulps: 1.5, hard: [0.55, -0.55, 9.01, 10, 0.1733] },
  { name: 'sigmoid', exact: sigmoid, ulps: 2, hard: [-87.34, -88.73, -103.28, -103.97, 16.6, 17.3] },
  { name: 'erf', exact: erf, ulps: 1.25, hard: [0.9275, -0.9275, 3.83, 4, 3] },
  { name: 'erfc', exact: erfc, ulps: 4.75, hard: [0.66, -0.66, -3.83, 3.4789035, 4, 7.4604316, 9.194, 10.05, 11] },
]

/** 4096 numbers around one, each beside the other. */
function around(x: number): Float32Array {
  const words = new Uint32Array(4096)
  words.fill(new Uint32Array(Float32Array.of(x).buffer)[0]!)
  return new Float32Array(words.map((word, i) => word + i - 2048).buffer)
}

describe.each(claims)('$name', ({ name, exact, ulps: most, hard, limit }) => {
  const apply = link(`${name}_f32x4`)

  it(`is within ${most} ulp of every float32${limit === undefined ? '' : ` up to ${limit}`}`, () => {
    const all = [everyFloat(4099), ...[0, ...hard].map(around)]
    // Where functions bend, closer than by bit patterns.
    for (const span of [1, 20, 100])
      all.push(Float32Array.from({ length: 2 ** 18 }, (_, i) => (i / 2 ** 17 - 1) * span))
    for (const x of all) {
      const within = limit === undefined ? x : x.map((each) => (Math.abs(each) > limit ? 1 : each))
      const found = worst(apply, exact, within)
      expect(found.ulps, `at ${found.x}: ${found.got} for ${found.wanted}`).toBeLessThanOrEqual(most)
    }
  })

  it('keeps zeros, infinities and NaN as they must be', () => {
    const x = Float32Array.of(0, -0, Infinity, -Infinity, NaN, -NaN, 1e-45, -1e-45)
    const wanted = [...x].map((each) => Math.fround(exact(each)))
    expect([...apply(x)]).toEqual(wanted)
  })
})

it.each(['sin', 'cos'])('%s of numbers beyond that is between -1 and 1', (name) => {
  const x = everyFloat(65537).filter((each) => Math.abs(each) > 1e7 && Math.abs(each) < Infinity)
  const got = link(`${name}_f32x4`)(x.subarray(0, x.length & ~3))
  expect(got.every((value) => Math.abs(value) <= 1)).toBe(true)
})

describe('pow', () => {
  const apply = link('pow_f32x4')
  const powers = (x: readonly number[], y: readonly number[]): [Float32Array, Float32Array] => {
    const pairs = x.flatMap((a) => y.map((b) => [a, b] as const))
    while (pairs.length % 4 !== 0) pairs.push([1, 1])
    return [Float32Array.from(pairs, ([a]) => a), Float32Array.from(pairs, ([, b]) => b)]
  }

  it('is within 1 ulp, whatever base and exponent', () => {
    const bases = [...around(1), ...everyFloat(15485863)].map((x) => Math.abs(x))
    const exponents = [0.5, -0.5, 2, 3, -1, 1 / 3, 10, 0.001, -7.7, 40, 1e5, -3e6, 1.5e-30]
    const [x, y] = powers(bases, exponents)
    const got = apply(x, y)
    got.forEach((value, i) => {
      if (ulps(value, x[i]! ** y[i]!) > 1) expect.fail(`${x[i]} ^ ${y[i]} = ${value}, expected ${x[i]! ** y[i]!}`)
    })
  })

  it('has the special cases of **', () => {
    const some = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1.5, -1.5, 1e-45, -1e-45, 16777215, -16777217, 3e38]
    const special = [...some, Infinity, -Infinity, NaN]
    const [x, y] = powers(special, special)
    const got = [...apply(x, y)]
    got.forEach((value, i) => {
      const wanted = Math.fround(x[i]! ** y[i]!)
      if (ulps(value, x[i]! ** y[i]!) > 1 || (value === 0 && !Object.is(value, wanted)))
        expect.fail(`${x[i]} ^ ${y[i]} = ${value}, expected ${wanted}`)
    })
  })
})
