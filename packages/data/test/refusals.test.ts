import { NeuriteError } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import { parseCsv, readCsv, readCsvBatches } from '../src/csv/index.js'
import { shortDecimal } from '../src/csv/short-decimal.js'
import {
  batches,
  batchIndices,
  columnTransformer,
  FeatureMatrix,
  imputer,
  kFold,
  labelEncoder,
  minMaxScaler,
  normalizer,
  oneHotEncoder,
  ordinalEncoder,
  outlierClipper,
  pipeline,
  polynomialFeatures,
  robustScaler,
  splitIndices,
  standardScaler,
  Table,
  takeRows,
  timeSeriesSplit,
  trainTestSplit,
  transformerFromJSON,
  weightedSampler,
} from '../src/index.js'
import { moments, quantiles } from '../src/transform/statistics.js'

describe('numbers', () => {
  test('short decimals are read without Number, and to the same bits; what is left to others is undefined', () => {
    const DOT = '.'.charCodeAt(0)
    for (const text of ['0', '7', '-0', '+3', '0.5', '-0.25', '.5', '5.', '10', '123456789012345', '-1.2345678901234'])
      // prettier-ignore
      expect(shortDecimal(text, DOT), text).toBe(Number(text))
    for (const text of [
      '',
      '-',
      '+',
      '.',
      '00',
      '01',
      '-01',
      '1.2.3',
      '1e3',
      ' 1',
      '1 ',
      '1,5',
      '--1',
      '1234567890123456',
      '0.1234567890123456',
    ])
      // prettier-ignore
      expect(shortDecimal(text, DOT), text).toBeUndefined()
    expect(shortDecimal('1,5', ','.charCodeAt(0))).toBe(1.5)
    expect(shortDecimal('/', DOT)).toBeUndefined()
    expect(shortDecimal(':', DOT)).toBeUndefined()
  })

  test('a variance is corrected by what the mean was off', () => {
    // The mean of three times 0.1 is 0.10000000000000002.
    expect(moments(Float64Array.of(0.1, 0.1, 0.1)).variance).toBe(0)
    expect(moments(Float64Array.of(1, 2, 4)).variance).toBeCloseTo(14 / 9, 15)
    expect(moments(new Float64Array(0))).toEqual({ mean: NaN, variance: NaN })
  })

  test('quantiles lie between values, and on the last one', () => {
    expect(quantiles(Float64Array.of(4, 1, 2), 0, 0.25, 0.5, 1)).toEqual([1, 1.5, 2, 4])
    expect(quantiles(Float64Array.of(3), 0.5)).toEqual([3])
    expect(quantiles(new Float64Array(0), 0.5)).toEqual([NaN])
  })
})

const table = Table.fromColumns({ a: [1, 2, 3], b: ['x', 'y', 'x'], c: [4, 5, 6] }).withTarget('c')
const matrix = [[1, 2], [3, 4], [5, 9]] // prettier-ignore
const many = Table.fromColumns(Object.fromEntries(Array.from({ length: 22 }, (_, i) => [`n${i}`, [i]])))
const saved = (x: { toJSON(): unknown }): Record<string, unknown> => JSON.parse(JSON.stringify(x)) as never

