import type { BatchOrder } from '@neurite/data'

export const ORDERS = ['shuffled-cyclic', 'cyclic', 'random'] as const satisfies readonly BatchOrder[]
export type Order = (typeof ORDERS)[number]

/** What is trained: D rows in batches of M. */
export interface Batching {
  /** D. */
  readonly rows: number
  /** M, at most D. */
  readonly size: number
  readonly order: Order
  readonly rate: number
  readonly seed: number
}

/** D / M, and one more for the rows left over. */
export const iterationsOf = ({ rows, size }: Pick<Batching, 'rows' | 'size'>): number => Math.ceil(rows / size)

/** Rows of the last batch. */
export const lastOf = ({ rows, size }: Pick<Batching, 'rows' | 'size'>): number =>
  rows - (iterationsOf({ rows, size }) - 1) * size

/** So many epochs are shown: a few, and of tiny batches no more than can be told apart. */
export const epochsOf = (batching: Pick<Batching, 'rows' | 'size'>): number =>
  Math.max(2, Math.min(12, Math.floor(400 / iterationsOf(batching))))
