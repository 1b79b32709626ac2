import { describe, expect, test } from 'vitest'
import { normalizer, splitIndices, trainTestSplit } from '../src/index.js'

describe('a stratified test part has exactly the rows of its share', () => {
  test.each([
    [10, 0.3, 3],
    [10, 0.25, 3],
    [7, 0.3, 3],
    [100, 0.07, 7],
    [12, 4, 4],
  ])('%d rows, test %d: %d', (rows, share, expected) => {
    for (const classes of [1, 2, 3])
      for (let seed = 0; seed < 8; seed++) {
        const stratify = Array.from({ length: rows }, (_, i) => i % classes)
        const { trainIndices, testIndices } = splitIndices(rows, { test: share, stratify, seed })
        expect([trainIndices.length, testIndices.length]).toEqual([rows - expected, expected])
        expect([...trainIndices, ...testIndices].sort((a, b) => a - b)).toEqual(
          Array.from({ length: rows }, (_, i) => i),
        )
        // Each class has its share, rounded down or up.
        for (let k = 0; k < classes; k++) {
          const own = stratify.filter((label) => label === k).length
          const count = Array.from(testIndices).filter((i) => stratify[i] === k).length
          expect(Math.abs(count - (own * expected) / rows)).toBeLessThan(1)
        }
      }
  })

  test('arrays are split as their indices are', () => {
    const x = Array.from({ length: 10 }, (_, i) => [i])
    const y = x.map(([i]) => i! % 2)
    const { testIndices } = splitIndices(10, { test: 0.3, stratify: y, seed: 2 })
    const split = trainTestSplit({ x, y }, { test: 0.3, stratify: 'y', seed: 2 })
    expect(Array.from(split.testIndices)).toEqual(Array.from(testIndices))
  })
})

test.each([
  [
    'l2',
    [
      [0.03, 0.04],
      [3e-160, 4e-160],
      [5e-324, 0],
      [-0.6, 0],
    ],
    [
      [0.6, 0.8],
      [0.6, 0.8],
      [1, 0],
      [-1, 0],
    ],
  ],
  [
    'l1',
    [
      [0.03, 0.01],
      [-1e-300, 0],
    ],
    [
      [0.75, 0.25],
      [-1, 0],
    ],
  ],
  [
    'max',
    [
      [0.03, -0.06],
      [1e-300, 0],
    ],
    [
      [0.5, -1],
      [1, 0],
    ],
  ],
] as const)('normalizer %s: rows shorter than 1 get the length 1 too', (norm, rows, expected) => {
  const out = normalizer({ norm }).fitTransform(rows).toArray()
  out.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 12)))
})
