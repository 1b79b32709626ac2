import { fold, key, tensor, uniform } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batches, batchIndices, FeatureMatrix, Table, weightedSampler, type BatchOrder } from '../src/index.js'
import { coded } from './support.js'

const ORDERS: readonly BatchOrder[] = ['cyclic', 'shuffled-cyclic', 'random']
const sizes = { rows: fc.integer({ min: 1, max: 60 }), batchSize: fc.integer({ min: 1, max: 70 }) }
const seeds = fc.integer({ min: 0, max: 100 })

function flat(indices: readonly Int32Array[]): number[] {
  return indices.flatMap((batch) => Array.from(batch))
}

describe.each(ORDERS)('4.3.4: the order %s', (order) => {
  test('4.4: 1200 rows in batches of 120 are 10 iterations an epoch', () => {
    const epoch = batchIndices(1200, { batchSize: 120, order })
    expect(epoch).toHaveLength(10)
    for (const batch of epoch) expect(batch).toHaveLength(120)
  })

  test('the last batch has the rows that are left, or is dropped', () => {
    fc.assert(
      fc.property(sizes.rows, sizes.batchSize, (rows, batchSize) => {
        const lengths = batchIndices(rows, { batchSize, order }).map(({ length }) => length)
        const full = Math.floor(rows / batchSize)
        const rest = rows % batchSize
        expect(lengths).toEqual([...Array<number>(full).fill(batchSize), ...(rest > 0 ? [rest] : [])])
        if (full === 0) return
        expect(batchIndices(rows, { batchSize, order, partial: 'drop' })).toHaveLength(full)
      }),
      { seed: 1 },
    )
  })

  test('no row comes twice in a batch, and each is one of the rows', () => {
    fc.assert(
      fc.property(sizes.rows, sizes.batchSize, seeds, (rows, batchSize, seed) => {
        for (const batch of batchIndices(rows, { batchSize, order, seed })) {
          expect(new Set(batch).size).toBe(batch.length)
          expect(batch.every((i) => i >= 0 && i < rows)).toBe(true)
        }
      }),
      { seed: 2 },
    )
  })

  test('is a function of seed and epoch', () => {
    const of = (seed?: number, epoch?: number): number[] =>
      flat(
        batchIndices(100, {
          batchSize: 16,
          order,
          ...(seed !== undefined && { seed }),
          ...(epoch !== undefined && { epoch }),
        }),
      )
    expect(of(0, 0)).toEqual(of())
    expect(of(3, 2)).toEqual(of(3, 2))
    if (order === 'cyclic') expect(of(3, 2)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    else for (const other of [of(3, 1), of(4, 2)]) expect(other).not.toEqual(of(3, 2))
  })
})

test('cyclic and shuffled-cyclic take every row once an epoch', () => {
  for (const order of ['cyclic', 'shuffled-cyclic'] as const) {
    const rows = flat(batchIndices(101, { batchSize: 10, order, epoch: 3 }))
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, i) => i))
  }
})

test('random takes all rows equally often in the long run', () => {
  const counts = new Float64Array(20)
  for (let epoch = 0; epoch < 500; epoch++) {
    for (const row of flat(batchIndices(20, { batchSize: 5, order: 'random', epoch }))) counts[row]! += 1
  }
  // 500 expected, with a deviation of about 20.
  expect(Math.min(...counts)).toBeGreaterThan(400)
  expect(Math.max(...counts)).toBeLessThan(600)
})

describe('weightedSampler', () => {
  const drawn = (weights: readonly number[], epochs: number): number[] => {
    const counts = weights.map(() => 0)
    const order = weightedSampler(weights)
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const row of flat(batchIndices(weights.length, { order, epoch, batchSize: 3 }))) counts[row]! += 1
    return counts
  }

  test('rows come as often as their weights say, and never with a weight of 0', () => {
    const [none, one, nothing, three, last] = drawn([0, 1, 0, 3, 0], 2000)
    expect([none, nothing, last]).toEqual([0, 0, 0])
    expect(one! + three!).toBe(10_000)
    // A deviation of 43 is to be expected.
    expect(Math.abs(three! - 7500)).toBeLessThan(150)
    expect(drawn([1e308, 1e308, 0], 100)[2]).toBe(0)
    expect(Math.min(...drawn([1e308, 1e308], 100))).toBeGreaterThan(70)
    expect(drawn([5], 1)).toEqual([1])
    expect(drawn([0, 0, 5e-324], 2)).toEqual([0, 0, 6])
  })

  test('is a function of seed and epoch; each batch can be had alone', () => {
    const order = weightedSampler([1, 2, 3, 4, 5, 6, 7, 8])
    const of = (seed: number, epoch: number): Int32Array[] => batchIndices(8, { order, seed, epoch, batchSize: 4 })
    expect(of(3, 2)).toEqual(of(3, 2))
    for (const other of [of(3, 1), of(4, 2)]) expect(other).not.toEqual(of(3, 2))
    expect(of(3, 2)[0]).not.toEqual(of(3, 2)[1])
    expect(batchIndices(8, { order, batchSize: 3, partial: 'drop' }).map(({ length }) => length)).toEqual([3, 3])
    // Named random streams stay what they are.
    const shares = uniform(fold(fold(key(3), 2), 0), 8)
    const rows = Array.from(shares, (share) => [1, 3, 6, 10, 15, 21, 28].filter((upTo) => upTo <= share * 36).length)
    expect(flat(batchIndices(8, { order, seed: 3, epoch: 2 }))).toEqual(rows)
    expect(rows).toEqual([3, 5, 3, 6, 6, 2, 1, 3])
  })

  test('of some rows, and told apart', () => {
    const weights = [1, 5, 0, 2]
    const some = weightedSampler(weights).only([3, 2, 1])
    expect(some.rows).toBe(3)
    const same = weightedSampler([2, 0, 5])
    expect(some.id).toBe(same.id)
    expect(weightedSampler(weights).id).not.toBe(same.id)
    expect(batchIndices(3, { order: some })).toEqual(batchIndices(3, { order: same }))
    expect(() => weightedSampler(weights).only([4])).toThrow(coded('INVALID_ARGUMENT', 'indices[0] is 4'))
    expect(() => weightedSampler(weights).only([2])).toThrow(coded('INVALID_ARGUMENT', 'above 0'))
  })

  test('weights in any form, kept by no reference, and refused by name', () => {
    const weights = Float32Array.of(0, 1)
    const order = weightedSampler(weights)
    weights[0] = 100
    expect(flat(batchIndices(2, { order }))).toEqual([1, 1])
    expect(weightedSampler([[0], [1]]).id).toBe(order.id)
    for (const wrong of [[0, 0], [], [1, -1], [1, NaN], [Infinity]])
      expect(() => weightedSampler(wrong), String(wrong)).toThrow(coded('INVALID_ARGUMENT', 'weights'))
    expect(() => weightedSampler([[1, 2]])).toThrow(coded('SHAPE_MISMATCH', '[rows] or [rows, 1]'))
    expect(() => batchIndices(3, { order })).toThrow(
      coded('SHAPE_MISMATCH', '2 rows that the sampler draws from for 3 rows'),
    )
  })
})

