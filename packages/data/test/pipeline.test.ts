import { describe, expect, test } from 'vitest'
import {
  columnTransformer,
  imputer,
  labelEncoder,
  maxAbsScaler,
  minMaxScaler,
  normalizer,
  oneHotEncoder,
  ordinalEncoder,
  pipeline,
  standardScaler,
  Table,
  transformerFromJSON,
  type ColumnTransformer,
  type FittedTransformer,
  type Transformer,
} from '../src/index.js'
import { coded } from './support.js'

const people = Table.fromRows([
  { age: 20, height: 180, city: 'Seoul', size: 'L', member: true, bought: 'yes' },
  { age: null, height: 160, city: 'Busan', size: 'S', member: false, bought: 'no' },
  { age: 60, height: 170, city: 'Seoul', size: 'M', member: true, bought: 'yes' },
])

function prepare(): Transformer<ColumnTransformer> {
  return columnTransformer([
    { columns: ['age', 'height'], use: pipeline([imputer({ strategy: 'median' }), minMaxScaler()]) },
    { columns: 'city', use: oneHotEncoder({ unknown: 'ignore' }) },
    { columns: 'size', use: ordinalEncoder({ categories: ['S', 'M', 'L'] }) },
    { columns: 'member', use: 'keep' },
  ])
}

describe('pipeline', () => {
  test('each step is fitted to what the step before gives', () => {
    const steps = pipeline([imputer(), standardScaler()]).fit([[1], [NaN], [3]])
    expect(steps.steps[1].mean).toEqual([2])
    expect(steps.transform([[NaN], [2]]).toArray()).toEqual([[0], [0]])
  })

  test('inverseTransform goes back through scalers, and names a step that cannot', () => {
    const rows = [
      [1, 10],
      [2, 40],
      [5, 20],
    ]
    const steps = pipeline([standardScaler(), minMaxScaler()]).fit(rows)
    const back = steps.inverseTransform(steps.transform(rows)).toArray()
    rows.forEach((row, i) => row.forEach((value, j) => expect(back[i]?.[j]).toBeCloseTo(value, 12)))
    const oneWay = pipeline([standardScaler(), normalizer()]).fit(rows)
    expect(() => oneWay.inverseTransform(rows)).toThrow(coded('INVALID_ARGUMENT', 'normalizer'))
    expect(() => pipeline([oneHotEncoder()]).fit(['a']).inverseTransform(rows)).toThrow(
      coded('INVALID_ARGUMENT', 'oneHotEncoder'),
    )
  })

  test('a columnTransformer may come first, and only first', () => {
    const filled = pipeline([ordinalEncoder({ unknown: 'ignore' }), imputer({ strategy: 'constant', value: -1 })])
    expect(filled.fit(['a', 'b']).transform(['b', 'c']).toArray()).toEqual([[1], [-1]])
    const scaled = pipeline([prepare(), maxAbsScaler()]).fit(people)
    expect(scaled.takes).toBe('table')
    expect(scaled.transform(people).shape).toEqual([3, 6])
    // @ts-expect-error -- takes a table
    expect(() => pipeline([imputer(), prepare()])).toThrow(coded('INVALID_ARGUMENT', 'columnTransformer takes a table'))
    // @ts-expect-error -- takes labels
    expect(() => pipeline([labelEncoder()])).toThrow(
      coded('INVALID_ARGUMENT', 'steps[0] must be a transformer of features'),
    )
    // @ts-expect-error -- fitted
    expect(() => pipeline([standardScaler().fit([[1]])])).toThrow(coded('INVALID_ARGUMENT', 'steps[0]'))
    // @ts-expect-error -- no steps
    expect(() => pipeline([])).toThrow(coded('INVALID_ARGUMENT', 'no steps'))
  })

  test('fills and encodes text', () => {
    const cities = Table.fromColumns({ city: ['Seoul', '', 'Busan', 'Seoul'], kind: ['b', 'a', 'a', ''] })
    const encode = pipeline([imputer({ strategy: 'mostFrequent' }), oneHotEncoder()]).fit(cities)
    expect(encode.steps[1].categories).toEqual([
      ['Busan', 'Seoul'],
      ['a', 'b'],
    ])
    const x = encode.transform(Table.fromRows([{ city: null, kind: 'b' }]))
    expect(x.columns).toEqual(['city=Busan', 'city=Seoul', 'kind=a', 'kind=b'])
    expect(x.toArray()).toEqual([[0, 1, 0, 1]])
  })

  test('takes a transformer of your own', () => {
    const log: FittedTransformer = {
      kind: 'log',
      takes: 'matrix',
      options: {},
      transform: (x) => minMaxScaler().fitTransform(x),
      toJSON: () => ({ kind: 'log', options: {}, state: {} }),
    }
    const own: Transformer = { kind: 'log', takes: 'matrix', options: {}, fit: () => log, fitTransform: log.transform }
    expect(
      pipeline([own])
        .fitTransform([[0], [4], [2]])
        .toArray(),
    ).toEqual([[0], [1], [0.5]])
  })
})

