import { key } from '@neurite/core'
import * as data from '@neurite/data'
import type { FittedTransformer, Takes, Transformed, Transformer } from '@neurite/data'
import * as datasets from '@neurite/datasets'
import type { Entry, Factory } from '../factory.js'
import { kind, range, text, whole } from '../kinds.js'
import { thing } from '../values.js'

const { Table } = data

type Any = Transformer<FittedTransformer<Takes, Transformed>>

const numbers = [
  [1, 5, 2],
  [2, 9, -0.1],
  [6, 7, 1 / 3],
  [100, 8, 0],
]
const gaps = [
  [1, NaN],
  [2, 3],
  [4, 8],
]
const words = ['b', 'a', 'b', 'c']
const table = thing(Table.fromColumns({ age: [20, NaN, 60], city: ['Seoul', 'Busan', 'Seoul'], size: ['L', 'S', 'M'] }))

/** What was learned, and what becomes of the same data and of others. */
function fitted(
  made: { readonly transform: (x: never) => unknown; readonly toJSON: () => unknown },
  x: unknown,
  other: unknown,
): unknown {
  const give = (input: unknown): unknown => {
    const output = made.transform(input as never)
    return output instanceof Table ? output.columnNames.map((name) => output.column(name)) : output
  }
  return [made.toJSON(), give(x), give(other)]
}

const aTransformer = (
  make: (...given: never[]) => unknown,
  x: unknown,
  more: Partial<Factory<Any>> = {},
  other = x,
): Factory<Any> => ({
  make,
  tried: (made) => [made.kind, fitted(made.fit(x as never), x, other)],
  says: ({ options }) => options as Readonly<Record<string, unknown>>,
  restored: (made) => {
    const text = JSON.stringify(made.fit(x as never))
    return [made.kind, fitted(data.transformerFromJSON(JSON.parse(text)), x, other)]
  },
  ...more,
})

const categories = kind([[], ['a', 'a'], 'a', [[]], [['a'], ['b', 'b']], [{}], [NaN], 1, {}], [['c', 'b', 'a']])
const parts = [
  { columns: 'city', use: data.oneHotEncoder({ unknown: 'ignore' }) },
  { columns: ['size', 'city'], use: data.ordinalEncoder() },
  { columns: 'age', use: data.pipeline([data.imputer(), data.standardScaler()]) },
]

const transformers: Readonly<Record<string, Factory<Any>>> = {
  minMaxScaler: aTransformer(
    data.minMaxScaler,
    numbers,
    { kinds: { range: kind([[1, 0], [1, 1], [0], 5, [0, Infinity], ['0', '1'], [NaN, 1], 'auto', {}], [[-1, 3]]) } },
    [[1000, -5, 0]],
  ),
  standardScaler: aTransformer(data.standardScaler, numbers),
  robustScaler: aTransformer(data.robustScaler, numbers, {
    kinds: { quantileRange: kind([[75, 25], [-1, 50], [50, 101], 50, [25], ['25', '75'], [NaN, 75], {}], [[10, 90]]) },
  }),
  maxAbsScaler: aTransformer(data.maxAbsScaler, numbers),
  normalizer: aTransformer(data.normalizer, numbers),
  imputer: aTransformer(data.imputer, gaps, {
    kinds: { value: kind([NaN, Infinity, [1], true, {}], [-1]) },
    beside: { value: { strategy: 'constant' } },
  }),
  outlierClipper: aTransformer(data.outlierClipper, numbers, { kinds: { factor: range('(0, Infinity)', 0.5) } }),
  polynomialFeatures: aTransformer(data.polynomialFeatures, numbers),
  oneHotEncoder: aTransformer(data.oneHotEncoder, words, {
    kinds: { categories },
    quiet: { unknown: 'for other data' },
  }),
  ordinalEncoder: aTransformer(data.ordinalEncoder, words, {
    kinds: { categories },
    quiet: { unknown: 'for other data' },
  }),
  labelEncoder: aTransformer(data.labelEncoder, words, { kinds: { categories } }),
  pipeline: aTransformer(data.pipeline, gaps, {
    given: [[data.imputer(), data.standardScaler()]],
    kinds: { steps: kind([[], ['scaler'], [data.labelEncoder()], [data.imputer().fit([[1]])], 1, {}], []) },
  }),
  columnTransformer: aTransformer(
    (given: never, ...options: never[]) => data.columnTransformer(given, ...options),
    table,
    {
      given: [parts],
      kinds: {
        parts: kind([1, 'age', [{}], [{ columns: 1, use: data.imputer() }], [{ columns: 'age', use: 'kept' }]], []),
      },
    },
  ),
}

const labels = kind([1, true, {}, ['a'], [{}]], [['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']])
const rows = { x: numbers.concat(numbers), y: [0, 1, 0, 1, 0, 1, 0, 1] }
const given = <T>(made: T): T => made
const csv = 'a,c;d,e,f\n1,2;3,1_5,1 234\n3,;5,2_5,2 345\n5,x;0,3_5,3 456\n'
const aCount = whole(1)
/** @param rows - of the sampler */
export const anOrder = (rows: number) =>
  kind(
    ['shuffled', '', 1, true, {}, [1]],
    ['cyclic', 'random', data.weightedSampler(Array.from({ length: rows }, () => 1))],
  )

