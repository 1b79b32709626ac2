import type { ByteArray } from '@neurite/core'
import type { BlobStore } from './blobs.js'
import { Shelf } from './shelf.js'
import { nameOf, type Held } from './trial-key.js'
import type { Trials } from './trials.js'

/** Checkpoints of trials. */
export class Checkpoints {
  readonly #trials: Trials
  readonly #shelf: Shelf

  /** @param most - bytes up to which one is kept in the database */
  constructor(trials: Trials, blobs: BlobStore | undefined, most: number) {
    this.#trials = trials
    this.#shelf = new Shelf(blobs, most)
  }

  /**
   * @param before - the hash of the one that this replaces
   * @returns its hash, and whether it was kept: not if another runs the trial by now
   */
  async save(held: Held, bytes: ByteArray, before: string | undefined): Promise<{ kept: boolean; hash: string }> {
    const { hash, size, data } = await this.#shelf.put(titleOf(held), (hash) => keyOf(held, hash), bytes)
    const kept = await this.#trials.saveCheckpoint(held, hash, size, data)
    if (kept && before !== hash) await this.forget(held, before)
    return { kept, hash }
  }

  /** @throws NeuriteError `BAD_CHECKPOINT` if it is damaged; `BAD_FILE` if this worker's store does not have it */
  async load(held: Held): Promise<{ readonly hash: string; readonly bytes: ByteArray } | undefined> {
    const row = await this.#trials.loadCheckpoint(held)
    if (row === undefined) return undefined
    return { hash: row.hash, bytes: await this.#shelf.get(titleOf(held), keyOf(held, row.hash), row) }
  }

  /** Removes what is in the store; rows go with their trial's result. */
  async forget(held: Held, hash: string | undefined): Promise<void> {
    if (hash !== undefined) await this.#shelf.remove(keyOf(held, hash))
  }
}

function titleOf(held: Held): string {
  return `the checkpoint of trial ${nameOf(held)}`
}

/** By trial and content: two workers that have the same trial write the same bytes, or other keys. */
function keyOf(held: Held, hash: string): string {
  return `${nameOf(held)}-${hash}`
}
