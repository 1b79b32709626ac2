import { afterEach, expect, test, vi } from 'vitest'
import { takeTurns } from '../src/index.js'

declare const performance: { now(): number }
declare const setImmediate: (call: () => void) => void

afterEach(() => vi.restoreAllMocks())

test('others get a turn after 10 ms of work, less than a frame of a page, and again after 10 more', async () => {
  let now = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const turn = takeTurns()
  now += 9
  expect(turn()).toBeUndefined()
  now += 1
  let served = false
  setImmediate(() => (served = true))
  await turn()
  expect(served).toBe(true)
  now += 9
  expect(turn()).toBeUndefined()
  now += 1
  expect(turn()).toBeInstanceOf(Promise)
})