const functions: Readonly<Record<string, Factory>> = {
  batchIndices: {
    make: data.batchIndices,
    given: [70],
    kinds: { rows: aCount, epoch: whole(0), batchSize: whole(1, Infinity, 3), order: anOrder(70) },
    tried: given,
    beside: { partial: { batchSize: 32 } },
  },
  batches: {
    make: (...args: never[]) => [...Reflect.apply(data.batches, undefined, args as never)],
    given: [rows],
    kinds: {
      ...{ data: kind([1, 'x', true, {}], []), epoch: whole(0), batchSize: whole(1, Infinity, 3), order: anOrder(8) },
    },
    beside: { partial: { batchSize: 3 } },
    tried: given,
  },
  weightedSampler: {
    make: data.weightedSampler,
    given: [[1, 2, 3]],
    kinds: { weights: kind([1, 'x', true, {}, [], [0, 0], [-1, 1], [NaN], ['1'], [[1, 2]]], [[3, 0, 1]]) },
    tried: (made: data.Sampler) => [made.id, made.rows, made.draw(key(0), 8)],
  },
  kFold: {
    make: data.kFold,
    given: [8],
    kinds: {
      rows: whole(2),
      folds: whole(2, 8, 3),
      stratify: labels,
      groups: kind([1, true, {}, ['a'], [{}]], [['a', 'b', 'c', 'd', 'e', 'f', 'a', 'b']]),
    },
    options: { folds: 4 },
    tried: given,
  },
  splitIndices: {
    make: data.splitIndices,
    given: [8],
    kinds: {
      rows: whole(2),
      test: kind([0, 1.5, -1, NaN, '1', true, {}, 1e9], [0.5, 3]),
      stratify: labels,
      groups: kind([1, true, {}, ['a'], [{}]], [['a', 'b', 'c', 'd', 'e', 'f', 'a', 'b']]),
    },
    tried: given,
  },
  timeSeriesSplit: {
    make: data.timeSeriesSplit,
    given: [20],
    kinds: { rows: whole(2), folds: whole(1, Infinity, 3), testSize: whole(1), gap: whole(0), maxTrainSize: whole(1) },
    tried: given,
  },
  trainTestSplit: {
    make: data.trainTestSplit,
    given: [rows],
    kinds: {
      data: kind([1, 'x', true, {}], []),
      test: kind([0, 1.5, -1, NaN, '1', true, {}, 1e9], [0.5, 2]),
      stratify: kind([1, true, {}, ['a'], [{}]], ['y']),
      groups: kind([1, true, {}, ['a'], [{}]], ['y']),
    },
    quiet: { target: 'of tables' },
    tried: given,
  },
  parseCsv: {
    make: data.parseCsv,
    given: [csv],
    kinds: {
      text,
      delimiter: kind([1, true, '', ',,', '"', '\n', {}], [';']),
      quote: kind([1, true, '', '""', ',', '\n', {}], ["'"]),
      header: kind([1, 'yes', {}, [1], ['a', 'a']], [false, ['p', 'q', 'r', 's']]),
      skipLines: whole(0),
      missing: kind([1, true, 'NA', {}, [1]], [['1', '3']]),
      decimal: kind([1, true, '', '..', '5', 'e', '-', '\n', {}], ['_']),
      thousands: kind([1, true, '', '..', '5', 'e', '.', '\n', {}], [' ']),
      types: kind([1, true, 'number', [1], { 'c;d': 'numbers' }], [{ a: 'text' }]),
      target: kind([1, true, {}], ['c;d']),
      maxRows: kind([0, -1, 1.5, NaN, '1', true], [3]),
      maxBytes: kind([0, -1, 1.5, NaN, '1', true], [100]),
    },
    quiet: { maxRows: 'a limit', maxBytes: 'a limit', quote: 'nothing is quoted' },
    tried: (made: InstanceType<typeof Table>) => [
      made.columnNames,
      made.target,
      made.columnNames.map((name) => made.column(name)),
    ],
  },
}

export const dataOfAllKinds: Entry = {
  source: 'packages/data/src/index.ts',
  exports: data,
  factories: { ...transformers, ...functions },
  others: {
    'is a class, made by what reads and transforms': ['FeatureMatrix', 'Table'],
    'takes rows that are there': ['takeRows'],
    'reads a file with the options of parseCsv': ['readCsv', 'readCsvBatches'],
    'restores: every transformer goes through it': ['transformerFromJSON'],
  },
}

const points = { tried: given, beside: { seed: { noise: 0.1 } } }

export const toyData: Entry = {
  source: 'packages/datasets/src/index.ts',
  exports: datasets,
  factories: {
    circles: { make: datasets.circles, ...points },
    moons: { make: datasets.moons, ...points },
    twoSpirals: { make: datasets.twoSpirals, ...points },
    heightWeight: { make: datasets.heightWeight, kinds: { people: whole(1) }, tried: given },
  },
  others: { 'gives data that are what they are': ['breastCancer', 'diabetes', 'digits', 'iris', 'wine', 'xor'] },
}