describe('columnTransformer', () => {
  test('puts side by side what the parts give, with names', () => {
    const x = prepare().fitTransform(people)
    expect(x.columns).toEqual(['age', 'height', 'city=Busan', 'city=Seoul', 'size', 'member'])
    expect(x.toArray()).toEqual([
      [0, 1, 0, 1, 2, 1],
      [0.5, 0, 1, 0, 0, 0],
      [1, 0.5, 0, 1, 1, 1],
    ])
  })

  test('one description in two parts is fitted to each', () => {
    const encoder = oneHotEncoder({ unknown: 'ignore' })
    const scaler = minMaxScaler()
    const fitted = columnTransformer([
      { columns: 'city', use: encoder },
      { columns: 'size', use: encoder },
      { columns: 'age', use: scaler },
      { columns: 'height', use: scaler },
    ]).fit(people)
    const x = fitted.transform(people)
    expect(x.columns).toEqual(['city=Busan', 'city=Seoul', 'size=L', 'size=M', 'size=S', 'age', 'height'])
    expect(x.toArray()).toEqual([
      [0, 1, 1, 0, 0, 0, 1],
      [1, 0, 0, 0, 1, NaN, 0],
      [0, 1, 0, 1, 0, 1, 0.5],
    ])
  })

  test('an encoder encodes each of its columns', () => {
    const both = columnTransformer([{ columns: ['city', 'size'], use: oneHotEncoder() }]).fitTransform(people)
    expect(both.columns).toEqual(['city=Busan', 'city=Seoul', 'size=L', 'size=M', 'size=S'])
    expect(both.toArray()[2]).toEqual([0, 1, 0, 1, 0])
  })

  test('a part may be of the target, and be a columnTransformer', () => {
    const table = people.withTarget('city')
    const inner = columnTransformer([{ columns: 'city', use: oneHotEncoder() }])
    expect(columnTransformer([{ columns: ['city'], use: inner }]).fitTransform(table).columns).toEqual([
      'city=Busan',
      'city=Seoul',
    ])
  })

  test('a single row of a later day, its columns in any order, its categories unknown or missing', () => {
    const fitted = prepare().fit(people)
    const row = Table.fromRows([{ member: true, size: 'S', city: null, height: 170, age: 30 }])
    expect(fitted.transform(row).toArray()).toEqual([[0.25, 0.5, 0, 0, 0, 1]])
  })

  test("rest: 'keep' takes the other columns of numbers, but not the target", () => {
    const table = people.select(['age', 'height', 'member']).withTarget('member')
    const fitted = columnTransformer([{ columns: 'age', use: imputer() }], { rest: 'keep' }).fit(table)
    expect(fitted.transform(table).columns).toEqual(['age', 'height'])
    expect(fitted.parts.map(({ columns }) => columns)).toEqual([['age'], ['height']])
    expect(() => columnTransformer([], { rest: 'keep' }).fit(people)).toThrow(
      coded('INVALID_ARGUMENT', "'city' is text"),
    )
  })

  test('wrong parts', () => {
    expect(() => columnTransformer([{ columns: [], use: 'keep' }])).toThrow(
      coded('INVALID_ARGUMENT', 'parts[0]: columns must be one name or several'),
    )
    // @ts-expect-error -- no such use
    expect(() => columnTransformer([{ columns: 'city', use: 'drop' }])).toThrow(
      coded('INVALID_ARGUMENT', 'parts[0]: use'),
    )
    // @ts-expect-error -- labels are for targets
    expect(() => columnTransformer([{ columns: 'city', use: labelEncoder() }])).toThrow(
      coded('INVALID_ARGUMENT', 'use must be a transformer of features'),
    )
    // @ts-expect-error -- fitted
    expect(() => columnTransformer([{ columns: 'age', use: imputer().fit(people.select(['age'])) }])).toThrow(
      coded('INVALID_ARGUMENT', 'not yet fitted'),
    )
    // @ts-expect-error -- misspelt
    expect(() => columnTransformer([{ column: 'city', use: 'keep' }])).toThrow(coded('UNKNOWN_OPTION', 'column'))
    const missing = columnTransformer([{ columns: 'town', use: 'keep' }])
    expect(() => missing.fit(people)).toThrow(coded('INVALID_ARGUMENT', "no column 'town'"))
    // @ts-expect-error -- a matrix has no columns to find
    expect(() => missing.fit([[1]])).toThrow(coded('INVALID_ARGUMENT', 'a Table'))
    const text = columnTransformer([{ columns: 'city', use: imputer() }])
    expect(() => text.fit(people)).toThrow(coded('INVALID_ARGUMENT', "'city' is text"))
  })
})

