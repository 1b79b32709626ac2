import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NeuriteError, type ByteArray } from '@neurite/core'
import { aString } from '@neurite/core/arguments'
import { fileStore } from '@neurite/files'

/** Where checkpoints go that are too large for the database: a folder that all workers see, or a bucket. */
export interface BlobStore {
  /** Keeps bytes under a key of letters, digits and '-'; the same key comes with the same bytes. */
  put(key: string, bytes: ByteArray): Promise<void>
  get(key: string): Promise<ByteArray | undefined>
  /** Does nothing where there is none. */
  delete(key: string): Promise<void>
}

/**
 * A folder as a store for large checkpoints: on a file system that all workers share.
 *
 * @example
 * ```ts no-run
 * import { fileBlobs, startWorker } from '@neurite/cluster'
 * await startWorker({ objectives: new URL('./objectives.js', import.meta.url), blobs: fileBlobs('/mnt/shared/checkpoints') })
 * ```
 */
export function fileBlobs(folder: string): BlobStore {
  aString('fileBlobs', 'folder', folder)
  const path = (key: string): string => join(folder, key)
  return {
    async put(key, bytes) {
      await mkdir(folder, { recursive: true })
      await fileStore(path(key)).save(bytes)
    },
    get: async (key) => readFile(path(key)).then((bytes) => new Uint8Array(bytes), absent),
    delete: (key) => rm(path(key), { force: true }),
  }
}

/**
 * A store of which nobody waits for what is removed: a row that speaks of nothing is worse than bytes of which no row speaks, and those cost room alone.
 *
 * @param tell - is told of what could not be removed
 */
export function keepingOn(blobs: BlobStore, tell: (error: Error) => void): BlobStore {
  return {
    put: (key, bytes) => blobs.put(key, bytes),
    get: (key) => blobs.get(key),
    delete: (key) => blobs.delete(key).catch(tell),
  }
}

function absent(error: unknown): undefined {
  if ((error as { readonly code?: string }).code === 'ENOENT') return undefined
  throw error
}

export function hashOf(bytes: ByteArray): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** @throws NeuriteError `BAD_CHECKPOINT` if the bytes are not those that were saved */
export function checkHash(name: string, bytes: ByteArray, hash: string): ByteArray {
  if (hashOf(bytes) === hash) return bytes
  throw new NeuriteError('BAD_CHECKPOINT', `cluster: ${name} is damaged: its hash is another one.`)
}
