import { expect, test } from 'vitest'
import { WORKLOADS } from '../src/workloads/index.js'
import { costOf } from '../src/workloads/cost.js'

const cost = (id: string) => costOf(WORKLOADS.find((workload) => workload.id === id)!)

test('a product: two operations for each triple, three matrices', () => {
  expect(cost('W5-256')).toEqual({ flops: 2 * 256 ** 3, bytes: 3 * 4 * 256 ** 2 })
})

test('W1, counted by hand', () => {
  // 2-8-8-1 has 2 * 8 + 8 * 8 + 8 = 88 weights and 17 biases.
  const forward = 10 * 2 * 88
  const byInputs = 10 * 2 * (64 + 8)
  expect(cost('W1')).toEqual({ flops: forward + forward + byInputs + 2 * 105, bytes: 4 * (2 * 105 + 10 * 3) })
})

test('Adam reads and writes what it keeps', () => {
  const params = 64 + 64 + 64 + 1
  expect(cost('W2').bytes).toBe(4 * (6 * params + 64 * 2))
})

test('a convolution: each output pixel is a product with its window; pooling costs nothing', () => {
  const first = 2 * 9 * 1 * (28 * 28 * 8)
  const second = 2 * 9 * 8 * (14 * 14 * 16)
  const last = 2 * 784 * 10
  const params = 9 * 8 + 8 + 72 * 16 + 16 + 7840 + 10
  expect(cost('W6').flops).toBe(32 * (3 * (first + second + last) - first) + 2 * params)
})

test('one sample reads each weight once', () => {
  expect(cost('W8-tiny')).toEqual({ flops: 2 * 88, bytes: 4 * (105 + 2 + 1) })
})
