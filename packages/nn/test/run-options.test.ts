import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, zeros } from '@neurite/core'
import { beforeAll, expect, test } from 'vitest'
import * as nn from '../src/index.js'

beforeAll(() => {
  setDefaultBackend(cpu())
})

test('a layer is told how to run in words that it knows', () => {
  const layer = nn.dropout(0.5)
  const x = zeros([1, 2])
  expect(() => layer.apply({}, x, { training: 1 as never })).toThrow(/dropout: training must be true or false, got 1/)
  expect(() => layer.forward({}, {}, x, { random: 3 as never })).toThrow(/dropout: random must be a key/)
  for (const seed of [0.5, Number.NaN, '3', null] as never[])
    expect(() => nn.dense(1).init({ inputShape: [1], seed })).toThrow(/dense.init: seed must be a whole number/)
})
