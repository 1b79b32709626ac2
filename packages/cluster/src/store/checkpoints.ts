import { NeuriteError } from '@neurite/core'
import { checkHash, hashOf, type BlobStore } from './blobs.js'
import { nameOf, type Held } from './trial-key.js'
import type { Trials } from './trials.js'

/** Checkpoints of trials: in the database as long as they are small, else in the store of the workers. */
export class Checkpoints {
  readonly #trials: Trials
  readonly #blobs: BlobStore | undefined
  readonly #most: number

  /** @param most - bytes up to which one is kept in the database */
  constructor(trials: Trials, blobs: BlobStore | undefined, most: number) {
    this.#trials = trials
    this.#blobs = blobs
    this.#most = most
  }

  /**
   * @param before - the hash of the one that this replaces
   * @returns its hash, and whether it was kept: not if another runs the trial by now
   */
  async save(
    held: Held,
    bytes: Uint8Array<ArrayBuffer>,
    before: string | undefined,
  ): Promise<{ kept: boolean; hash: string }> {
    const hash = hashOf(bytes)
    const small = bytes.length <= this.#most
    if (!small) await this.#storeFor(bytes).put(keyOf(held, hash), bytes)
    const kept = await this.#trials.saveCheckpoint(held, hash, bytes.length, small ? bytes : null)
    if (kept && before !== undefined && before !== hash) await this.forget(held, before)
    return { kept, hash }
  }

  /** @throws NeuriteError `BAD_CHECKPOINT` if it is damaged, or its blob is gone */
  async load(held: Held): Promise<{ readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined> {
    const row = await this.#trials.loadCheckpoint(held)
    if (row === undefined) return undefined
    const bytes = row.data ?? (await this.#blobs?.get(keyOf(held, row.hash)))
    if (bytes !== undefined) return { hash: row.hash, bytes: checkHash(nameOf(held), bytes, row.hash) }
    const message = `cluster: the checkpoint of trial ${nameOf(held)} is not in this worker's store; give all workers the same blobs.`
    throw new NeuriteError('BAD_CHECKPOINT', message)
  }

  /** Removes what is in the store; rows go with their trial's result. */
  async forget(held: Held, hash: string | undefined): Promise<void> {
    if (hash !== undefined) await this.#blobs?.delete(keyOf(held, hash))
  }

  #storeFor(bytes: Uint8Array<ArrayBuffer>): BlobStore {
    if (this.#blobs !== undefined) return this.#blobs
    const message = `cluster: a checkpoint of ${bytes.length} bytes is too large for the database (${this.#most}); give the worker blobs, fileBlobs(folder) say.`
    throw new NeuriteError('INVALID_ARGUMENT', message)
  }
}

/** By trial and content: two workers that have the same trial write the same bytes, or other keys. */
function keyOf(held: Held, hash: string): string {
  return `${nameOf(held)}-${hash}`
}
