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
  type FittedTransformer,
  type Takes,
  type Transformed,
  type Transformer,
} from '../src/index.js'
import { coded } from './support.js'

/** What must hold of all transformers, as scikit-learn's common tests say what must hold of every estimator. */
interface Case {
  readonly make: (options?: object) => Transformer<FittedTransformer<Takes, Transformed>>
  /** As the documentation says. */
  readonly defaults: object
  /** Other options, whose fitted values are saved. */
  readonly other: object
  /** Two sets of data that teach different things. */
  readonly data: readonly [unknown, unknown]
}

const numbers = [
  [
    [1, 5],
    [2, 9],
    [6, 7],
  ],
  [
    [3, -0.1],
    [1 / 3, 1e9],
  ],
] as const
const gaps = [
  [
    [1, NaN],
    [2, 3],
  ],
  [
    [NaN, 7],
    [4, NaN],
    [5, 8],
  ],
] as const
const words = [
  ['b', 'a', 'b'],
  ['d', 'c', 'a'],
] as const
const tables = [
  Table.fromColumns({ age: [20, NaN, 60], city: ['Seoul', 'Busan', 'Seoul'], size: ['L', 'S', 'M'] }),
  Table.fromColumns({ age: [1, 2], city: ['Jeju', 'Busan'], size: ['S', 'S'] }),
] as const

const steps = [imputer(), standardScaler()] as const
const city = { columns: 'city', use: oneHotEncoder({ unknown: 'ignore' }) } as const
const parts = [city, { ...city, columns: ['size', 'city'] }, { columns: 'age', use: pipeline(steps) }]
const encoding = {
  defaults: { unknown: 'error', categories: undefined },
  other: { unknown: 'ignore', categories: ['b', 'a'] },
  data: words,
} as const

// `make` is called with options of any kind, which is what is tested.
const CASES: Readonly<Record<string, Case>> = {
  minMaxScaler: {
    make: minMaxScaler,
    defaults: { range: [0, 1], clip: false },
    other: { range: [-1, 3], clip: true },
    data: numbers,
  },
  standardScaler: {
    make: standardScaler,
    defaults: { withMean: true, withStandardDeviation: true },
    other: { withMean: false, withStandardDeviation: true },
    data: numbers,
  },
  robustScaler: {
    make: robustScaler,
    defaults: { withCentering: true, withScaling: true, quantileRange: [25, 75] },
    other: { withCentering: false, quantileRange: [10, 90] },
    data: numbers,
  },
  maxAbsScaler: { make: maxAbsScaler as Case['make'], defaults: {}, other: {}, data: numbers },
  normalizer: {
    make: normalizer,
    defaults: { norm: 'l2' },
    other: { norm: 'max' },
    data: numbers,
  },
  imputer: {
    make: imputer,
    defaults: { strategy: 'mean', value: 0 },
    other: { strategy: 'constant', value: -1 },
    data: gaps,
  },
  outlierClipper: {
    make: outlierClipper,
    defaults: { method: 'iqr', factor: 1.5 },
    other: { method: 'zScore', factor: 0.1 },
    data: numbers,
  },
  polynomialFeatures: {
    make: polynomialFeatures,
    defaults: { degree: 2, interactionOnly: false, includeBias: true },
    other: { degree: 3, interactionOnly: true, includeBias: false },
    data: numbers,
  },
  oneHotEncoder: { ...encoding, make: oneHotEncoder },
  ordinalEncoder: { ...encoding, make: ordinalEncoder },
  labelEncoder: {
    make: labelEncoder,
    defaults: { categories: undefined },
    other: { categories: ['d', 'c', 'b', 'a'] },
    data: words,
  },
  pipeline: {
    make: (options) => pipeline((options as { steps?: never } | undefined)?.steps ?? steps),
    defaults: {},
    other: { steps: [imputer({ strategy: 'median' }), polynomialFeatures(), minMaxScaler()] },
    data: gaps,
  },
  columnTransformer: {
    make: (options) => columnTransformer(parts, options),
    defaults: { rest: 'drop' },
    other: { rest: 'keep' },
    data: tables,
  },
}

