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
  outlierClipper,
  pipeline,
  polynomialFeatures,
  robustScaler,
  standardScaler,
  Table,
  transformerFromJSON,
  type ColumnTransformer,
  type Transformer,
} from '../src/index.js'
import { coded } from './support.js'

const people = Table.fromRows([
  { age: 20, height: 180, city: 'Seoul', size: 'L', member: true, bought: 'yes' },
  { age: null, height: 160, city: 'Busan', size: 'S', member: false, bought: 'no' },
  { age: 60, height: 170, city: 'Seoul', size: 'M', member: true, bought: 'yes' },
])

function prepare(): ColumnTransformer {
  return columnTransformer([
    { columns: ['age', 'height'], use: pipeline([imputer({ strategy: 'median' }), minMaxScaler()]) },
    { columns: 'city', use: oneHotEncoder({ unknown: 'ignore' }) },
    { columns: 'size', use: ordinalEncoder({ categories: ['S', 'M', 'L'] }) },
    { columns: 'member', use: 'keep' },
  ])
}

describe('pipeline', () => {
  test('each step is fitted to what the step before gives', () => {
    const scaler = standardScaler()
    const steps = pipeline([imputer(), scaler]).fit([[1], [NaN], [3]])
    expect(scaler.mean).toEqual([2])
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
    expect(() => pipeline([oneHotEncoder()]).inverseTransform(rows)).toThrow(coded('INVALID_ARGUMENT', 'oneHotEncoder'))
  })

  test('an encoder or a columnTransformer may come first, and only first', () => {
    const filled = pipeline([ordinalEncoder({ unknown: 'ignore' }), imputer({ strategy: 'constant', value: -1 })])
    expect(filled.fit(['a', 'b']).transform(['b', 'c']).toArray()).toEqual([[1], [-1]])
    const scaled = pipeline([prepare(), maxAbsScaler()]).fit(people)
    expect(scaled.takes).toBe('table')
    expect(scaled.transform(people).shape).toEqual([3, 6])
    // @ts-expect-error -- takes labels
    expect(() => pipeline([imputer(), oneHotEncoder()])).toThrow(
      coded('INVALID_ARGUMENT', 'oneHotEncoder takes labels'),
    )
    // @ts-expect-error -- no steps
    expect(() => pipeline([])).toThrow(coded('INVALID_ARGUMENT', 'no steps'))
  })

  test('needs fit', () => {
    expect(() => pipeline([imputer()]).transform([[1]])).toThrow(coded('NOT_FITTED'))
  })

  test('takes a transformer of your own', () => {
    const log: Transformer = {
      kind: 'log',
      takes: 'matrix',
      fit: () => log,
      transform: (x) => minMaxScaler().fitTransform(x),
      fitTransform: (x) => log.transform(x),
      toJSON: () => ({ kind: 'log', options: {} }),
    }
    expect(
      pipeline([log])
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
    const part = { columns: ['city', 'size'], use: oneHotEncoder() }
    expect(() => columnTransformer([part])).toThrow(coded('INVALID_ARGUMENT', 'an encoder encodes one column'))
    expect(() => columnTransformer([{ columns: [], use: 'keep' }])).toThrow(
      coded('INVALID_ARGUMENT', 'part 0 has 0 columns'),
    )
    // @ts-expect-error -- labels are for targets
    expect(() => columnTransformer([{ columns: 'city', use: 'drop' }])).toThrow(coded('INVALID_ARGUMENT', 'part 0'))
    // @ts-expect-error -- misspelt
    expect(() => columnTransformer([{ column: 'city', use: 'keep' }])).toThrow(coded('UNKNOWN_OPTION', 'column'))
    const missing = columnTransformer([{ columns: 'town', use: 'keep' }])
    expect(() => missing.fit(people)).toThrow(coded('INVALID_ARGUMENT', "no column 'town'"))
    expect(() => missing.transform(people)).toThrow(coded('NOT_FITTED'))
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
  const labels = ['b', 'a', 'b']
  const fitted = [
    minMaxScaler({ range: [-1, 1], clip: true }).fit(rows),
    standardScaler({ withMean: false }).fit(rows),
    robustScaler({ quantileRange: [10, 90] }).fit(rows),
    maxAbsScaler().fit(rows),
    normalizer({ norm: 'l1' }).fit(rows),
    imputer({ strategy: 'median' }).fit(rows),
    outlierClipper({ factor: 0.1 }).fit(rows),
    polynomialFeatures({ degree: 3 }).fit(rows),
    oneHotEncoder().fit(labels),
    ordinalEncoder({ unknown: 'ignore' }).fit(labels),
    labelEncoder().fit(labels),
    pipeline([imputer(), polynomialFeatures(), standardScaler()]).fit(rows),
    pipeline([oneHotEncoder(), standardScaler()]).fit(labels),
    prepare().fit(people),
    pipeline([prepare(), standardScaler()]).fit(people),
  ]

  test.each(fitted.map((transformer) => [transformer.kind, transformer] as const))(
    '%s comes back',
    (_, transformer) => {
      const text = JSON.stringify(transformer)
      const restored = transformerFromJSON(JSON.parse(text))
      expect(JSON.stringify(restored)).toBe(text)
      expect(restored.takes).toBe(transformer.takes)
      if (restored.takes === 'matrix' && transformer.takes === 'matrix') {
        expect(restored.transform(rows)).toEqual(transformer.transform(rows))
      } else if (restored.takes === 'labels' && transformer.takes === 'labels') {
        expect(restored.transform(labels)).toEqual(transformer.transform(labels))
      } else if (restored.takes === 'table' && transformer.takes === 'table') {
        expect(restored.transform(people)).toEqual(transformer.transform(people))
      } else throw new Error(`${restored.takes} became ${transformer.takes}`)
    },
  )

  test('a kind asked for is the kind that comes', () => {
    const json: unknown = JSON.parse(JSON.stringify(standardScaler().fit(rows)))
    expect(transformerFromJSON(json, 'standardScaler').mean).toEqual([3, 7])
    expect(() => transformerFromJSON(json, 'imputer')).toThrow(
      coded('INVALID_ARGUMENT', "kind must be 'imputer', got 'standardScaler'"),
    )
  })

  const standard = { kind: 'standardScaler', options: {}, state: { mean: [1], variance: [1], scale: [1] } }
  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['no kind', { options: {} }],
    ['an unknown kind', { kind: 'hacker', options: {} }],
    ['a kind that every object has', { kind: 'constructor', options: {} }],
    ['__proto__ as a kind', { kind: '__proto__', options: {} }],
    ['no options', { ...standard, options: undefined }],
    ['an option of another type', { ...standard, options: { withMean: 'yes' } }],
    ['no state', { ...standard, state: undefined }],
    ['a part of the state missing', { ...standard, state: { mean: [1], variance: [1] } }],
    ['arrays of different lengths', { ...standard, state: { mean: [1, 2], variance: [1], scale: [1] } }],
    ['empty arrays', { ...standard, state: { mean: [], variance: [], scale: [] } }],
    ['text for a number', { ...standard, state: { mean: ['1'], variance: [1], scale: [1] } }],
    ['a scale of 0', { ...standard, state: { mean: [1], variance: [1], scale: [0] } }],
    ['more names than columns', { ...standard, columns: ['a', 'b'] }],
    ['min above max', { kind: 'minMaxScaler', options: {}, state: { dataMin: [2], dataMax: [1] } }],
    ['a gap to fill gaps', { kind: 'imputer', options: {}, state: { fill: [null] } }],
    ['categories of two types', { kind: 'oneHotEncoder', options: {}, categories: ['a', 1] }],
    ['a category twice', { kind: 'oneHotEncoder', options: {}, categories: ['a', 'a'] }],
    ['a category that is none', { kind: 'oneHotEncoder', options: {}, categories: [{}] }],
    ['a huge polynomial', { kind: 'polynomialFeatures', options: { degree: 16 }, width: 1e9 }],
    ['half a column', { kind: 'polynomialFeatures', options: {}, width: 0.5 }],
    ['no steps', { kind: 'pipeline', options: {}, steps: [] }],
    [
      'a step that takes labels later',
      { kind: 'pipeline', options: {}, steps: [standard, { kind: 'oneHotEncoder', options: {}, categories: ['a'] }] },
    ],
    [
      'a label encoder as a feature',
      { kind: 'pipeline', options: {}, steps: [{ kind: 'labelEncoder', options: {}, categories: ['a'] }] },
    ],
    ['a part without columns', { kind: 'columnTransformer', options: {}, parts: [{ columns: [], use: 'keep' }] }],
    ['a part without use', { kind: 'columnTransformer', options: {}, parts: [{ columns: ['a'] }] }],
    [
      'a table in a column',
      {
        kind: 'columnTransformer',
        options: {},
        parts: [{ columns: ['a'], use: { kind: 'columnTransformer', options: {}, parts: [] } }],
      },
    ],
  ])('refuses %s', (_, value) => {
    expect(() => transformerFromJSON(value)).toThrow(coded('INVALID_ARGUMENT'))
  })

  test('refuses unknown options', () => {
    const json = { ...standard, options: { withmean: true } }
    expect(() => transformerFromJSON(json)).toThrow(coded('UNKNOWN_OPTION', 'withmean'))
  })

  test('refuses what is nested without end', () => {
    let value: unknown = standard
    for (let i = 0; i < 5000; i++) value = { kind: 'pipeline', options: {}, steps: [value] }
    expect(() => transformerFromJSON(value)).toThrow(coded('INVALID_ARGUMENT', 'nested'))
  })

  test('pollutes no prototype', () => {
    const text =
      '{"kind":"standardScaler","options":{},"__proto__":{"polluted":1},"state":{"__proto__":[1],"mean":[1],"variance":[1],"scale":[1]}}'
    expect(transformerFromJSON(JSON.parse(text), 'standardScaler').mean).toEqual([1])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
