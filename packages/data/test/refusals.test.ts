import { NeuriteError } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import {
  kFold,
  labelEncoder,
  oneHotEncoder,
  ordinalEncoder,
  parseCsv,
  pipeline,
  polynomialFeatures,
  splitIndices,
  standardScaler,
  Table,
  takeRows,
  trainTestSplit,
  weightedSampler,
} from '../src/index.js'

const wrong = (value: unknown): never => value as never
const table = Table.fromColumns({ a: [1, 2], b: ['x', 'y'] })
const csv = 'a,b\n1,x\n2,"y\n'

const REFUSED: readonly (readonly [call: () => unknown, details: Readonly<Record<string, unknown>>])[] = [
  [() => takeRows([1, 2], [0, 2]), { index: 2, rows: 2 }],
  [() => weightedSampler([1, -1]), { row: 1 }],
  [() => Table.fromColumns({ a: [1, 2], b: [1] }), { rows: { a: 2, b: 1 } }],
  [() => Table.fromColumns({ a: [1, wrong('x')] }), { row: 0 }],
  [() => table.column('c'), { column: 'c', names: ['a', 'b'] }],
  [() => trainTestSplit(table, { stratify: 'c' }), { column: 'c', names: ['a', 'b'] }],
  [() => parseCsv('a,b\n1,x', { target: 'c' }), { column: 'c', names: ['a', 'b'] }],
  [() => parseCsv('a,b\n1,x', { types: { c: 'text' } }), { column: 'c', names: ['a', 'b'] }],
  [() => parseCsv(csv), { line: 3 }],
  [() => parseCsv(csv.replace('"', ''), { types: { b: 'number' } }), { line: 2 }],
  [() => splitIndices(3, { test: 3 }), { test: 3, rows: 3 }],
  [() => kFold(2, { folds: 3 }), { count: 2, needed: 3 }],
  [() => standardScaler().fit([[1, 2], [3, Infinity]]), { row: 1, column: 1, value: Infinity }], // prettier-ignore
  [() => standardScaler().fit([[1, 2]]).transform([[1]]), { shape: [1, 1] }], // prettier-ignore
  [() => labelEncoder().fit(['a', 'b']).transform(['c']), { category: 'c', row: 0, categories: ['a', 'b'] }],
  [() => labelEncoder().fit(['a']).inverseTransform([1]), { row: 0, number: 1 }],
  [() => oneHotEncoder().fit([['a']]).inverseTransform([[0]]), { row: 0 }], // prettier-ignore
  [() => labelEncoder({ categories: ['a', 'a'] }), { categories: ['a', 'a'] }],
  [() => ordinalEncoder({ categories: [['a']] }).fit([['a', 'b']]), { count: 1 }],
  [() => undone(), { kind: 'polynomialFeatures' }],
]

function undone(): unknown {
  const steps = pipeline([standardScaler(), polynomialFeatures()])
  return steps.fit([[1], [2]]).inverseTransform([[1, 1, 1]])
}

test('the details of an error are the values that its message names', () => {
  for (const [call, details] of REFUSED) {
    const error = refusalOf(call)
    expect(error.details, error.message).toEqual(details)
    for (const part of JSON.stringify(Object.values(details)).match(/\w+/g) ?? [])
      if (part !== 'null') expect(error.message.replace(/ \[\w+\]$/, '')).toContain(part)
  }
})

test('a mark of a CSV file is one character that is one UTF-16 unit, whichever option gives it', () => {
  for (const option of ['delimiter', 'quote', 'decimal', 'thousands'])
    for (const mark of ['', ';;', '\n', '\r', '\u{1F600}', 1]) {
      const error = refusalOf(() => parseCsv('a\n1\n', wrong({ [option]: mark })))
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { [option]: mark } })
    }
  for (const mark of ['1', 'a', '+', '-'])
    for (const option of ['decimal', 'thousands'])
      expect(refusalOf(() => parseCsv('a\n1\n', { [option]: mark })).details).toEqual({ [option]: mark })
})

describe('messages', () => {
  test('a column that the file lacks is refused where the file is read, whichever option names it', () => {
    const message = expect.stringContaining("parseCsv: there is no column 'c'; columns: a, b.") as string
    for (const options of [{ target: 'c' }, { types: { c: 'text' as const } }])
      expect(refusalOf(() => parseCsv('a,b\n1,x', options))).toMatchObject({ code: 'INVALID_ARGUMENT', message })
  })

  test('list twenty names at most, and say that there are more', () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${1000 + i}`)
    for (const [count, end] of [
      [20, 'n1019.'],
      [21, 'n1019, ....'],
      [5000, 'n1019, ....'],
    ] as const) {
      const many = Table.fromColumns(Object.fromEntries(names(count).map((name) => [name, [1]])))
      const known = new RegExp(`: n1000, .*, ${end.replaceAll('.', '\\.')} \\[\\w+\\]$`)
      expect(refusalOf(() => many.column('none')).message).toMatch(known)
      expect(refusalOf(() => labelEncoder().fit(names(count)).transform(['none'])).message).toMatch(known)
    }
  })
})

function refusalOf(call: () => unknown): NeuriteError {
  try {
    call()
  } catch (error) {
    if (NeuriteError.isInstance(error)) return error
  }
  throw new Error(`not refused: ${String(call)}`)
}
