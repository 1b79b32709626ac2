import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FeatureMatrix, imputer, outlierClipper, polynomialFeatures, Table } from '../src/index.js'
import { coded } from './support.js'

describe('imputer', () => {
  const rows = [
    [1, 7],
    [NaN, 2],
    [3, NaN],
    [8, 2],
    [NaN, 7],
  ]

  test.each([
    ['mean', [4, 4.5]],
    ['median', [3, 4.5]],
    ['mostFrequent', [1, 2]],
    ['constant', [0, 0]],
  ] as const)('%s', (strategy, fill) => {
    const filled = imputer({ strategy }).fit(rows)
    expect(filled.fill).toEqual(fill)
    expect(
      filled
        .transform([
          [NaN, NaN],
          [5, 6],
        ])
        .toArray(),
    ).toEqual([[...fill], [5, 6]])
  })

  test('a constant of your own; a column without values', () => {
    expect(
      imputer({ strategy: 'constant', value: -1 })
        .fitTransform([[NaN]])
        .toArray(),
    ).toEqual([[-1]])
    const empty = FeatureMatrix.from([[NaN, 1]], ['age', 'b'])
    expect(() => imputer().fit(empty)).toThrow(coded('INVALID_ARGUMENT', "column 'age' has no values"))
  })

  test('options are checked', () => {
    // @ts-expect-error -- no such strategy
    expect(() => imputer({ strategy: 'mode' })).toThrow(coded('INVALID_ARGUMENT', "'mean', 'median'"))
    expect(() => imputer({ value: NaN })).toThrow(coded('INVALID_ARGUMENT', 'value'))
  })

  describe('text', () => {
    const people = Table.fromColumns({
      city: ['Seoul', '', 'Busan', 'Seoul'],
      kind: ['b', 'a', '', ''],
      member: ['yes', 'no', '', 'no'],
    }).withTarget('member')

    test('mostFrequent, the least of equals; the target stays as it is', () => {
      const filled = imputer({ strategy: 'mostFrequent' }).fit(people)
      expect([filled.columns, filled.fill]).toEqual([
        ['city', 'kind'],
        ['Seoul', 'a'],
      ])
      const table = filled.transform(people)
      expect(table.column('city')).toEqual(['Seoul', 'Seoul', 'Busan', 'Seoul'])
      expect(table.column('kind')).toEqual(['b', 'a', 'a', 'a'])
      expect(table.column('member')).toEqual(people.column('member'))
      expect(table.target).toBe('member')
    })

    test('a constant, and numbers beside text', () => {
      const unknown = imputer({ strategy: 'constant', value: 'unknown' })
      expect(unknown.fitTransform(people).column('kind')).toEqual(['b', 'a', 'unknown', 'unknown'])
      const mixed = Table.fromColumns({ age: [1, NaN, 1], city: ['x', 'y', ''] })
      const filled = imputer({ strategy: 'mostFrequent' }).fit(mixed)
      expect(filled.fill).toEqual([1, 'x'])
      expect(filled.transform(mixed).row(1)).toEqual({ age: 1, city: 'y' })
    })

    test('a column that a later table has no value in was made one of numbers, and is filled with text', () => {
      const filled = imputer({ strategy: 'mostFrequent' }).fit(people.select(['city']))
      expect(filled.transform(Table.fromRows([{ city: null }])).column('city')).toEqual(['Seoul'])
    })

    test('without names it is a table with made-up ones', () => {
      const filled = imputer({ strategy: 'mostFrequent' }).fitTransform(['a', '', 'a'])
      if (!(filled instanceof Table)) throw new Error('not a table')
      expect(filled.column('column0')).toEqual(['a', 'a', 'a'])
      const mixed = imputer({ strategy: 'mostFrequent' }).fitTransform([['a', 2], ['', 2], ['a', NaN]]) // prettier-ignore
      if (!(mixed instanceof Table)) throw new Error('not a table')
      expect(mixed.column('column0')).toEqual(['a', 'a', 'a'])
      expect(mixed.column('column1')).toEqual(Float64Array.of(2, 2, 2))
    })

    test('refuses a strategy that text does not have, and what changed its kind', () => {
      expect(() => imputer().fit(people)).toThrow(
        coded('INVALID_ARGUMENT', "column 'city' is text; use strategy: 'mostF"),
      )
      expect(() => imputer({ strategy: 'constant', value: 0 }).fit(people)).toThrow(
        coded('INVALID_ARGUMENT', "column 'city': value must be text, got 0"),
      )
      const filled = imputer({ strategy: 'mostFrequent' }).fit(people.select(['city']))
      expect(() => filled.transform(Table.fromColumns({ city: [1] }))).toThrow(
        coded('INVALID_ARGUMENT', "column 'city' is numbers, in fit it was text"),
      )
      const numbers = imputer().fit(Table.fromColumns({ age: [1] }))
      expect(() => numbers.transform(Table.fromColumns({ age: ['1'] }))).toThrow(coded('INVALID_ARGUMENT', 'is text'))
      expect(() => numbers.transform(Table.fromColumns({ age: [Infinity] }))).toThrow(
        coded('NON_FINITE', "column 'age': row 0 is Infinity"),
      )
    })
  })
})

