import { NeuriteError } from '@neurite/core'
import type { ClientBase } from 'pg'
import { checkHash, hashOf, type BlobStore } from '../store/blobs.js'
import type { Connection } from '../store/database.js'

/** Which bytes of a training: those of a round, by name. */
export interface PartKey {
  readonly study: string
  readonly round: number
  /** `model` and `momentum` are what a round ends with, `shard-3` is what a shard came to. */
  readonly name: string
}

/** Bytes as the database has them: itself, or in the store under a name made of fence and hash. */
export interface StoredPart {
  readonly hash: string
  readonly size: number
  readonly data: Uint8Array<ArrayBuffer> | null
  /** Of the shard; of what the round ends with there is one. */
  readonly fence: string
}

/** Params, momentum and contributions of trainings: in the database as long as they are small, else in the user's store. */
export class Parts {
  readonly #connection: Connection
  readonly #blobs: BlobStore | undefined
  readonly #most: number

  /** @param most - bytes up to which one is kept in the database */
  constructor(connection: Connection, blobs: BlobStore | undefined, most: number) {
    this.#connection = connection
    this.#blobs = blobs
    this.#most = most
  }

  /** What a row needs to hold. Large bytes are in the store when it returns; {@link discard} takes them back. */
  async store(key: PartKey, bytes: Uint8Array<ArrayBuffer>, fence = '0'): Promise<StoredPart> {
    const hash = hashOf(bytes)
    const small = bytes.length <= this.#most
    if (!small) await this.#storeFor(key, bytes.length).put(keyOf(key, { hash, fence }), bytes)
    return { hash, size: bytes.length, data: small ? bytes : null, fence }
  }

  /** A part that was stored becomes one of the training, in a transaction. */
  async write(client: ClientBase, key: PartKey, { hash, size, data }: Omit<StoredPart, 'fence'>): Promise<void> {
    await client.query(
      'insert into neurite.part (study, round, name, hash, size, data) values ($1, $2, $3, $4, $5, $6)',
      [key.study, key.round, key.name, hash, size, data],
    )
  }

  async load(key: PartKey): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#connection.transaction((client) => this.read(client, key))
  }

  /**
   * As {@link load}, in a transaction.
   *
   * @throws NeuriteError `BAD_CHECKPOINT` if it is damaged; `BAD_FILE` if this program's store does not have it
   */
  async read(client: ClientBase, key: PartKey): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { rows } = await client.query<StoredPart>(
      'select hash, size, data, fence from neurite.part where study = $1 and round = $2 and name = $3',
      [key.study, key.round, key.name],
    )
    const [row] = rows
    if (row === undefined) return undefined
    const bytes = row.data ?? (await this.#blobs?.get(keyOf(key, row)))
    if (bytes !== undefined) return checkHash(nameOf(key), bytes, row.hash)
    const message = `cluster: ${nameOf(key)} is not in the store of this program; give all of them the same blobs.`
    throw new NeuriteError('BAD_FILE', message)
  }

  /** Removes from the store what no row speaks of any more. */
  async discard(key: PartKey, part: Pick<StoredPart, 'hash' | 'fence'>): Promise<void> {
    await this.#blobs?.delete(keyOf(key, part))
  }

  #storeFor(key: PartKey, size: number): BlobStore {
    if (this.#blobs !== undefined) return this.#blobs
    const message = `cluster: ${nameOf(key)} takes ${size} bytes, too large for the database (${this.#most}); give blobs, fileBlobs(folder) say.`
    throw new NeuriteError('INVALID_ARGUMENT', message)
  }
}

function nameOf({ study, round, name }: PartKey): string {
  return `the part '${name}' of round ${round} of study ${study}`
}

/** By place, writer and content: what one of two workers that have the same shard removes is not what the other has written. */
function keyOf({ study, round, name }: PartKey, { hash, fence }: Pick<StoredPart, 'hash' | 'fence'>): string {
  return `${study}-${round}-${name}-${fence}-${hash}`
}
