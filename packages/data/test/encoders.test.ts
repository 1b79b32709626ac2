import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelEncoder, oneHotEncoder, ordinalEncoder, Table, transformerFromJSON } from '../src/index.js'
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
      expect(oneHot.inverseTransform(oneHot.transform(values))).toEqual([values])
      expect(ordinal.inverseTransform(ordinal.transform(values))).toEqual([values])
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
      expect(again.options.unknown).toBe('ignore')
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

test('given categories keep their order, and fit finds no others', () => {
  const sizes = ordinalEncoder({ categories: ['small', 'large'] })
  expect(sizes.fitTransform(['large', 'large']).toArray()).toEqual([[1], [1]])
  expect(() => sizes.fit(['medium'])).toThrow(coded('UNKNOWN_CATEGORY', 'medium'))
  expect(() => oneHotEncoder({ categories: ['a', 'a'] })).toThrow(coded('INVALID_ARGUMENT', 'twice'))
  expect(() => oneHotEncoder({ categories: [] })).toThrow(coded('INVALID_ARGUMENT', 'no labels'))
})

test('labels are all text or all numbers, and finite', () => {
  // @ts-expect-error -- mixed
  expect(() => oneHotEncoder().fit(['a', 1])).toThrow(
    coded('INVALID_ARGUMENT', 'row 1 is a number in a column of text'),
  )
  // @ts-expect-error -- mixed
  expect(() => labelEncoder().fit([1, 'a'])).toThrow(
    coded('INVALID_ARGUMENT', "x[1] must be a number or a boolean, got 'a'"),
  )
  expect(() => oneHotEncoder().fit([1, NaN])).toThrow(coded('NON_FINITE', 'row 1 is NaN'))
  for (const make of [oneHotEncoder, ordinalEncoder, labelEncoder]) {
    expect(() => make().fit([])).toThrow(coded('SHAPE_MISMATCH', 'with something to learn from'))
  }
})

describe('several columns', () => {
  const clothes = Table.fromRows([
    { color: 'red', size: 'S', worn: 1 },
    { color: 'blue', size: 'L', worn: 0 },
    { color: 'red', size: 'M', worn: 0 },
  ])

  test('of a table: each is encoded, and named', () => {
    const encoder = oneHotEncoder().fit(clothes)
    expect(encoder.categories).toEqual([
      ['blue', 'red'],
      ['L', 'M', 'S'],
      [0, 1],
    ])
    const x = encoder.transform(clothes)
    expect(x.columns).toEqual(['color=blue', 'color=red', 'size=L', 'size=M', 'size=S', 'worn=0', 'worn=1'])
    expect(x.toArray()[1]).toEqual([1, 0, 1, 0, 0, 1, 0])
    expect(encoder.inverseTransform(x)).toEqual([
      ['red', 'blue', 'red'],
      ['S', 'L', 'M'],
      [1, 0, 0],
    ])
  })

  test('of rows and of matrices: without names', () => {
    const rows = [
      ['red', 'S'],
      ['blue', 'L'],
    ]
    expect(oneHotEncoder().fitTransform(rows).columns).toEqual(['x0=blue', 'x0=red', 'x1=L', 'x1=S'])
    expect(ordinalEncoder().fitTransform(rows).toArray()).toEqual([
      [1, 1],
      [0, 0],
    ])
    const numbers = ordinalEncoder().fit([
      [7, 1],
      [5, 1],
    ])
    expect(numbers.categories).toEqual([[5, 7], [1]])
    expect(numbers.inverseTransform([[1, 0]])).toEqual([[7], [1]])
    expect(() => oneHotEncoder().fit([['a', 'b'], ['c']])).toThrow(
      coded('SHAPE_MISMATCH', 'row 1: 1 cells for 2 columns'),
    )
    expect(() => labelEncoder().fit(clothes)).toThrow(coded('SHAPE_MISMATCH', 'one label a row'))
  })

  test('categories of one list are those of every column, or there is a list for each', () => {
    const shirts = Table.fromColumns({ shirt: ['S', 'L'], coat: ['M', 'M'] })
    const same = ordinalEncoder({ categories: ['S', 'M', 'L'] }).fit(shirts)
    expect(same.transform(shirts).toArray()).toEqual([
      [0, 1],
      [2, 1],
    ])
    const each = { categories: [['S', 'L'], ['M']] }
    expect(ordinalEncoder(each).fit(shirts).categories).toEqual(each.categories)
    expect(() => ordinalEncoder(each).fit(['S'])).toThrow(coded('SHAPE_MISMATCH', '2 lists for 1 columns'))
    expect(() => ordinalEncoder({ categories: [['S', 'L'], []] })).toThrow(coded('INVALID_ARGUMENT', 'no labels'))
  })

  test('an error names the column; other columns than in fit are refused', () => {
    const encoder = oneHotEncoder().fit(clothes.select(['color', 'size']))
    const green = Table.fromRows([{ color: 'green', size: 'S' }])
    expect(() => encoder.transform(green)).toThrow(
      coded('UNKNOWN_CATEGORY', "column 'color': row 0 has the category 'green'"),
    )
    expect(() => encoder.transform(clothes.select(['size', 'color']))).toThrow(coded('INVALID_ARGUMENT', "'size'"))
    expect(() => encoder.transform(clothes)).toThrow(coded('SHAPE_MISMATCH', '[rows, 2], as in fit'))
    expect(() => encoder.transform(['red'])).toThrow(coded('SHAPE_MISMATCH'))
  })
})

test('oneHotEncoder.inverseTransform takes scores, and refuses what stands for nothing', () => {
  const encoder = oneHotEncoder().fit(['a', 'b', 'c'])
  expect(
    encoder.inverseTransform([
      [-1, -3, -2],
      [0.2, 0.4, 0.4],
    ]),
  ).toEqual([['a', 'b']])
  expect(() => encoder.inverseTransform([[0, 0, 0]])).toThrow(coded('UNKNOWN_CATEGORY', 'row 0'))
  expect(() => encoder.inverseTransform([[1, 0]])).toThrow(coded('SHAPE_MISMATCH'))
  expect(() => encoder.inverseTransform([[NaN, 0, 1]])).toThrow(coded('NON_FINITE'))
  expect(() => labelEncoder().fit(['a']).inverseTransform([1])).toThrow(coded('UNKNOWN_CATEGORY', 'row 0 is 1'))
})
