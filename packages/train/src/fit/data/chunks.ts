import { isTensor, type ArrayData } from '@neurite/core'
import type { Rows } from './dataset.js'
import { joined } from './host.js'

/** Where batches come from, one at a time; undefined when there are no more for now. */
export interface Batches {
  readonly ended: boolean
  next(): Promise<Rows | undefined>
}

/** Part of a batch in memory. */
interface Piece {
  readonly batch: HostRows
  /** Its rows that were not given yet. */
  from: number
}

type HostRows = Rows & { readonly x: ArrayData; readonly y: ArrayData }

/**
 * Batches cut anew, each `size` rows long but the last. Holds one batch of the source beside the one it fills. Every pass over
 * the same rows gives the same batches, however the source cuts them.
 */
export class Chunks {
  #first = 0
  #held = 0
  readonly #pieces: Piece[] = []
  readonly #where: string
  readonly #batches: Batches
  readonly #size: number

  /** @param where - names batches in errors: `fit: epoch 0` */
  constructor(where: string, batches: Batches, size: number) {
    this.#where = where
    this.#batches = batches
    this.#size = size
  }

  /** True once all rows were given. */
  get ended(): boolean {
    return this.#batches.ended && this.#held === 0
  }

  async next(): Promise<Rows | undefined> {
    while (this.#held < this.#size && !this.#batches.ended) {
      const batch = await this.#batches.next()
      if (batch !== undefined) {
        this.#pieces.push({ batch: await onHost(batch), from: 0 })
        this.#held += batch.rows
      } else if (!this.#batches.ended) return undefined
    }
    return this.#held === 0 ? undefined : this.#take(Math.min(this.#size, this.#held))
  }

  #take(rows: number): Rows {
    const parts: { batch: HostRows; from: number; to: number }[] = []
    for (let missing = rows; missing > 0;) {
      const piece = this.#pieces[0]!
      const to = Math.min(piece.batch.rows, piece.from + missing)
      parts.push({ batch: piece.batch, from: piece.from, to })
      missing -= to - piece.from
      piece.from = to
      if (to === piece.batch.rows) this.#pieces.shift()
    }
    const where = `${this.#where} (rows ${this.#first} to ${this.#first + rows - 1})`
    this.#first += rows
    this.#held -= rows
    const column = (name: 'x' | 'y'): ArrayData =>
      joined(parts.map(({ batch, ...range }) => ({ part: batch[name], ...range })))
    const weights = parts.flatMap(({ batch: { sampleWeights }, ...range }) =>
      sampleWeights === undefined ? [] : [{ part: sampleWeights, ...range }],
    )
    return {
      where,
      rows,
      x: column('x'),
      y: column('y'),
      ...(weights.length === 0 ? {} : { sampleWeights: joined(weights) }),
    }
  }
}

async function onHost(rows: Rows): Promise<HostRows> {
  const read = async (part: Rows['x']): Promise<ArrayData> => (isTensor(part) ? part.toHost() : part)
  return { ...rows, x: await read(rows.x), y: await read(rows.y) }
}
