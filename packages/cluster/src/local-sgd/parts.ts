import type { ByteArray } from '@neurite/core'
import type { ClientBase } from 'pg'
import type { BlobStore } from '../store/blobs.js'
import type { Connection } from '../store/database.js'
import { Shelf, type Shelved } from '../store/shelf.js'

/** Which bytes of a training: those of a round, by name. */
export interface PartKey {
  readonly study: string
  readonly round: number
  /** `model` and `momentum` are what a round ends with, `shard-3` is what a shard came to. */
  readonly name: string
}

/** A part as its row has it. The fence is the shard's; of what a round ends with there is one. */
export interface StoredPart extends Shelved {
  readonly fence: string
}

/** Params, momentum and contributions of trainings: in the database as long as they are small, else in the user's store. */
export class Parts {
  readonly #connection: Connection
  readonly #shelf: Shelf

  /** @param most - bytes up to which one is kept in the database */
  constructor(connection: Connection, blobs: BlobStore | undefined, most: number) {
    this.#connection = connection
    this.#shelf = new Shelf(blobs, most)
  }

  /** What a row needs to hold. Large bytes are in the store when it returns; {@link discard} takes them back. */
  async store(key: PartKey, bytes: ByteArray, fence = '0'): Promise<StoredPart> {
    return { ...(await this.#shelf.put(nameOf(key), (hash) => keyOf(key, { hash, fence }), bytes)), fence }
  }

  /** A part that was stored becomes one of the training, in a transaction. */
  async write(client: ClientBase, key: PartKey, { hash, size, data }: Omit<StoredPart, 'fence'>): Promise<void> {
    await client.query(
      'insert into neurite.part (study, round, name, hash, size, data) values ($1, $2, $3, $4, $5, $6)',
      [key.study, key.round, key.name, hash, size, data],
    )
  }

  async load(key: PartKey): Promise<ByteArray | undefined> {
    return this.#connection.transaction((client) => this.read(client, key))
  }

  /**
   * As {@link load}, in a transaction.
   *
   * @throws NeuriteError `BAD_CHECKPOINT` if it is damaged; `BAD_FILE` if this program's store does not have it
   */
  async read(client: ClientBase, key: PartKey): Promise<ByteArray | undefined> {
    const { rows } = await client.query<StoredPart>(
      'select hash, size, data, fence from neurite.part where study = $1 and round = $2 and name = $3',
      [key.study, key.round, key.name],
    )
    const [row] = rows
    return row && this.#shelf.get(nameOf(key), keyOf(key, row), row)
  }

  /** Removes from the store what no row speaks of any more. */
  async discard(key: PartKey, part: Pick<StoredPart, 'hash' | 'fence'>): Promise<void> {
    await this.#shelf.remove(keyOf(key, part))
  }
}

function nameOf({ study, round, name }: PartKey): string {
  return `the part '${name}' of round ${round} of study ${study}`
}

/** By place, writer and content: what one of two workers that have the same shard removes is not what the other has written. */
function keyOf({ study, round, name }: PartKey, { hash, fence }: Pick<StoredPart, 'hash' | 'fence'>): string {
  return `${study}-${round}-${name}-${fence}-${hash}`
}
