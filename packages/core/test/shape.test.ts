import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  broadcastShapes,
  broadcastTo,
  formatShape,
  max,
  sameShape,
  setDefaultBackend,
  sizeOf,
  stridesOf,
  sum,
  tensor,
  windowedExtent,
  zeros,
  type Tensor,
} from '../src/index.js'
import { expectCode } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

test('size, strides and text of a shape', () => {
  expect(sizeOf([])).toBe(1)
  expect(sizeOf([2, 0, 3])).toBe(0)
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1])
  expect(sameShape([1, 2], [1, 2])).toBe(true)
  expect(sameShape([1], [1, 1])).toBe(false)
  expect(formatShape([2, 3])).toBe('[2, 3]')
})

test('strides count the elements row by row', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }), (shape) => {
      const strides = stridesOf(shape)
      const last = shape.reduce((offset, extent, i) => offset + (extent - 1) * strides[i]!, 0)
      expect(last).toBe(sizeOf(shape) - 1)
    }),
  )
})

test("broadcasting is NumPy's, and symmetric", () => {
  expect(broadcastShapes('f', [3, 1], [4])).toEqual([3, 4])
  expect(broadcastShapes('f', [], [2, 0])).toEqual([2, 0])
  expect(broadcastShapes('f', [1], [0])).toEqual([0])
  const extents = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
  fc.assert(
    fc.property(extents, extents, (a, b) => {
      const attempt = (p: number[], q: number[]): readonly number[] | string => {
        try {
          return broadcastShapes('f', p, q)
        } catch {
          return 'refused'
        }
      }
      const one = attempt(a, b)
      expect(attempt(b, a)).toEqual(one)
      const pairs = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [
        a.at(-1 - i) ?? 1,
        b.at(-1 - i) ?? 1,
      ])
      const fits = pairs.every(([p, q]) => p === q || p === 1 || q === 1)
      expect(one === 'refused').toBe(!fits)
    }),
  )
})

test('broadcastTo takes a shape exactly where broadcasting with it gives it', () => {
  const extents = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
  const broadcasts = (from: number[], to: number[]): boolean => {
    try {
      return sameShape(broadcastShapes('f', from, to), to)
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(extents, extents, (from, to) => {
      const call = (): Tensor => broadcastTo(zeros(from), to)
      if (broadcasts(from, to)) expect(call().shape).toEqual(to)
      else expect(call).toThrow(/broadcastTo: .*SHAPE_MISMATCH/)
    }),
    {
      numRuns: 300,
      seed: 1,
      examples: [
        [[1, 2], [2]],
        [[3], []],
      ],
    },
  )
})

test('a broadcast that fails names both shapes and the axis', async () => {
  await expectCode(() => add(zeros([2, 3]), zeros([2, 4])), 'SHAPE_MISMATCH', 'add', '[2, 3]', '[2, 4]', 'axis -1')
})

test('negative axes count from the end; others do not exist', async () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ])
  expect(sum(x, { axes: [-2] }).toArraySync()).toEqual([4, 6])
  expect(sum(x, { axes: [-1, 0] }).toArraySync()).toBe(10)
  expect(sum(x, { axes: [] }).toArraySync()).toEqual(x.toArraySync())
  await expectCode(() => max(x, { axes: [-3] }), 'AXIS_OUT_OF_RANGE', 'max', '-3', '-2 to 1')
  await expectCode(() => max(tensor(1), { axes: [0] }), 'AXIS_OUT_OF_RANGE', '0-d')
})

test('the extent of a sliding window (Dumoulin & Visin, relation 6)', () => {
  expect(windowedExtent(5, 3, 1, [0, 0])).toBe(3)
  expect(windowedExtent(5, 3, 2, [1, 1])).toBe(3)
  expect(windowedExtent(6, 3, 2, [0, 0])).toBe(2)
})
