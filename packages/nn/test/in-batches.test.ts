import { cpu } from '@neurite/backend-cpu'
import { mul, setDefaultBackend, slice, tensor } from '@neurite/core'
import { expect, test } from 'vitest'
import { inBatches } from '../src/index.js'

const backend = cpu()
setDefaultBackend(backend)

const x = tensor([[1], [2], [3], [4], [5]])
const doubled = (from: number, to: number) => mul(slice(x, { begin: [from, 0], size: [to - from, 1] }), 2)

test.each([
  [
    1,
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ],
  ],
  [
    2,
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  ],
  [5, [[0, 5]]],
  [Infinity, [[0, 5]]],
])('%s rows at once', async (batchSize, expected) => {
  const before = backend.memory()
  const ranges: number[][] = []
  using y = await inBatches(
    5,
    batchSize,
    (from, to) => {
      ranges.push([from, to])
      return doubled(from, to)
    },
    () => undefined,
  )
  expect(ranges).toEqual(expected)
  expect(await y.toArray()).toEqual([[2], [4], [6], [8], [10]])
  y.dispose()
  expect(backend.memory()).toEqual(before)
})

test('no rows are a batch, too', async () => {
  using y = await inBatches(
    0,
    2,
    (from, to) => tensor({ shape: [to - from, 3], data: new Float32Array() }),
    () => undefined,
  )
  expect(y.shape).toEqual([0, 3])
})

test.each(['forward', 'pause'])('what fails in %s leaves nothing', async (place) => {
  const before = backend.memory()
  const fail = (): never => {
    throw new Error(place)
  }
  const forward = (from: number, to: number) => (place === 'forward' && from > 0 ? fail() : doubled(from, to))
  await expect(inBatches(5, 2, forward, place === 'pause' ? fail : () => undefined)).rejects.toThrow(place)
  expect(backend.memory()).toEqual(before)
})
