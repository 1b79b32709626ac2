import { fillRandom } from '@neurite/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call } from './support/call.js'

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe.each([
  ['random_bits_i32', 'bits', (length: number) => new Int32Array(length)],
  ['random_uniform_f32', 'uniform', (length: number) => new Float32Array(length)],
  ['random_uniform_f64', 'uniform', (length: number) => new Float64Array(length)],
  ['random_normal_f32', 'normal', (length: number) => new Float32Array(length)],
  ['random_normal_f64', 'normal', (length: number) => new Float64Array(length)],
] as const)('%s', (kernel, distribution, array) => {
  const expectSame = (length: number, high: number, low: number): void => {
    const wanted = array(length)
    fillRandom(distribution, [high, low], wanted)
    expect(call(kernel, array(length), length, high | 0, low | 0)).toEqual(wanted)
  }

  it('is bit by bit what core makes of every key', () => {
    fc.assert(fc.property(fc.nat(70), word, word, expectSame))
  })

  it('also in the tails of a large sample', () => {
    // Typed arrays compared as bytes: a hundred thousand calls of expect would take seconds.
    const wanted = array(200_003)
    fillRandom(distribution, [17, 4], wanted)
    const got = call(kernel, array(wanted.length), wanted.length, 17, 4)
    expect(Buffer.compare(Buffer.from(got.buffer), Buffer.from(wanted.buffer))).toBe(0)
  })
})
