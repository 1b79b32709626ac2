import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { along, KINDS, lines } from './support/arrays.js'
import { call, Scratch } from './support/call.js'
import { numbers } from './support/numbers.js'

/** NaN counts as the largest. */
const larger = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b))
const smaller = (a: number, b: number): boolean => a < b || (Number.isNaN(a) && !Number.isNaN(b))

describe.each(KINDS)('kernels of order, $suffix', ({ suffix, from, value }) => {
  it.each([
    ['argMax', larger],
    ['argMin', smaller],
  ] as const)('%s is the first extreme, and NaN is one', (name, wins) => {
    fc.assert(
      fc.property(along(value, 1), ({ outer, extent, inner, values }) => {
        const x = from(values)
        const out = call(`${name}_${suffix}`, new Int32Array(outer * inner), x, outer, extent, inner)
        const wanted = lines({ outer, extent, inner }).map((line) =>
          line.reduce((best, at, k) => (wins(x[at]!, x[line[best]!]!) ? k : best), 0),
        )
        expect([...out]).toEqual(wanted)
      }),
    )
  })

  it('topKIndices is a stable descending order, cut off after k', () => {
    const rows = along(value, 1).chain((x) => fc.tuple(fc.constant(x), fc.integer({ min: 1, max: x.extent })))
    fc.assert(
      fc.property(rows, ([{ outer, extent, inner, values }, k]) => {
        const count = outer * inner
        const x = from(values)
        const out = call(`topKIndices_${suffix}`, new Int32Array(count * k), x, count, extent, k, new Scratch(0))
        const wanted = Array.from({ length: count }, (_, row) => {
          const line = [...x.subarray(row * extent, (row + 1) * extent)]
          const order = [...line.keys()]
          order.sort((i, j) => (larger(line[i]!, line[j]!) ? -1 : larger(line[j]!, line[i]!) ? 1 : i - j))
          return order.slice(0, k)
        })
        expect([...out]).toEqual(wanted.flat())
      }),
    )
  })

  it('topKIndices of a long row', () => {
    const x = from(numbers(2001, 9).map((each) => Math.round(each * 300)))
    const k = 777
    const out = call(`topKIndices_${suffix}`, new Int32Array(k), x, 1, x.length, k, new Scratch(0))
    const order = [...x.keys()].sort((i, j) => x[j]! - x[i]! || i - j)
    expect([...out]).toEqual(order.slice(0, k))
  })

  it('cumsum is the running sum, from either end', () => {
    fc.assert(
      fc.property(along(value), fc.boolean(), ({ outer, extent, inner, values }, reverse) => {
        const x = from(values)
        const out = call(`cumsum_${suffix}`, from(values), x, outer, extent, inner, Number(reverse))
        const wanted = from(values)
        for (const line of lines({ outer, extent, inner })) {
          let total = 0
          for (const at of reverse ? line.reverse() : line) {
            total = suffix === 'i32' ? (total + x[at]!) | 0 : total + x[at]!
            wanted[at] = total
          }
        }
        expect(out).toEqual(wanted)
      }),
    )
  })
})

it('cumsum of many float32 is as good as in doubles', () => {
  const out = call('cumsum_f32', new Float32Array(1e6), new Float32Array(1e6).fill(0.1), 1, 1e6, 1, 0)
  expect(Math.abs(out[999_999]! / (1e6 * Math.fround(0.1)) - 1)).toBeLessThan(2 ** -24)
})