describe('transformerFromJSON', () => {
  const rows = [
    [1, 5],
    [2, 9],
    [6, 7],
  ]
  test('a kind asked for is the kind that comes', () => {
    const json: unknown = JSON.parse(JSON.stringify(standardScaler().fit(rows)))
    expect(transformerFromJSON(json, 'standardScaler').mean).toEqual([3, 7])
    expect(() => transformerFromJSON(json, 'imputer')).toThrow(
      coded('INVALID_ARGUMENT', "kind must be 'imputer', got 'standardScaler'"),
    )
  })

  const standard = { kind: 'standardScaler', options: {}, state: { mean: [1], variance: [1], scale: [1] } }
  const noParts = { kind: 'columnTransformer', options: {}, state: { parts: [] } }
  const labeled = { kind: 'labelEncoder', options: {}, state: { categories: ['a'] } }
  const inColumns = (part: object): object => ({ kind: 'columnTransformer', options: {}, state: { parts: [part] } })
  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['no kind', { options: {} }],
    ['an unknown kind', { kind: 'hacker', options: {} }],
    ['a kind that every object has', { kind: 'constructor', options: {} }],
    ['__proto__ as a kind', { kind: '__proto__', options: {} }],
    ['a kind in a list', { ...standard, kind: ['standardScaler'] }],
    ['no options', { ...standard, options: undefined }],
    ['an option of another type', { ...standard, options: { withMean: 'yes' } }],
    ['no state', { ...standard, state: undefined }],
    ['a part of the state missing', { ...standard, state: { mean: [1], variance: [1] } }],
    ['arrays of different lengths', { ...standard, state: { mean: [1, 2], variance: [1], scale: [1] } }],
    ['empty arrays', { ...standard, state: { mean: [], variance: [], scale: [] } }],
    ['text for a number', { ...standard, state: { mean: ['1'], variance: [1], scale: [1] } }],
    ['a scale of 0', { ...standard, state: { mean: [1], variance: [1], scale: [0] } }],
    ['more names than columns', { ...standard, state: { ...standard.state, columns: ['a', 'b'] } }],
    ['min above max', { kind: 'minMaxScaler', options: {}, state: { dataMin: [2], dataMax: [1] } }],
    ['a gap to fill gaps with', { kind: 'imputer', options: {}, state: { fill: [null] } }],
    ['no fill', { kind: 'imputer', options: {}, state: { fill: [] } }],
    ['categories of two types', { kind: 'oneHotEncoder', options: {}, state: { categories: [['a', 1]] } }],
    ['a category twice', { kind: 'oneHotEncoder', options: {}, state: { categories: [['a', 'a']] } }],
    ['a category that is none', { kind: 'oneHotEncoder', options: {}, state: { categories: [[{}]] } }],
    ['no categories', { kind: 'oneHotEncoder', options: {}, state: { categories: [] } }],
    ['categories that are no list', { kind: 'ordinalEncoder', options: {}, state: { categories: ['a'] } }],
    [
      'more names than categories',
      { kind: 'ordinalEncoder', options: {}, state: { categories: [['a']], columns: [] } },
    ],
    ['a huge polynomial', { kind: 'polynomialFeatures', options: { degree: 16 }, state: { width: 1e9 } }],
    ['half a column', { kind: 'polynomialFeatures', options: {}, state: { width: 0.5 } }],
    ['more names than width', { kind: 'polynomialFeatures', options: {}, state: { width: 1, columns: ['a', 'b'] } }],
    ['no steps', { kind: 'pipeline', options: {}, state: { steps: [] } }],
    ['a step that takes a table later', { kind: 'pipeline', options: {}, state: { steps: [standard, noParts] } }],
    ['a label encoder as a step', { kind: 'pipeline', options: {}, state: { steps: [labeled] } }],
    ['a label encoder as a part', inColumns({ columns: ['a'], use: labeled })],
    ['a part without columns', inColumns({ columns: [], use: 'keep' })],
    ['a part without use', inColumns({ columns: ['a'] })],
  ])('refuses %s', (_, value) => {
    expect(() => transformerFromJSON(value)).toThrow(coded('INVALID_ARGUMENT'))
  })

  test.each<[string, unknown]>([
    ['options', { ...standard, options: { withmean: true } }],
    ['things that are learned', { ...standard, state: { ...standard.state, median: [1] } }],
    ['members', { ...standard, version: 2 }],
    ['options of a pipeline', { kind: 'pipeline', options: { verbose: true }, state: { steps: [standard] } }],
    ['members of a part', inColumns({ columns: ['a'], use: 'keep', name: 'a' })],
  ])('refuses unknown %s', (_, value) => {
    expect(() => transformerFromJSON(value)).toThrow(coded('UNKNOWN_OPTION'))
  })

  test('refuses what is nested without end', () => {
    let value: unknown = standard
    for (let i = 0; i < 5000; i++) value = { kind: 'pipeline', options: {}, state: { steps: [value] } }
    expect(() => transformerFromJSON(value)).toThrow(coded('INVALID_ARGUMENT', 'nested'))
  })

  test('pollutes no prototype', () => {
    for (const text of [
      '{"kind":"standardScaler","options":{},"__proto__":{"polluted":1},"state":{"mean":[1],"variance":[1],"scale":[1]}}',
      '{"kind":"standardScaler","options":{},"state":{"__proto__":{"polluted":1},"mean":[1],"variance":[1],"scale":[1]}}',
      '{"kind":"maxAbsScaler","options":{},"state":{"__proto__":{"maxAbs":[1]}}}',
    ]) {
      expect(() => transformerFromJSON(JSON.parse(text))).toThrow(coded('UNKNOWN_OPTION', '__proto__'))
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
