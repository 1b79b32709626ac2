import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelEncoder, oneHotEncoder, ordinalEncoder, transformerFromJSON } from '../src/index.js'
import { coded } from './support.js'

const labels = fc.oneof(
  fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 20 }),
  fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 20 }),
)

test('inverseTransform undoes transform, for text and numbers', () => {
  fc.assert(
    fc.property(labels, (values) => {
      const oneHot = oneHotEncoder().fit(values)
      const ordinal = ordinalEncoder().fit(values)
      const label = labelEncoder().fit(values)
      expect(oneHot.inverseTransform(oneHot.transform(values))).toEqual(values)
      expect(ordinal.inverseTransform(ordinal.transform(values))).toEqual(values)
      expect(label.inverseTransform(label.transform(values))).toEqual(values)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('JSON gives the same encoder', () => {
  fc.assert(
    fc.property(labels, (values) => {
      const oneHot = oneHotEncoder({ unknown: 'ignore' }).fit(values)
      const ordinal = ordinalEncoder().fit(values)
      const label = labelEncoder().fit(values)
      const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
      const again = transformerFromJSON(copy(oneHot), 'oneHotEncoder')
      expect(again.transform(values)).toEqual(oneHot.transform(values))
      expect(again.unknown).toBe('ignore')
      expect(transformerFromJSON(copy(ordinal), 'ordinalEncoder').transform(values)).toEqual(ordinal.transform(values))
      expect(transformerFromJSON(copy(label), 'labelEncoder').transform(values)).toEqual(label.transform(values))
    }),
    { seed: 2, numRuns: 50 },
  )
})

test('categories are sorted: numbers by size, text by code unit', () => {
  expect(labelEncoder().fit([10, 9, -1, 9]).categories).toEqual([-1, 9, 10])
  expect(labelEncoder().fit(['b', 'B', 'a', '']).categories).toEqual(['', 'B', 'a', 'b'])
})

test('a column of a table, host data and typed arrays are labels', () => {
  const encoder = labelEncoder().fit({ shape: [3], data: Int32Array.of(4, 2, 4) })
  expect(Array.from(encoder.transform(Float64Array.of(2, 4)).data)).toEqual([0, 1])
  expect(() => labelEncoder().fit({ shape: [2, 2], data: Int32Array.of(4, 2, 4, 1) })).toThrow(coded('SHAPE_MISMATCH'))
})

describe('an unknown category', () => {
  test('is an error that names it, its row and what is known', () => {
    for (const make of [oneHotEncoder, ordinalEncoder, labelEncoder]) {
      expect(() => make().fit(['a', 'b']).transform(['a', 'c'])).toThrow(
        coded('UNKNOWN_CATEGORY', "row 1 has the category 'c', which fit did not see; known: a, b"),
      )
    }
  })

  test('or is ignored: zeros, NaN', () => {
    expect(oneHotEncoder({ unknown: 'ignore' }).fit(['a', 'b']).transform(['c', 'b']).toArray()).toEqual([
      [0, 0],
      [0, 1],
    ])
    expect(ordinalEncoder({ unknown: 'ignore' }).fit(['a', 'b']).transform(['c', 'b']).toArray()).toEqual([[NaN], [1]])
    // @ts-expect-error -- no such choice
    expect(() => oneHotEncoder({ unknown: 'skip' })).toThrow(coded('INVALID_ARGUMENT', 'skip'))
    // @ts-expect-error -- a target is never ignored
    expect(() => labelEncoder({ unknown: 'ignore' })).toThrow(coded('UNKNOWN_OPTION'))
  })
})

test('given categories keep their order, and need no fit', () => {
  const sizes = ordinalEncoder({ categories: ['small', 'large'] })
  expect(sizes.transform(['large', 'small']).toArray()).toEqual([[1], [0]])
  expect(() => sizes.fit(['medium'])).toThrow(coded('UNKNOWN_CATEGORY', 'medium'))
  expect(() => oneHotEncoder({ categories: ['a', 'a'] })).toThrow(coded('INVALID_ARGUMENT', 'twice'))
  expect(() => oneHotEncoder({ categories: [] })).toThrow(coded('INVALID_ARGUMENT', 'no labels'))
})

test('labels are all text or all numbers, none missing', () => {
  // @ts-expect-error -- mixed
  expect(() => oneHotEncoder().fit(['a', 1])).toThrow(coded('INVALID_ARGUMENT', 'row 1'))
  // @ts-expect-error -- missing
  expect(() => oneHotEncoder().fit(['a', null])).toThrow(coded('INVALID_ARGUMENT', 'null'))
  expect(() => oneHotEncoder().fit([1, NaN])).toThrow(coded('INVALID_ARGUMENT', 'NaN'))
  expect(() => oneHotEncoder().fit([])).toThrow(coded('INVALID_ARGUMENT', 'no labels'))
})

test('all need fit', () => {
  for (const make of [oneHotEncoder, ordinalEncoder, labelEncoder]) {
    expect(() => make().transform(['a'])).toThrow(coded('NOT_FITTED'))
    expect(() => make().categories).toThrow(coded('NOT_FITTED'))
    expect(() => make().toJSON()).toThrow(coded('NOT_FITTED'))
  }
})

test('oneHotEncoder.inverseTransform takes scores, and refuses what stands for nothing', () => {
  const encoder = oneHotEncoder().fit(['a', 'b', 'c'])
  expect(
    encoder.inverseTransform([
      [-1, -3, -2],
      [0.2, 0.4, 0.4],
    ]),
  ).toEqual(['a', 'b'])
  expect(() => encoder.inverseTransform([[0, 0, 0]])).toThrow(coded('UNKNOWN_CATEGORY', 'row 0'))
  expect(() => encoder.inverseTransform([[1, 0]])).toThrow(coded('SHAPE_MISMATCH'))
  expect(() => encoder.inverseTransform([[NaN, 0, 1]])).toThrow(coded('NON_FINITE'))
  expect(() => labelEncoder().fit(['a']).inverseTransform([1])).toThrow(coded('UNKNOWN_CATEGORY', 'row 0 is 1'))
})
