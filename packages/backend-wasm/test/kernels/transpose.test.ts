import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, type Numbers } from './support/call.js'

describe.each([
  [1, (length: number): Numbers => new Uint8Array(length)],
  [4, (length: number): Numbers => new Int32Array(length)],
  [8, (length: number): Numbers => new Float64Array(length)],
] as const)('transpose of elements of %i bytes', (bytes, array) => {
  const expectSwapped = (batch: number, rows: number, columns: number): void => {
    const x = array(batch * rows * columns).map((_, i) => (i * 7) % 253)
    const wanted = array(x.length).map((_, i) => {
      const [n, at] = [Math.floor(i / (rows * columns)), i % (rows * columns)]
      return x[(n * rows + (at % rows)) * columns + Math.floor(at / rows)]!
    })
    expect(call(`transpose_${bytes}`, array(x.length), x, batch, rows, columns)).toEqual(wanted)
  }

  it('swaps the last two axes', () => {
    fc.assert(fc.property(fc.nat(3), fc.nat(20), fc.nat(20), expectSwapped))
  })

  it('goes beyond a strip', () => expectSwapped(2, 21, 135))
})
