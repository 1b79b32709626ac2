import { describe, expect, test } from 'vitest'
import { key, power, uniform } from '@neurite/core'

// x, y and the double next to x^y, by mpmath with 400 bits.
const GOLDEN: readonly (readonly [number, number, number])[] = [
  [0.1, 7.0, 1.0000000000000004e-7],
  [0.5, 0.3, 0.8122523963562356],
  [0.9, 100.0, 2.6561398887587544e-5],
  [0.999, 10000.0, 4.517334597704824e-5],
  [0.96, 0.004, 0.9998367253526753],
  [1.5, -3.7, 0.22308087613962574],
  [10.0, -5.0, 1e-5],
  [10.0, 308.0, 1e308],
  [10.0, 22.0, 1e22],
  [2.5, 0.5, 1.5811388300841898],
  [3.0, 0.3333333333333333, 1.4422495703074083],
  [1.0000001, 10000000.0, 2.7182816941320818],
  [1.0000000000000002, 1000000000000000.0, 1.2486270715390861],
  [0.9999999999999999, -3e17, 291683591155873.0],
  [1e300, 0.01, 1000.0000000000001],
  [5e-324, 0.1, 4.6706622762338734e-33],
  [1.7976931348623157e308, 0.9999, 1.6745190336079287e308],
  [0.7, 2000.0, 1.57065220561795e-310],
  [0.7, 2080.0, 6.4e-323],
  [7.0, -380.0, 7.3e-322],
  [1.4142135623730951, 3.0, 2.8284271247461907],
  [1.414213562373095, 101.0, 1592262918131429.0],
  [0.7071067811865476, 5.0, 0.17677669529663695],
  [123456.789, 3.21, 2.2068005153889492e16],
]

/** Doubles in order, so that neighbours differ by one. */
function place(x: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(x).buffer)[0]!
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
}

describe('power', () => {
  test.each(GOLDEN)('%d to the %d is %d, or its neighbour', (x, y, expected) => {
    const off = place(power(x, y)) - place(expected)
    expect(off === 0n || off === 1n || off === -1n).toBe(true)
  })

  test('whole numbers are exact', () => {
    for (let x = 2; x < 60; x++)
      for (let y = 0; BigInt(x) ** BigInt(y) <= 2n ** 53n; y++) {
        expect(power(x, y)).toBe(Number(BigInt(x) ** BigInt(y)))
        expect(power(-x, y)).toBe(Number(BigInt(-x) ** BigInt(y)))
      }
    for (let n = -1074; n <= 1023; n++) expect(power(2, n)).toBe(2 ** n)
    // Squares and roots of what a double holds exactly.
    expect([power(0.1, 2), power(0.1, 1), power(1e-310, 1), power(9, 0.5), power(49, -0.5)]).toEqual([
      0.1 * 0.1,
      0.1,
      1e-310,
      3,
      1 / 7,
    ])
  })

  test('special values are those of **', () => {
    const values = [0, 1, 2, 0.5, 3, 2.5, 1e17, 2 ** 53 + 2, 1e300, 5e-324, Number.MAX_VALUE, 1 + 2 ** -52, Infinity]
    const all = [NaN, ...values, ...values.map((value) => -value)]
    for (const x of all)
      for (const y of all) {
        const expected = x ** y
        if (Number.isFinite(expected) && expected !== 0)
          expect(Math.abs(power(x, y) / expected - 1)).toBeLessThan(2 ** -51)
        else expect(power(x, y)).toBe(expected)
      }
  })

  // The bits themselves, which must be the same in every engine: `**` gives other ones in Node 20 and 22 than in Node 24.
  test('a sum of its bits', () => {
    const [x, y] = [uniform(key(1), 10_000), uniform(key(2), 10_000)]
    const bits = new Uint32Array(x.map((value, i) => power(20 * value, 100 * y[i]! - 50)).buffer)
    expect(bits.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0)).toBe(232863532)
  })
})
