import { NeuriteError, type ByteArray } from '@neurite/core'
import { checkHash, hashOf, type BlobStore } from './blobs.js'

/** Bytes as a row has them: itself, or in the user's store. */
export interface Shelved {
  readonly hash: string
  readonly size: number
  readonly data: ByteArray | null
}

/** Where bytes lie that rows speak of: in the row as long as they are small, else in the user's store. */
export class Shelf {
  readonly #blobs: BlobStore | undefined
  readonly #most: number

  /** @param most - bytes up to which they are kept in the database */
  constructor(blobs: BlobStore | undefined, most: number) {
    this.#blobs = blobs
    this.#most = most
  }

  /**
   * What a row needs to hold. Large bytes are in the store when it returns.
   *
   * @param name - what they are, for errors
   * @param keyOf - their key in the store, by their hash
   */
  async put(name: string, keyOf: (hash: string) => string, bytes: ByteArray): Promise<Shelved> {
    const [hash, size] = [hashOf(bytes), bytes.length]
    if (size <= this.#most) return { hash, size, data: bytes }
    if (this.#blobs === undefined) {
      const message = `cluster: ${name} takes ${size} bytes, too large for the database (${this.#most}); give blobs: fileBlobs(folder) or s3Blobs(bucket).`
      throw new NeuriteError('INVALID_ARGUMENT', message)
    }
    await this.#blobs.put(keyOf(hash), bytes)
    return { hash, size, data: null }
  }

  /** @throws NeuriteError `BAD_CHECKPOINT` if they are damaged; `BAD_FILE` if this program's store does not have them */
  async get(name: string, key: string, { hash, data }: Pick<Shelved, 'hash' | 'data'>): Promise<ByteArray> {
    const bytes = data ?? (await this.#blobs?.get(key))
    if (bytes !== undefined) return checkHash(name, bytes, hash)
    const message = `cluster: ${name} is not in the store of this program; give all of them the same blobs.`
    throw new NeuriteError('BAD_FILE', message)
  }

  /** Removes from the store what no row speaks of any more. */
  async remove(key: string): Promise<void> {
    await this.#blobs?.delete(key)
  }
}
