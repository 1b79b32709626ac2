import { isTensor, NeuriteError } from '@neurite/core'
import { aFunction, readOptions } from '@neurite/core/arguments'
import type { Dataset } from './dataset.js'

/** What a source is told when it is gone through. */
export interface Pass {
  /** From 0. */
  readonly epoch: number
  /** Another for each epoch, the same in every run of the seed: for sources that shuffle. */
  readonly seed: number
  /** That of `fit`: for sources that wait for a disk or a network. */
  readonly signal: AbortSignal | undefined
}

/** Data that comes batch by batch, because it does not fit in memory or is made on the way. */
export interface BatchSource {
  /**
   * Begins anew at the first batch: called once for each pass over the data. Batches may differ in length; their columns may
   * not. The next one is asked for when the one before was used, and leaving early ends the iterator (`return()`). Tensors in
   * a batch stay the source's: it may dispose them when it is asked for the next.
   */
  readonly batches: (pass: Pass) => AsyncIterable<Dataset> | Iterable<Dataset>
}

/** Tells a source from a dataset, and refuses what is neither: an iterable that can be gone through only once. */
export function isSource(where: string, data: Dataset | BatchSource): data is BatchSource {
  if (typeof data !== 'object' || data === null || isTensor(data) || Array.isArray(data)) return false
  if (Symbol.asyncIterator in data || Symbol.iterator in data) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: the data is an iterable, which ends after one epoch; give a function that begins anew: { batches: () => ... }.`,
    )
  }
  if (!('batches' in data)) return false
  const batches = aFunction<BatchSource['batches']>
  readOptions(`${where}: the source`, data, { batches })
  return true
}
