import { isTensor, NeuriteError, type ArrayData, type Tensor } from '@neurite/core'
import { toHost } from '../host/to-host.js'
import { checkFields, checkWeights, type Dataset } from './data.js'
import { epochSeed } from './seeds.js'

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
  const unknown = Object.keys(data).find((name) => name !== 'batches')
  if (unknown !== undefined) {
    throw new NeuriteError(
      'UNKNOWN_OPTION',
      `${where}: the source has an unknown field '${unknown}'; known: batches. x, y and sampleWeights belong into each batch.`,
      { option: unknown, allowed: ['batches'] },
    )
  }
  if (typeof data.batches !== 'function') {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: batches must be a function that begins anew each epoch, { batches: () => ... }, got ${typeof data.batches}.`,
    )
  }
  return true
}

/** A batch whose numbers are on a device or in typed arrays, with as many targets and weights as rows. */
export interface RawBatch extends Dataset {
  /** Names it in errors: `fit: batch 3 of epoch 0`. */
  readonly where: string
  readonly rows: number
  readonly x: Tensor | ArrayData
  readonly y: Tensor | ArrayData
  readonly sampleWeights?: ArrayData
}

/** What all batches must share. */
export interface Columns {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly weighted: boolean
}

export function columnsOf({ x, y, sampleWeights }: RawBatch): Columns {
  return { x: x.shape.slice(1), y: y.shape.slice(1), weighted: sampleWeights !== undefined }
}

/** One pass over a source: checked batches, one at a time. */
export class Pull {
  readonly epoch: number
  readonly #where: string
  readonly #pass: Pass
  readonly #iterator: AsyncIterator<Dataset> | Iterator<Dataset>
  #columns: Columns | undefined
  #peeked: RawBatch | undefined
  /** Batches so far, empty ones left out. */
  #count = 0
  #ended = false
  #waiting = false

  /**
   * @param where - names the function in errors: `fit`
   * @param columns - of earlier passes
   */
  constructor(
    where: string,
    source: BatchSource,
    {
      epoch,
      seed,
      signal,
    }: { readonly epoch: number; readonly seed: number; readonly signal: AbortSignal | undefined },
    columns: Columns | undefined,
  ) {
    this.#where = where
    this.epoch = epoch
    this.#pass = { epoch, seed: epochSeed(seed, epoch), signal }
    this.#columns = columns
    this.#iterator = iteratorOf(where, source.batches(this.#pass))
  }

  /** True once the source has given all. */
  get ended(): boolean {
    return this.#ended && this.#peeked === undefined
  }

  /** What every batch of this pass, and of those after it, must have. */
  get columns(): Columns | undefined {
    return this.#columns
  }

  /** What `next` will give. */
  async peek(): Promise<RawBatch | undefined> {
    this.#peeked ??= await this.next()
    return this.#peeked
  }

  /**
   * The next batch that has rows; undefined at the end, or as soon as the signal is aborted.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` for a pass without any, `SHAPE_MISMATCH` for other columns than before; and what
   * the source throws
   */
  async next(): Promise<RawBatch | undefined> {
    if (this.#peeked !== undefined) {
      const batch = this.#peeked
      this.#peeked = undefined
      return batch
    }
    for (;;) {
      const result = await this.#step()
      if (result === undefined) return undefined
      if (result.done === true) {
        this.#ended = true
        if (this.#count > 0) return undefined
        throw new NeuriteError(
          'INVALID_ARGUMENT',
          `${this.#where}: the source gave no rows in epoch ${this.#pass.epoch}; batches must begin anew at each call: { batches: () => readCsvBatches(path) }, say, and not an iterable made before.`,
          { epoch: this.#pass.epoch },
        )
      }
      const where = `${this.#where}: batch ${this.#count} of epoch ${this.#pass.epoch}`
      const batch = rawBatch(where, result.value)
      if (batch.rows === 0) continue
      this.#check(batch)
      this.#count++
      return batch
    }
  }

  /** Tells the source that no more is wanted. Waits for what it does then, unless it is busy with a batch that nobody awaits. */
  async close(): Promise<void> {
    this.#peeked = undefined
    if (this.#ended) return
    this.#ended = true
    const returned = Promise.resolve(this.#iterator.return?.())
    if (this.#waiting) returned.catch(() => undefined)
    else await returned
  }

  async #step(): Promise<IteratorResult<Dataset, unknown> | undefined> {
    const { signal } = this.#pass
    const isAborted = (): boolean => signal?.aborted === true
    if (isAborted()) return undefined
    let stop = (): void => undefined
    const aborted = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined)
      signal?.addEventListener('abort', stop)
    })
    const step = async (): Promise<IteratorResult<Dataset, unknown>> => {
      this.#waiting = true
      try {
        return await this.#iterator.next()
      } finally {
        this.#waiting = false
      }
    }
    try {
      return await Promise.race([step(), aborted])
    } catch (error) {
      // An iterator that has thrown is over. One that heeds the signal itself throws because of it.
      if (isAborted()) return undefined
      this.#ended = true
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  #check(batch: RawBatch): void {
    const columns = columnsOf(batch)
    this.#columns ??= columns
    for (const name of ['x', 'y'] as const) {
      const expected = `[rows, ${this.#columns[name].join(', ')}]`
      if (columns[name].join() === this.#columns[name].join()) continue
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${batch.where}: ${name} has shape [${batch[name].shape.join(', ')}], batches before had ${expected}; every batch must have the same columns: encode categories by what was fitted beforehand, not batch by batch.`,
        { expected: this.#columns[name], got: columns[name] },
      )
    }
    if (columns.weighted === this.#columns.weighted) return
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${batch.where}: ${columns.weighted ? 'it has sampleWeights, batches before had none' : 'it has no sampleWeights, batches before had some'}; give them in every batch or in none.`,
    )
  }
}

function iteratorOf(where: string, iterable: unknown): AsyncIterator<Dataset> | Iterator<Dataset> {
  if (typeof iterable === 'object' && iterable !== null) {
    if (Symbol.asyncIterator in iterable) return (iterable as AsyncIterable<Dataset>)[Symbol.asyncIterator]()
    if (Symbol.iterator in iterable) return (iterable as Iterable<Dataset>)[Symbol.iterator]()
  }
  const got = iterable instanceof Promise ? 'a promise (make it an async function*)' : typeof iterable
  throw new NeuriteError('INVALID_ARGUMENT', `${where}: batches must return an iterable of { x, y }, got ${got}.`)
}

function rawBatch(where: string, batch: Dataset): RawBatch {
  checkFields(where, batch)
  const x = isTensor(batch.x) ? batch.x : toHost(`${where}: x`, batch.x)
  const y = isTensor(batch.y) ? batch.y : toHost(`${where}: y`, batch.y)
  const rows = x.shape[0]
  const targets = y.shape[0]
  if (rows === undefined || targets === undefined) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: ${rows === undefined ? 'x' : 'y'} is a single number; expected shape [rows, ...].`,
    )
  }
  if (rows !== targets) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: x has ${rows} rows, y has ${targets}; give one target for each row.`,
      { x: x.shape, y: y.shape },
    )
  }
  if (batch.sampleWeights === undefined) return { where, rows, x, y }
  return { where, rows, x, y, sampleWeights: checkWeights(`${where}: sampleWeights`, batch.sampleWeights, rows) }
}
