import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { WORKLOADS } from '../src/workloads/index.js'
import { decodeProblem, encodeProblem } from '../src/workloads/problem-file.js'
import { need, problemOf } from '../src/workloads/problem.js'

const folder = mkdtempSync(join(tmpdir(), 'benchmarks-'))
afterAll(() => rmSync(folder, { recursive: true }))

const byId = (id: string) => WORKLOADS.find((workload) => workload.id === id)!

describe('problemOf', () => {
  test('is deterministic in the seed', () => {
    expect(problemOf(byId('W1'), 3)).toEqual(problemOf(byId('W1'), 3))
    expect(problemOf(byId('W1'), 3)).not.toEqual(problemOf(byId('W1'), 4))
  })

  test('has a weight and a bias for each layer that has any', () => {
    const shapes = Object.fromEntries(Object.entries(problemOf(byId('W6'))).map(([name, { shape }]) => [name, shape]))
    expect(shapes).toEqual({
      x: [32, 28, 28, 1],
      y: [32, 10],
      '0.weight': [3, 3, 1, 8],
      '0.bias': [8],
      '2.weight': [3, 3, 8, 16],
      '2.bias': [16],
      '5.weight': [784, 10],
      '5.bias': [10],
    })
  })

  test('targets of cross-entropy are one-hot, and not all of one class', () => {
    const { data, shape } = need(problemOf(byId('W3')), 'y')
    const rows = Array.from({ length: shape[0]! }, (_, n) => Array.from(data.subarray(n * 10, n * 10 + 10)))
    expect(
      rows.every((row) => row.filter((v) => v === 1).length === 1 && row.filter((v) => v === 0).length === 9),
    ).toBe(true)
    expect(new Set(rows.map((row) => row.indexOf(1))).size).toBeGreaterThan(3)
  })

  test('weights stay within the Glorot limit and use it', () => {
    const { data } = need(problemOf(byId('W3')), '0.weight')
    const limit = Math.sqrt(6 / (784 + 128))
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(largest).toBeLessThanOrEqual(Math.fround(limit))
    expect(largest).toBeGreaterThan(0.99 * limit)
  })
})

test('a problem file gives back what was written', () => {
  for (const id of ['W1', 'W6', 'W8-tiny']) {
    const problem = problemOf(byId(id))
    const path = join(folder, id)
    writeFileSync(path, encodeProblem(problem))
    expect(decodeProblem(readFileSync(path))).toEqual(problem)
  }
})

test('ids are unique', () => {
  expect(new Set(WORKLOADS.map(({ id }) => id)).size).toBe(WORKLOADS.length)
})
