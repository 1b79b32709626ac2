import { NeuriteError, type ByteArray } from '@neurite/core'
import { must, takesNoOptions } from '@neurite/core/arguments'
import { readBytes, type ReadableFileHandle } from './read.js'
import { isHandle, writeBytes, type FileTarget, type WritableFileHandle } from './write.js'

/** Where the last of something is kept: it replaces the one before, as a whole or not at all. */
export interface FileStore {
  save(bytes: ByteArray): Promise<void>
  /** The last one saved, or undefined. */
  load(): Promise<Uint8Array | undefined>
}

/**
 * Keeps bytes in memory, for tests and for pausing within a page.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@neurite/files'
 * const store = memoryStore()
 * await store.load() // => undefined
 * await store.save(Uint8Array.of(1, 2))
 * await store.load() // => [1, 2]
 * ```
 */
export function memoryStore(...none: readonly []): FileStore {
  takesNoOptions('memoryStore', none)
  let kept: Uint8Array | undefined
  return {
    save: (bytes) => {
      kept = bytes.slice()
      return Promise.resolve()
    },
    load: () => Promise.resolve(kept?.slice()),
  }
}

const aTarget = /* @__PURE__ */ must(
  'a path, or the handle of a file',
  (value): value is FileTarget => typeof value === 'string' || value instanceof URL || isHandle(value),
)

/**
 * Keeps bytes in a file: a process that is killed at any moment leaves the old content or the new one, and of several writers none
 * mixes with another.
 *
 * @param target - a path whose folder exists (Node, Bun, Deno), or the handle of a file (browsers)
 * @throws NeuriteError `INVALID_ARGUMENT` for what is neither
 * @returns a store, whose methods throw `BAD_FILE` if the file cannot be read or written
 * @example
 * ```ts
 * import { fileStore } from '@neurite/files'
 * const store = fileStore('no/such/folder/run.safetensors')
 * await store.load() // => undefined
 * store.save(Uint8Array.of(1, 2)) // => throws BAD_FILE
 * ```
 */
export function fileStore(
  target: string | URL | (ReadableFileHandle & WritableFileHandle),
  ...none: readonly []
): FileStore {
  takesNoOptions('fileStore', none)
  aTarget('fileStore', 'target', target)
  return {
    save: (bytes) => writeBytes('fileStore', target, bytes),
    async load() {
      try {
        const bytes = await readBytes('fileStore', target, Infinity)
        // A browser makes a file when it gives the handle.
        return bytes.length === 0 && isHandle(target) ? undefined : bytes
      } catch (error) {
        const { reason } = NeuriteError.isInstance(error) ? error.details : {}
        if (reason === 'ENOENT' || reason === 'NotFoundError') return undefined
        throw error
      }
    },
  }
}