test('wrong arguments', () => {
  expect(() => batchIndices(0)).toThrow(coded('INVALID_ARGUMENT', 'rows'))
  expect(() => batchIndices(5, { batchSize: 2.5 })).toThrow(coded('INVALID_ARGUMENT', 'batchSize'))
  expect(() => batchIndices(5, { batchSize: 6, partial: 'drop' })).toThrow(coded('INVALID_ARGUMENT', 'no batch'))
  // @ts-expect-error -- no such order
  expect(() => batchIndices(5, { order: 'shuffled' })).toThrow(coded('INVALID_ARGUMENT', "'shuffled-cyclic'"))
  // @ts-expect-error -- misspelt
  expect(() => batchIndices(5, { batchsize: 2 })).toThrow(coded('UNKNOWN_OPTION'))
})

describe('batches', () => {
  const x = FeatureMatrix.from(
    [
      [0, 0],
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ],
    ['a', 'b'],
  )
  const y = { shape: [5], data: Int32Array.of(0, 1, 2, 3, 4) }

  test('rows of all arrays stay together, with names and element types', () => {
    const seen: number[] = []
    for (const batch of batches({ x, y }, { batchSize: 2, seed: 5 })) {
      expect(batch.x.columns).toEqual(['a', 'b'])
      expect(batch.y.data).toBeInstanceOf(Int32Array)
      expect(batch.x.toArray().map(([a]) => a)).toEqual(Array.from(batch.y.data))
      seen.push(...batch.y.data)
    }
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4])
  })

  test('a batch becomes tensors as it is', async () => {
    const [first] = batches({ x, y }, { batchSize: 2, order: 'cyclic' })
    if (first === undefined) throw new Error('no batch')
    expect(await tensor(first.x, { backend: cpu() }).toArray()).toEqual([
      [0, 0],
      [1, 10],
    ])
  })

  test('arrays must have the same number of rows, which is said at once', () => {
    const z = { shape: [4], data: Int32Array.of(0, 1, 2, 3) }
    expect(() => batches({ x, z })).toThrow(coded('SHAPE_MISMATCH', "'x' has 5 rows, 'z' has 4"))
    expect(() => batches({})).toThrow(coded('INVALID_ARGUMENT', 'no arrays'))
    // @ts-expect-error -- no numbers
    expect(() => batches({ x: 'rows' })).toThrow(coded('INVALID_ARGUMENT', "'x' must be numbers"))
  })

  test('nested arrays are read once, and tables of numbers are their features', () => {
    const table = Table.fromColumns({ a: [1, 2, 3], b: [4, 5, 6] })
    const [first] = batches({ x: [[1], [2], [3]], table }, { batchSize: 2, order: 'cyclic' })
    expect(first?.x).toEqual({ shape: [2, 1], data: Float64Array.of(1, 2) })
    expect(first?.table).toEqual(table.rows([0, 1]).features)
  })

  test('of a table are tables, text and target too', () => {
    const table = Table.fromColumns({ a: [1, 2, 3], kind: ['x', 'y', 'z'] }).withTarget('kind')
    const parts = [...batches(table, { batchSize: 2, order: 'cyclic' })]
    expect(parts.map((part) => part.column('kind'))).toEqual([['x', 'y'], ['z']])
    expect(parts[0]!.target).toBe('kind')
    const y = Array.from(
      batches(table, { batchSize: 1, order: weightedSampler([0, 1, 0]) }),
      (part) => part.row(0)['a'],
    )
    expect(y).toEqual([2, 2, 2])
    expect(() => batches(table, { batchSize: 0 })).toThrow(coded('INVALID_ARGUMENT', 'batchSize'))
  })
})
