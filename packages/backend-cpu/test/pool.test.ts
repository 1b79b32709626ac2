import { allocate } from '@neurite/core'
import { expect, test } from 'vitest'
import { cpu } from '../src/index.js'
import { Pool } from '../src/pool.js'

test('what was given back comes again, by dtype and length', () => {
  const pool = new Pool(2 ** 20)
  const array = pool.take('float32', 8)
  pool.give('float32', array)
  expect(pool.take('float32', 7)).not.toBe(array)
  expect(pool.take('int32', 8)).not.toBe(array)
  expect(pool.take('float32', 8)).toBe(array)
  expect(pool.take('float32', 8)).not.toBe(array)
})

test('never holds more than its limit, whatever comes back', () => {
  const pool = new Pool(10_000)
  for (let i = 0; i < 500; i++) {
    pool.give('float32', allocate('float32', (i * 37) % 700))
    expect(pool.bytes).toBeLessThanOrEqual(10_000)
  }
  pool.give('float64', allocate('float64', 2000))
  expect(pool.take('float64', 2000)).toEqual(allocate('float64', 2000))
})

test('many empty arrays are not free', () => {
  const pool = new Pool(10_000)
  for (let i = 0; i < 1000; i++) pool.give('float32', allocate('float32', 0))
  expect(pool.bytes).toBeLessThanOrEqual(10_000)
  expect(pool.bytes).toBeGreaterThan(0)
})

test('a full pool lets go, so that the sizes in use find room', () => {
  const pool = new Pool(4096)
  for (let i = 1; i < 60; i++) pool.give('float32', allocate('float32', i))
  const array = allocate('float32', 500)
  pool.give('float32', array)
  expect(pool.take('float32', 500)).toBe(array)
})

test('cpu reuses memory up to poolBytes, and none with 0', () => {
  const spec = { shape: [4], dtype: 'float32' } as const
  const data = Float32Array.of(1, 2, 3, 4)
  for (const [backend, same] of [
    [cpu(), true],
    [cpu({ poolBytes: 0 }), false],
  ] as const) {
    const first = backend.upload(data, spec)
    backend.release(first)
    expect(backend.upload(data, spec) === first).toBe(same)
    backend.dispose()
  }
})

test('options are checked', () => {
  expect(() => cpu({ poolBytes: -1 })).toThrow('cpu: poolBytes must be a number >= 0, got -1.')
  expect(() => cpu({ poolBytes: NaN })).toThrow('poolBytes')
  expect(() => cpu({ bytes: 1 } as never)).toThrow('bytes')
})
