import { optional, or, readOptions, whole } from '@neurite/core/arguments'
import { checkEnough } from './members.js'
import { firstIntegers } from './order.js'
import type { SplitIndices } from './split-indices.js'

/** Options of {@link timeSeriesSplit}. */
export interface TimeSeriesSplitOptions {
  /** Default: 5. */
  readonly folds?: number
  /** Rows of each test part. Default: a part of `folds + 1` equal ones, rounded down. */
  readonly testSize?: number
  /** Rows left out between the training and the test part, such as those that a forecast looks ahead over. Default: 0. */
  readonly gap?: number
  /** The most rows to train with, the latest. Default: all. */
  readonly maxTrainSize?: number
}

/**
 * Splits rows in the order of time into folds that train on the past and test on what came next, so that nothing of the
 * future is learned: each fold tests later rows than the one before and trains on more. As scikit-learn's TimeSeriesSplit.
 *
 * @param rows - how many rows there are, the oldest first
 * @param options - `folds` (default 5), `testSize`, `gap` (default 0), `maxTrainSize`
 * @returns for each fold the indices of its training and its test rows, ascending; the earliest rows are never tested
 * @throws NeuriteError `INVALID_ARGUMENT` for too few rows, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { timeSeriesSplit } from '@neurite/data'
 * const folds = timeSeriesSplit(7, { folds: 3, testSize: 1, gap: 1 })
 * folds.map(({ trainIndices }) => trainIndices) // => [[0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4]]
 * folds.map(({ testIndices }) => testIndices) // => [[4], [5], [6]]
 * ```
 */
export function timeSeriesSplit(rows: number, options: TimeSeriesSplitOptions = {}): SplitIndices[] {
  whole(1)('timeSeriesSplit', 'rows', rows)
  const { folds, testSize, gap, maxTrainSize } = readOptions('timeSeriesSplit', options, {
    folds: or(5, whole(2)),
    testSize: optional(whole(1)),
    gap: or(0, whole(0)),
    maxTrainSize: or(Infinity, whole(1)),
  })
  const size = testSize ?? Math.max(1, Math.floor(rows / (folds + 1)))
  // A row to train with and the gap come before the first test.
  const tests = Math.max(0, Math.floor((rows - 1 - gap) / size))
  checkEnough('timeSeriesSplit', tests, `tests of ${size} rows (gap ${gap})`, folds, 'folds')
  const all = firstIntegers(rows)
  return Array.from({ length: folds }, (_, k) => {
    const start = rows - (folds - k) * size
    const end = start - gap
    return {
      trainIndices: all.slice(Math.max(0, end - maxTrainSize), end),
      testIndices: all.slice(start, start + size),
    }
  })
}