/** A copy to compare with: what is given and what is described must stay as it was. */
function copyOf(value: unknown): unknown {
  return value instanceof Table ? value.columnNames.map((name) => value.column(name).slice()) : structuredClone(value)
}

/** Each input as the type that the transformer under test takes. */
type Input = never

describe.each(Object.entries(CASES))('%s', (kind, { make, defaults, other, data: [first, second] }) => {
  const given = (x: unknown): Input => x as Input

  test('says what it is: its kind and all its options, with the defaults that are documented', () => {
    const description = make()
    expect(description.kind).toBe(kind)
    expect(description.options).toEqual(defaults)
    expect(description.fit(given(first)).options).toEqual(defaults)
  })

  test('is not changed by fit, and cannot be', () => {
    const description = make(other)
    const before = { ...description, options: structuredClone(description.options) }
    description.fit(given(first))
    expect(description).toEqual(before)
    expect(Object.isFrozen(description)).toBe(true)
    expect(Object.isFrozen(description.options)).toBe(true)
    const fitted = description.fit(given(first))
    for (const value of [fitted, ...Object.values(fitted)]) {
      if (typeof value === 'object' && value !== null) expect(Object.isFrozen(value)).toBe(true)
    }
  })

  test('two fits are apart, and the same data teach the same', () => {
    const description = make()
    const fitted = description.fit(given(first))
    const before = [fitted.transform(given(first)), fitted.toJSON()]
    const next = description.fit(given(second))
    expect([fitted.transform(given(first)), fitted.toJSON()]).toEqual(before)
    expect(next).not.toBe(fitted)
    const again = description.fit(given(first))
    expect([again.transform(given(first)), again.toJSON()]).toEqual(before)
    expect(description.fitTransform(given(first))).toEqual(before[0])
  })

  test('changes neither its options nor its data', () => {
    const copies = (): unknown => [
      copyOf(first),
      ...Object.values(other).map((value: unknown) => (Array.isArray(value) ? [...value] : value)),
    ]
    const before = copies()
    const fitted = make(other).fit(given(first))
    fitted.transform(given(first))
    expect(copies()).toEqual(before)
    // What is frozen within is a copy.
    expect([first, ...Object.values(other)].some((value) => Array.isArray(value) && Object.isFrozen(value))).toBe(false)
  })

  test.each([
    ['its defaults', {}],
    ['other options', other],
  ])('with %s it comes back from JSON, bit for bit the same', (_, options) => {
    for (const x of [first, second]) {
      const fitted =
        'categories' in options
          ? make({ ...options, categories: ['d', 'c', 'b', 'a'] }).fit(given(x))
          : make(options).fit(given(x))
      const text = JSON.stringify(fitted)
      const restored = transformerFromJSON(JSON.parse(text)) as FittedTransformer<Takes, Transformed>
      expect(JSON.stringify(restored)).toBe(text)
      expect(restored.toJSON()).toEqual(fitted.toJSON())
      expect([restored.kind, restored.takes, restored.options]).toEqual([fitted.kind, fitted.takes, fitted.options])
      expect(restored.transform(given(x))).toEqual(fitted.transform(given(x)))
      expect(Object.keys(restored).sort()).toEqual(Object.keys(fitted).sort())
    }
  })

  test('refuses to transform before fit, in JavaScript too', () => {
    const transform = Reflect.get(make(), 'transform') as (x: unknown) => unknown
    expect(() => transform(first)).toThrow(coded('NOT_FITTED', `${kind}: this is a description; call fit(x)`))
    expect(() => JSON.stringify(make())).toThrow(coded('NOT_FITTED', kind))
  })

  test('refuses other data than in fit with a coded error', () => {
    const fitted = make().fit(given(first))
    for (const x of [undefined, null, 'text', 7, { shape: [2], data: [1, 2] }, [[[1]]], new Map()]) {
      expect(() => fitted.transform(given(x))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(INVALID_ARGUMENT|SHAPE_MISMATCH)$/) as string }),
      )
    }
  })
})

test('every kind is tested', () => {
  expect(() => transformerFromJSON({ kind: '?' })).toThrow(coded('INVALID_ARGUMENT', 'minMaxScaler'))
  expect(Object.keys(CASES)).toHaveLength(13)
})
