import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { along, KINDS } from './support/arrays.js'
import { call, type Numbers } from './support/call.js'

const indices = fc.array(fc.oneof(fc.nat(9), fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31))), { maxLength: 7 })

describe('gather', () => {
  it.each([
    [1, (values: Iterable<number>): Numbers => Uint8Array.from(values)],
    [4, (values: Iterable<number>): Numbers => Float32Array.from(values)],
    [8, (values: Iterable<number>): Numbers => Float64Array.from(values)],
  ])('takes rows of elements of %i bytes by their index, zeros for one out of range', (bytes, from) => {
    const inner = fc.integer({ min: 0, max: 40 })
    fc.assert(
      fc.property(fc.nat(3), fc.nat(6), inner, indices, (outer, extent, inner, places) => {
        const x = from(Array.from({ length: outer * extent * inner }, (_, i) => (i % 251) + 1))
        const out = from(new Array<number>(outer * places.length * inner).fill(77))
        call(`gather_${bytes}`, out, x, Int32Array.from(places), outer, extent, inner, places.length)
        const wanted = from(
          Array.from({ length: out.length }, (_, at) => {
            const place = places[Math.floor(at / inner) % places.length]!
            const i = Math.floor(at / inner / places.length)
            return place >= 0 && place < extent ? x[(i * extent + place) * inner + (at % inner)]! : 0
          }),
        )
        expect(out).toEqual(wanted)
      }),
    )
  })
})

describe.each(KINDS)('scatterAdd, $suffix', ({ suffix, from, value }) => {
  it('adds rows where their index says, and nothing for one out of range', () => {
    const updates = along(fc.oneof(fc.integer({ min: -9, max: 9 }), value)).chain((x) =>
      fc.tuple(
        fc.constant(x),
        fc.array(fc.oneof(fc.nat(5), fc.constantFrom(-1, 2 ** 31 - 1)), { minLength: x.extent, maxLength: x.extent }),
        fc.nat(5),
      ),
    )
    fc.assert(
      fc.property(updates, ([{ outer, extent: count, inner, values }, places, extent]) => {
        const x = from(values)
        const wanted = from(new Array<number>(outer * extent * inner).fill(0))
        x.forEach((each, at) => {
          const place = places[Math.floor(at / inner) % count]!
          const i = Math.floor(at / inner / count)
          if (place >= 0 && place < extent) wanted[(i * extent + place) * inner + (at % inner)]! += each
        })
        const out = from(new Array<number>(wanted.length).fill(77))
        call(`scatterAdd_${suffix}`, out, x, Int32Array.from(places), outer, extent, inner, count)
        expect(out).toEqual(wanted)
      }),
    )
  })
})
