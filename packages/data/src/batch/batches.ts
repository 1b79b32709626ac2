import { readArrays, takeRowsOfAll, type Arrays, type RowsOf } from '../array/take-rows.js'
import { indicesOf, type BatchOptions } from './batch-indices.js'

/**
 * An epoch's batches of arrays with equal numbers of rows: the rows are gathered on the host, one batch at a time, each
 * array keeping its element type. Which rows, in which order: {@link batchIndices}.
 *
 * @param data - `{ x, y }`, and whatever else goes with a row: nested arrays, `{ shape, data }`, a FeatureMatrix
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
 * ```
 */
export function batches<T extends Arrays>(data: T, options: BatchOptions = {}): Generator<RowsOf<T>, void, undefined> {
  const { arrays, rows } = readArrays('batches', data)
  return gather(arrays, indicesOf('batches', rows, options))
}

function* gather<T extends Arrays>(
  arrays: RowsOf<T>,
  batches: readonly Int32Array[],
): Generator<RowsOf<T>, void, undefined> {
  for (const rows of batches) yield takeRowsOfAll(arrays, rows) as RowsOf<T>
}