const CALLS: Readonly<Record<string, () => unknown>> = {
  // tables
  'no column of that name': () => table.column('d'),
  'no column among many': () => many.column('m'),
  'a target that is none': () => table.withTarget('d'),
  'columns of other lengths': () => Table.fromColumns({ a: [1], b: ['x', 'y'] }),
  'a column of what is none': () => Table.fromColumns({ a: [null] as never }),
  'features that are text': () => table.features,
  'a column that is a string': () => Table.fromColumns({ a: 'xyz', b: [1, 2, 3] }),
  'a column that is one number': () => Table.fromColumns({ a: 5 as never }),
  'a column that is null': () => Table.fromColumns({ a: null as never }),
  'a column that is host data': () => Table.fromColumns({ a: { shape: [2], data: Int32Array.of(1, 2) } as never }),
  'a column of dates': () => Table.fromColumns({ a: [new Date(0)] as never }),
  'rows that are a string': () => Table.fromRows('ab' as never),
  'rows that are strings': () => Table.fromRows(['ab'] as never),
  'rows that are null': () => Table.fromRows([null] as never),
  'rows that are maps': () => Table.fromRows([new Map([['a', 1]]), new Map([['a', 2]])] as never),
  'rows without keys': () => Table.fromRows([{}, {}]),
  'no rows at all': () => Table.fromRows([]).numRows,
  'a select of a string': () => table.select('ab' as never),
  'a drop of a string': () => table.drop('a' as never),
  'a matrix of a string': () => table.toMatrix('a' as never),
  'a column twice': () => table.select(['a', 'c', 'a']),
  'rows that are one number': () => table.rows(1 as never),
  'rows that are nothing': () => takeRows(matrix, undefined as never),
  'a test part of almost nothing': () => splitIndices(10, { test: 1e-12 }).testIndices.length,
  'a select of none': () => table.select(['a', 'd']),
  'rows beyond': () => takeRows(matrix, Int32Array.of(3)),
  'rows before': () => table.rows([-1]),
  'a row beyond': () => table.row(3),
  'rows of a table beyond': () => table.rows([0, 3]),
  'a matrix of text': () => table.toMatrix(['b']),
  'the target as a feature': () => table.drop(['c', 'd']),
  'rows of other columns': () => Table.fromRows([{ a: 1 }, { b: 2 }]),
  'rows of half': () => takeRows([1, 2], [0.5] as never),
  'a matrix of another size': () => new FeatureMatrix(Float64Array.of(1, 2, 3), [2, 2], ['a', 'b']),
  'a matrix of other names': () => new FeatureMatrix(Float64Array.of(1, 2), [1, 2], ['a']),
  // transformers
  'a description that is used': () =>
    (standardScaler() as never as { transform(x: unknown): unknown }).transform(matrix),
  'a column that is text': () => standardScaler().fit(table),
  'other columns': () =>
    standardScaler()
      .fit(matrix)
      .transform([[1, 2, 3]]),
  'other names': () => standardScaler().fit(Table.fromColumns({ a: [1] })).transform(Table.fromColumns({ b: [1] })), // prettier-ignore
  'one number': () => standardScaler().fit([1, 2] as never),
  'no rows': () => standardScaler().fit([]),
  'an infinity': () => standardScaler().fit([[1], [Infinity]]),
  'an infinity later': () =>
    minMaxScaler()
      .fit(matrix)
      .transform([[1, -Infinity]]),
  'a range upside down': () => minMaxScaler({ range: [1, 0] }),
  'a range of one': () => minMaxScaler({ range: [1] as never }),
  'quantiles upside down': () => robustScaler({ quantileRange: [75, 25] }),
  'quantiles beyond': () => robustScaler({ quantileRange: [0, 101] }),
  'a norm of nowhere': () => normalizer({ norm: 'l3' as never }),
  'a degree of 0': () => polynomialFeatures({ degree: 0 }),
  'a degree of far too many': () => polynomialFeatures({ degree: 20 }).fit([Array.from({ length: 40 }, () => 1)]),
  'a strategy of nowhere': () => imputer({ strategy: 'mode' as never }),
  'a column of nothing': () => imputer().fit([[NaN], [NaN]]),
  'a clipper upside down': () => outlierClipper({ lower: 2, upper: 1 } as never),
  'a category that was not met': () =>
    oneHotEncoder()
      .fit([['x'], ['y']])
      .transform([['z']]),
  'a number among categories': () =>
    ordinalEncoder()
      .fit([[1], [2]])
      .transform([[3]]),
  'a label that was not met': () => labelEncoder().fit(['x', 'y']).transform(['x', 'z']),
  'a class beyond': () => labelEncoder().fit(['x', 'y']).inverseTransform([0, 2]),
  'half a class': () => labelEncoder().fit(['x', 'y']).inverseTransform([0.5]),
  'labels of two columns': () => labelEncoder().fit([['x', 'y']] as never),
  'labels that are NaN': () => labelEncoder().fit([1, NaN]),
  'no steps': () => pipeline([] as never),
  'a step that is none': () => pipeline([7 as never]),
  'no columns': () => columnTransformer([]),
  'a transformer of nothing': () => columnTransformer([{ columns: 'a', use: 7 as never }]),
  'a transformer of a column that is not there': () =>
    columnTransformer([{ columns: 'd', use: standardScaler() }]).fit(table),
  'columns that are named twice': () => columnTransformer([{ columns: ['a', 'a'], use: standardScaler() }]).fit(table),
  'a use of nowhere': () => columnTransformer([{ columns: 'a', use: 'keep it' as never }]),
  'a table without names': () => columnTransformer([{ columns: 'a', use: standardScaler() }]).fit(matrix as never),
  // saved
  'no transformer': () => transformerFromJSON(7),
  'a transformer of another kind': () =>
    transformerFromJSON({ ...saved(standardScaler().fit(matrix)), kind: 'scaler' }),
  'a transformer of another version': () => transformerFromJSON({ ...saved(standardScaler().fit(matrix)), version: 9 }),
  'a transformer without what it learned': () => transformerFromJSON({ kind: 'standardScaler' }),
  // parts
  'one row to split': () => splitIndices(1),
  'a share of 0': () => splitIndices(10, { test: 0 }),
  'a share of all': () => splitIndices(10, { test: 10 }),
  'a share that leaves none': () => splitIndices(2, { test: 0.9 }),
  'labels of other rows': () => splitIndices(4, { stratify: [0, 1] }),
  'strata beside groups': () => splitIndices(4, { stratify: [0, 0, 1, 1], groups: [0, 0, 1, 1] }),
  'a class of one': () => splitIndices(6, { stratify: [0, 0, 0, 0, 0, 1] }),
  'one group': () => splitIndices(4, { groups: [0, 0, 0, 0] }),
  'strata that are not shuffled': () => splitIndices(4, { stratify: [0, 0, 1, 1], shuffle: false }),
  'more folds than rows': () => kFold(3, { folds: 4 }),
  'more folds than groups': () => kFold(6, { folds: 3, groups: [0, 0, 0, 1, 1, 1] }),
  'more folds than a class has': () => kFold(6, { folds: 3, stratify: [0, 0, 0, 0, 1, 1] }),
  'one fold': () => kFold(6, { folds: 1 }),
  'too little time': () => timeSeriesSplit(5, { folds: 5 }),
  'too much of a gap': () => timeSeriesSplit(10, { folds: 2, gap: 4, testSize: 3 }),
  'a split of arrays of other rows': () => trainTestSplit({ x: matrix, y: [1] }),
  'a split of nothing': () => trainTestSplit({}),
  'a split by a column that is not there': () => trainTestSplit(table, { stratify: 'd' }),
  'batches of 0': () => batchIndices(4, { batchSize: 0 }),
  'an order of nowhere': () => batchIndices(4, { order: 'given' as never }),
  'batches of other rows': () => [...batches({ x: matrix, y: [1] })],
  'a sampler of other rows': () => batchIndices(4, { order: weightedSampler([1, 2]) }),
  'weights of nothing': () => weightedSampler([]),
  'weights all 0': () => weightedSampler([0, 0]),
  'weights below 0': () => weightedSampler([1, -1]),
  'weights of two columns': () => weightedSampler([[1, 2]]),
  // CSV
  'a row of more': () => parseCsv('a,b\n1,2\n3,4,5\n'),
  'a row of fewer': () => parseCsv('a,b\n1,2\n\n3\n'),
  'a quote without end': () => parseCsv('a\n"b\n'),
  'a quote in the middle': () => parseCsv('a\nb"c"\n'),
  'after a quote': () => parseCsv('a\n"b"c\n'),
  'a header given with a name twice': () => parseCsv('1,2', { header: ['a', 'a'] }),
  'another delimiter than the text says': () => parseCsv('sep=;\na;b\n1;2\n'),
  'a page in place of a file': () => parseCsv('<!doctype html>\n<html></html>\n'),
  'UTF-16 read as UTF-8': () => parseCsv('a\0,\0b\0\n\0'),
  'a thousand that begins with 0': () =>
    parseCsv('a\n0.123\n', { decimal: ',', thousands: '.', types: { a: 'number' } }),
  'a column whose spread float64 does not hold': () =>
    minMaxScaler().fit([
      [1, 1e308],
      [1, -1e308],
    ]),
  'a column whose variance float64 does not hold': () => standardScaler().fit([[1e200], [-1e200]]),
  'a mean that float64 does not hold': () => imputer().fit([[1.5e308], [1.5e308], [NaN]]),
  'a name twice': () => parseCsv('a,a\n1,2\n'),
  'no lines': () => parseCsv(''),
  'a type that does not fit': () => parseCsv('a\n1\nx\n', { types: { a: 'number' } }),
  'a boolean that is none': () => parseCsv('a\ntrue\nmaybe\n', { types: { a: 'boolean' } }),
  'a type of a column that is not there': () => parseCsv('a\n1\n', { types: { b: 'number' } }),
  'a target that is not there': () => parseCsv('a\n1\n', { target: 'b' }),
  'a delimiter of two': () => parseCsv('a', { delimiter: ',,' }),
  'a delimiter that is the quote': () => parseCsv('a', { delimiter: '"' }),
  'a decimal that is the delimiter': () => parseCsv('a', { decimal: ',' }),
  'more rows than allowed': () => parseCsv('a\n1\n2\n3\n', { maxRows: 2 }),
  'as many rows as allowed': () => parseCsv('a\n1\n2\n', { maxRows: 2 }).numRows,
  'more characters than allowed': () => parseCsv('a\n1\n', { maxBytes: 3 }),
  'as many characters as allowed': () => parseCsv('a\n1\n', { maxBytes: 4 }).numRows,
  'text that is none': () => parseCsv(7 as never),
  'a source that is none': () => readCsv(7 as never),
  'an encoding of nowhere': () => readCsv(new Blob(['a\n1']), { encoding: 'utf-7' }),
  'bytes that are no text': () => readCsv(new Blob([Uint8Array.of(97, 10, 0xff)])),
  'more bytes than allowed': () => readCsv(new Blob(['a\n1\n2\n']), { maxBytes: 5 }),
  'an end before it began': () => readCsv(new Blob(['a\n1\n']), { signal: AbortSignal.abort(new Error('enough')) }),
  'batches of no rows': () => readCsvBatches(new Blob(['a\n1\n']), { batchSize: 0 }),
}

test('what is refused, in its words', async () => {
  const texts: string[] = []
  for (const [name, call] of Object.entries(CALLS)) {
    const text = await (async () => call())().then(
      (value) => `is taken${typeof value === 'number' ? `: ${value}` : ''}`,
      (error: unknown) =>
        error instanceof NeuriteError ? `${error.message}\n  ${JSON.stringify(error.details)}` : String(error),
    )
    texts.push(`${name}\n  ${text}`)
  }
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('golden/refusals.txt')
})