describe('outlierClipper', () => {
  test('Tukey: quartiles 1 and 2 of the row of 4.3.1 let -0.5 to 3.5 through', () => {
    const clipper = outlierClipper().fit([0, 0, 1, 1, 1, 2, 2, 2, 3, 100].map((value) => [value]))
    expect([clipper.low, clipper.high]).toEqual([[-0.5], [3.5]])
    expect(clipper.transform([[-7], [NaN], [3], [100]]).toArray()).toEqual([[-0.5], [NaN], [3], [3.5]])
  })

  test('zScore', () => {
    const clipper = outlierClipper({ method: 'zScore', factor: 2 }).fit([[-1], [1], [NaN]])
    expect([clipper.low, clipper.high]).toEqual([[-2], [2]])
    // The factor that goes with the method.
    expect(outlierClipper({ method: 'zScore' }).fit([[-1], [1]]).high).toEqual([3])
  })

  test('only what is outside changes, and twice is as once', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 }), (values) => {
        const rows = values.map((value) => [value])
        const clipper = outlierClipper().fit(rows)
        const [low = NaN, high = NaN] = [clipper.low[0], clipper.high[0]]
        const once = clipper.transform(rows)
        expect(Array.from(once.data)).toEqual(values.map((value) => Math.min(high, Math.max(low, value))))
        expect(clipper.transform(once)).toEqual(once)
      }),
      { seed: 1 },
    )
    expect(() => outlierClipper({ factor: 0 })).toThrow(coded('INVALID_ARGUMENT', 'factor'))
  })
})

describe('polynomialFeatures', () => {
  test('the order and the names of scikit-learn', () => {
    const x = FeatureMatrix.from([[2, 3, 5]], ['a', 'b', 'c'])
    const cubic = polynomialFeatures({ degree: 3, includeBias: false, interactionOnly: true }).fitTransform(x)
    expect(cubic.columns).toEqual(['a', 'b', 'c', 'a b', 'a c', 'b c', 'a b c'])
    expect(cubic.toArray()).toEqual([[2, 3, 5, 6, 10, 15, 30]])
    const plain = polynomialFeatures({ degree: 3 }).fitTransform([[2, 3]])
    expect(plain.columns).toEqual(['1', 'x0', 'x1', 'x0^2', 'x0 x1', 'x1^2', 'x0^3', 'x0^2 x1', 'x0 x1^2', 'x1^3'])
    expect(plain.toArray()).toEqual([[1, 2, 3, 4, 6, 9, 8, 12, 18, 27]])
  })

  test('there are C(columns + degree, degree) of them', () => {
    for (const [columns, degree, count] of [
      [4, 2, 15],
      [3, 4, 35],
      [1, 16, 17],
    ] as const) {
      expect(polynomialFeatures({ degree }).fit([Array<number>(columns).fill(1)]).products).toHaveLength(count)
    }
  })

  test('too many, too high, other columns, gaps', () => {
    const wide = [Array<number>(1000).fill(1)]
    expect(() => polynomialFeatures().fit(wide)).toThrow(coded('INVALID_ARGUMENT', '100000 features'))
    expect(() => polynomialFeatures({ degree: 17 })).toThrow(coded('INVALID_ARGUMENT', 'degree'))
    expect(() =>
      polynomialFeatures()
        .fit([[1, 2]])
        .transform([[1]]),
    ).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => polynomialFeatures().fit([[NaN]])).toThrow(coded('NON_FINITE'))
  })
})
