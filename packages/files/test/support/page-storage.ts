import { fileStore, indexedDbStore, readBytes, type FileStore } from '../../src/index.js'

// A page with the stores that a browser has, by name, for a test to call.

const SIZE = 2_000_000

async function storeOf(kind: string): Promise<FileStore> {
  if (kind === 'IndexedDB') return indexedDbStore('run')
  const folder = await navigator.storage.getDirectory()
  return fileStore(await folder.getFileHandle('run', { create: true }))
}

/** Saves content of one byte. */
async function save(kind: string, byte: number): Promise<void> {
  await (await storeOf(kind)).save(new Uint8Array(SIZE).fill(byte))
}

/** The one byte of what is kept; -1 for something mixed or cut, null for nothing. */
async function load(kind: string): Promise<number | null> {
  const bytes = await (await storeOf(kind)).load()
  if (bytes === undefined) return null
  return bytes.length === SIZE && bytes.every((byte) => byte === bytes[0]) ? bytes[0]! : -1
}

/** Saves over and over, until the page goes. */
async function saveForever(kind: string): Promise<never> {
  for (let i = 0; ; i++) await save(kind, 1 + (i % 200))
}

/** The code and reason of a store that fails. */
async function failure(act: 'full' | 'relative' | 'missing'): Promise<unknown> {
  try {
    if (act === 'full') {
      const put = IDBObjectStore.prototype.put
      IDBObjectStore.prototype.put = function (...args) {
        const request = put.apply(this, args)
        this.transaction.abort()
        return request
      }
      try {
        await save('IndexedDB', 250)
      } finally {
        IDBObjectStore.prototype.put = put
      }
    } else {
      return [...(await readBytes('load', act === 'relative' ? '../file.bin' : 'none.bin', 100))]
    }
    return undefined
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message }
  }
}

Object.assign(globalThis, { storage: { save, load, saveForever, failure } })
