import { tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { describe, expect, test } from 'vitest'
import { FeatureMatrix, takeRows, Table } from '../src/index.js'
import { coded } from './support.js'

describe('Table', () => {
  test('from objects: keys in order of appearance, what is lacking is missing', () => {
    const table = Table.fromRows([{ a: 1, b: 'x' }, { b: null, a: undefined, c: true }, { a: 3 }])
    expect(table.columnNames).toEqual(['a', 'b', 'c'])
    expect(table.column('a')).toEqual(Float64Array.of(1, NaN, 3))
    expect(table.column('b')).toEqual(['x', '', ''])
    expect(table.column('c')).toEqual(Float64Array.of(NaN, 1, NaN))
  })

  test('from typed arrays, which are copied', () => {
    const data = Float64Array.of(1, 2)
    const table = Table.fromColumns({ a: data, b: Int32Array.of(3, 4), c: ['x', 'y'] })
    data[0] = 9
    expect(table.row(0)).toEqual({ a: 1, b: 3, c: 'x' })
    expect(table.toMatrix(['b', 'a']).toArray()).toEqual([
      [3, 1],
      [4, 2],
    ])
  })

  test('features are all columns but the target, which selections keep', () => {
    const table = Table.fromColumns({ a: [1, 2], kind: ['x', 'y'], b: [3, 4] }).withTarget('kind')
    expect(table.features.columns).toEqual(['a', 'b'])
    expect(table.rows([1, 1]).features.toArray()).toEqual([
      [2, 4],
      [2, 4],
    ])
    expect(table.drop(['b']).target).toBe('kind')
    expect(table.select(['b', 'a']).target).toBeUndefined()
  })

  test('refuses what does not fit', () => {
    expect(() => Table.fromColumns({ a: [1], b: [1, 2] })).toThrow(coded('SHAPE_MISMATCH', "'b' has 2 rows"))
    expect(() => Table.fromColumns({ a: [1, 'x'] })).toThrow(coded('INVALID_ARGUMENT', "column 'a', row 0"))
    // @ts-expect-error -- no cell
    expect(() => Table.fromColumns({ a: [{}] })).toThrow(coded('INVALID_ARGUMENT', 'object'))
    const table = Table.fromColumns({ a: [1], kind: ['x'] })
    expect(() => table.column('b')).toThrow(coded('INVALID_ARGUMENT', 'columns: a, kind'))
    expect(() => table.withTarget('b')).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => table.rows([1])).toThrow(coded('INVALID_ARGUMENT', 'there are 1 rows, numbered from 0'))
    expect(() => table.toMatrix()).toThrow(coded('INVALID_ARGUMENT', 'oneHotEncoder'))
    expect(() => table.toHost()).toThrow(coded('INVALID_ARGUMENT', "column 'kind' is text"))
    expect(table.withTarget('kind').toHost()).toEqual({ columns: ['a'], shape: [1, 1], data: Float64Array.of(1) })
    expect(() => table.drop(['b'])).toThrow(coded('INVALID_ARGUMENT'))
  })

  test('hostile keys are names like any other', () => {
    const row = JSON.parse('{"__proto__": 1, "a": 2}') as Record<string, number>
    const table = Table.fromRows([row])
    expect(table.columnNames).toEqual(['__proto__', 'a'])
    expect(Object.keys(table.row(0))).toEqual(['__proto__', 'a'])
    expect(() => table.column('constructor')).toThrow(coded('INVALID_ARGUMENT'))
  })
})

describe('FeatureMatrix', () => {
  test('from rows and from host data of any type', () => {
    expect(FeatureMatrix.from({ shape: [2, 1], data: Int32Array.of(1, 2) }).toArray()).toEqual([[1], [2]])
    const x = FeatureMatrix.from([[1, 2]], ['a', 'b'])
    expect(FeatureMatrix.from(x)).toBe(x)
    expect(FeatureMatrix.from([]).shape).toEqual([0, 0])
    const table = Table.fromColumns({ a: [1], b: [2] })
    expect(FeatureMatrix.from(table)).toEqual(table.features)
    const later = tensor([[1, 2]], { backend: cpu() })
    // @ts-expect-error -- its values have to be waited for
    expect(() => FeatureMatrix.from(later)).toThrow(coded('INVALID_ARGUMENT', 'pass await x.toHost()'))
  })

  test('refuses ragged rows, other shapes, names that are not one a column', () => {
    expect(() => FeatureMatrix.from([[1, 2], [3]])).toThrow(coded('SHAPE_MISMATCH', 'x[1] should have 2 elements'))
    expect(() => FeatureMatrix.from({ shape: [2], data: Float64Array.of(1, 2) })).toThrow(
      coded('SHAPE_MISMATCH', '[rows, 1]'),
    )
    expect(() => FeatureMatrix.from({ shape: [2, 2], data: Float64Array.of(1) })).toThrow(coded('SHAPE_MISMATCH'))
    expect(() => FeatureMatrix.from([[1, 2]], ['a'])).toThrow(coded('SHAPE_MISMATCH', '1 names for 2 columns'))
  })
})

describe('takeRows', () => {
  test('keeps element type and names', () => {
    const rows = takeRows(
      FeatureMatrix.from(
        [
          [1, 2],
          [3, 4],
        ],
        ['a', 'b'],
      ),
      [1, 0, 1],
    )
    expect(rows.columns).toEqual(['a', 'b'])
    expect(rows.toArray()).toEqual([
      [3, 4],
      [1, 2],
      [3, 4],
    ])
    const images = { shape: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 4) }
    expect(takeRows(images, [1])).toEqual({ shape: [1, 1, 2], data: Uint8Array.of(3, 4) })
    expect(takeRows([5, 6, 7], [2, 0])).toEqual({ shape: [2], data: Float64Array.of(7, 5) })
  })

  test('refuses rows that are not there', () => {
    const y = { shape: [2], data: Int32Array.of(1, 2) }
    for (const index of [-1, 2, 0.5, NaN]) expect(() => takeRows(y, [index])).toThrow(coded('INVALID_ARGUMENT'))
    expect(() => takeRows({ shape: [], data: Int32Array.of(1) }, [0])).toThrow(coded('SHAPE_MISMATCH', '0-d'))
  })
})
