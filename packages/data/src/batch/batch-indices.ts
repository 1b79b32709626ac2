import { fold, key, randomPermutation, uniform, type Key } from '@neurite/core'
import { aSeed, either, having, oneOf, or, readOptions, whole } from '@neurite/core/arguments'
import { invalid, unequal } from '../check/errors.js'
import { firstIntegers } from '../split/order.js'
import type { Sampler } from './weighted-sampler.js'

/**
 * In which order an epoch's batches take the rows (the chapter's three variants of stochastic gradient descent, 4.3.4):
 * `cyclic` as they stand; `shuffled-cyclic` in a new order each epoch; `random` each batch anew from all rows. Or as a sampler
 * draws them, such as {@link weightedSampler}.
 */
export type BatchOrder = 'cyclic' | 'shuffled-cyclic' | 'random' | Sampler

/** Options of {@link batchIndices} and {@link batches}. */
export interface BatchOptions {
  /** Rows a batch, at least 1. Default: 32. */
  readonly batchSize?: number
  /** Default: 'shuffled-cyclic'. */
  readonly order?: BatchOrder
  /** Any whole number; 0 is a seed like any other. Default: 0. */
  readonly seed?: number
  /** Which epoch, from 0: another epoch is another order (except for 'cyclic'). Default: 0. */
  readonly epoch?: number
  /** Whether a last batch of fewer rows is kept or left out. Default: 'keep'. */
  readonly partial?: 'keep' | 'drop'
}

/**
 * The rows of each batch of an epoch: D rows in batches of M are D / M iterations (the chapter's section 4.4). Where M does
 * not divide D, a last batch of the D mod M rows left follows, or is dropped.
 *
 * - `cyclic`: 0, 1, 2, ...
 * - `shuffled-cyclic`: a permutation of all rows, new each epoch; every row comes once an epoch.
 * - `random`: each batch is drawn from all rows, within a batch without repetition; in an epoch a row may come more than
 *   once or not at all. There are as many batches as in the other orders.
 * - a sampler: each batch is drawn by it, perhaps with repetition. There are as many batches as in the other orders.
 *
 * A pure function of its arguments, and each batch can be had alone: training resumes in the middle of an epoch by going on
 * from batch k.
 *
 * @param rows - how many rows there are, at least 1
 * @param options - `batchSize` (default 32), `order` (default 'shuffled-cyclic'), `seed`, `epoch`, `partial` (default 'keep')
 * @throws NeuriteError `INVALID_ARGUMENT` for sizes that are no whole numbers >= 1, or when dropping leaves no batch;
 * `SHAPE_MISMATCH` for a sampler of another number of rows, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { batchIndices } from '@neurite/data'
 * batchIndices(1200, { batchSize: 120 }).length // => 10
 * batchIndices(5, { batchSize: 2, order: 'cyclic' }) // => [[0, 1], [2, 3], [4]]
 * batchIndices(5, { batchSize: 2, order: 'cyclic', partial: 'drop' }) // => [[0, 1], [2, 3]]
 * ```
 */
export function batchIndices(rows: number, options: BatchOptions = {}): Int32Array[] {
  return indicesOf('batchIndices', rows, options)
}

/** The same for a function of another name. */
export function indicesOf(where: string, rows: number, options: BatchOptions): Int32Array[] {
  const { batchSize, order, seed, epoch, partial } = readOptions(where, options, {
    batchSize: or(32, whole(1)),
    order: or(
      'shuffled-cyclic',
      either(
        "'cyclic', 'shuffled-cyclic', 'random' or a sampler",
        oneOf('cyclic', 'shuffled-cyclic', 'random'),
        having<Sampler>('a sampler', 'id', 'rows', 'only', 'draw'),
      ),
    ),
    seed: or(0, aSeed),
    epoch: or(0, whole(0)),
    partial: or('keep', oneOf('keep', 'drop')),
  })
  whole(1)(where, 'rows', rows)
  const count = partial === 'keep' ? Math.ceil(rows / batchSize) : Math.floor(rows / batchSize)
  if (count === 0) {
    const message = `${where}: ${rows} rows make no batch of ${batchSize}; use a smaller batchSize, or partial: 'keep'.`
    throw invalid(message, { rows, batchSize })
  }
  const random = fold(key(seed), epoch)
  const rowsOf = takerOf(where, rows, order, random)
  return Array.from({ length: count }, (_, k) => {
    const start = k * batchSize
    return rowsOf(k, start, Math.min(rows, start + batchSize))
  })
}

/** Gives the rows of batch k, which begins and ends at these places of the epoch. */
function takerOf(
  where: string,
  rows: number,
  order: BatchOrder,
  random: Key,
): (k: number, start: number, end: number) => Int32Array {
  if (order === 'random') return (k, start, end) => draw(fold(random, k), rows, end - start)
  if (typeof order === 'string') {
    const sequence = order === 'cyclic' ? firstIntegers(rows) : randomPermutation(random, rows)
    return (_, start, end) => sequence.subarray(start, end)
  }
  if (order.rows !== rows)
    throw unequal(`${where}: order`, order.rows, 'rows that the sampler draws from', `${rows} rows`)
  return (k, start, end) => order.draw(fold(random, k), end - start)
}

/**
 * `count` different rows: the first steps of a Fisher-Yates shuffle, where a map holds the few places that differ from
 * 0, 1, 2, ..., so that the cost is the batch's and not that of all rows.
 */
function draw(random: Key, rows: number, count: number): Int32Array {
  const moved = new Map<number, number>()
  const draws = uniform(random, count)
  return Int32Array.from({ length: count }, (_, i) => {
    const j = i + Math.floor(draws[i]! * (rows - i))
    const chosen = moved.get(j) ?? j
    moved.set(j, moved.get(i) ?? i)
    return chosen
  })
}
