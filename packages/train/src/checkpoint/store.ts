/** Where checkpoints are kept: the last one replaces the one before, as a whole or not at all. */
export interface CheckpointStore {
  save(bytes: Uint8Array): Promise<void>
  /** The last one saved, or undefined. */
  load(): Promise<Uint8Array | undefined>
}

/**
 * Keeps checkpoints in memory, for tests and for pausing within a page.
 */
export function memoryStore(): CheckpointStore {
  let kept: Uint8Array | undefined
  return {
    save: (bytes) => {
      kept = bytes.slice()
      return Promise.resolve()
    },
    load: () => Promise.resolve(kept?.slice()),
  }
}

/**
 * Keeps checkpoints in a file (Node). A new one is written beside it, flushed to disk, and renamed over it: a process that is
 * killed at any moment leaves the old one or the new one.
 *
 * @param path - its folder must exist
 */
export function fileStore(path: string): CheckpointStore {
  return {
    async save(bytes) {
      const { open, rename } = await import('node:fs/promises')
      const temporary = `${path}.tmp`
      const file = await open(temporary, 'w')
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    },
    async load() {
      const { readFile } = await import('node:fs/promises')
      try {
        const bytes = await readFile(path)
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
  }
}
