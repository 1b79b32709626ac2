import { childSeed, NeuriteError } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import { readRows, type Dataset, type Rows } from './dataset.js'
import type { BatchSource, Pass } from './source.js'

/** What all batches must share. */
export interface Columns {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly weighted: boolean
}

export function columnsOf({ x, y, sampleWeights }: Rows): Columns {
  return { x: x.shape.slice(1), y: y.shape.slice(1), weighted: sampleWeights !== undefined }
}

/** One pass over a source: checked batches, one at a time. */
export class Pull {
  readonly epoch: number
  readonly #where: string
  readonly #pass: Pass
  readonly #iterator: AsyncIterator<Dataset> | Iterator<Dataset>
  #columns: Columns | undefined
  #peeked: Rows | undefined
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
    this.#pass = { epoch, seed: childSeed(seed, 'source', epoch), signal }
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
  async peek(): Promise<Rows | undefined> {
    this.#peeked ??= await this.next()
    return this.#peeked
  }

  /**
   * The next batch that has rows; undefined at the end, or as soon as the signal is aborted.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` for a pass without any, `SHAPE_MISMATCH` for other columns than before; and what
   * the source throws
   */
  async next(): Promise<Rows | undefined> {
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
      const batch = await readRows(where, result.value)
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

  #check(batch: Rows): void {
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
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: batches must return an iterable of { x, y }, as an async function* does, got ${show(iterable)}.`,
  )
}
