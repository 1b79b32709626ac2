import { readArrays, takeRowsOfAll, type Arrays, type RowsOf } from '../array/take-rows.js'
import { isTable } from '../table/columns.js'
import type { Table } from '../table/table.js'
import { indicesOf, type BatchOptions } from './batch-indices.js'

/**
 * An epoch's batches of a table, or of arrays with equal numbers of rows: the rows are gathered on the host, one batch at a
 * time, each array keeping its element type. Which rows, in which order: {@link batchIndices}.
 *
 * @param data - a table; or `{ x, y }`, and whatever else goes with a row: nested or typed arrays, `{ shape, data }`, a
 * FeatureMatrix, a table of numbers
 * @param options - `batchSize` (default 32), `order` (default 'shuffled-cyclic'), `seed`, `epoch`, `partial` (default
 * 'keep': a last batch of fewer rows comes too)
 * @throws NeuriteError at once: `SHAPE_MISMATCH` for unequal numbers of rows, and what {@link batchIndices} throws
 * @example
 * ```ts
 * import { batches } from '@neurite/data'
 * const x = { shape: [5, 1], data: Float32Array.of(0, 1, 2, 3, 4) }
 * const y = { shape: [5], data: Int32Array.of(0, 0, 1, 1, 1) }
 * const sizes: number[] = []
 * for (const batch of batches({ x, y }, { batchSize: 2, seed: 42, epoch: 0 })) sizes.push(batch.x.data.length)
 * sizes // => [2, 2, 1]
 * const [first] = batches({ x: [[0, 1], [2, 3]], y: [0, 1] }, { order: 'cyclic' })
 * first?.x // => { shape: [2, 2], data: [0, 1, 2, 3] }
 * ```
 */
export function batches(data: Table, options?: BatchOptions): Generator<Table, void, undefined>
export function batches<T extends Arrays>(data: T, options?: BatchOptions): Generator<RowsOf<T>, void, undefined>
export function batches(
  data: Table | Arrays,
  options: BatchOptions = {},
): Generator<Table | RowsOf<Arrays>, void, undefined> {
  const where = 'batches'
  if (isTable(data)) return gather(indicesOf(where, data.numRows, options), (rows) => data.rows(rows))
  const { arrays, rows } = readArrays(where, data)
  return gather(indicesOf(where, rows, options), (batch) => takeRowsOfAll(arrays, batch))
}

function* gather<B>(batches: readonly Int32Array[], take: (rows: Int32Array) => B): Generator<B, void, undefined> {
  for (const rows of batches) yield take(rows)
}
