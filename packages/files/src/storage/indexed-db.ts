import { NeuriteError } from '@neurite/core'
import { aString, takesNoOptions } from '@neurite/core/arguments'
import { failure } from './failure.js'
import type { FileStore } from './store.js'

/** What is used of IndexedDB; not every program that is compiled with this package knows the types of browsers. */
interface Database {
  createObjectStore(name: string): unknown
  transaction(store: string, mode: Mode, options: { readonly durability: 'strict' }): Transaction
  close(): void
}
type Mode = 'readonly' | 'readwrite'
interface Request<T> {
  readonly result: T
  readonly error: Error | null
  onsuccess: (() => void) | null
  onerror: (() => void) | null
  onupgradeneeded?: (() => void) | null
}
interface Transaction {
  readonly error: Error | null
  objectStore(name: string): Files
  oncomplete: (() => void) | null
  onabort: (() => void) | null
}
interface Files {
  put(bytes: Uint8Array, name: string): Request<unknown>
  get(name: string): Request<Uint8Array | undefined>
}

function browserDatabases(): { open(name: string, version: number): Request<Database> } | undefined {
  return (globalThis as { readonly indexedDB?: ReturnType<typeof browserDatabases> }).indexedDB
}

/** One database for all that Neurite keeps of a page's origin; the names in it are the callers'. */
const DATABASE = 'neurite'
const FILES = 'files'

/**
 * Keeps bytes in the browser, in IndexedDB: they are there when the page is opened again. What is saved replaces the one before as a whole
 * or not at all, and is flushed to the disk. Pages and workers of one origin share the names.
 *
 * @param name - of what is kept: another name for each run
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no text; `NOT_SUPPORTED` where there is no IndexedDB, as in Node
 * @returns a store, whose methods throw `BAD_FILE` if the browser cannot read or write: `details.reason` is the name of its error, such as
 * `QuotaExceededError`
 * @example
 * ```ts
 * import { indexedDbStore } from '@neurite/files'
 * indexedDbStore('run') // => throws NOT_SUPPORTED
 * ```
 */
export function indexedDbStore(name: string, ...none: readonly []): FileStore {
  takesNoOptions('indexedDbStore', none)
  const where = 'indexedDbStore'
  aString(where, 'name', name)
  if (browserDatabases() === undefined) {
    throw new NeuriteError('NOT_SUPPORTED', `${where}: there is no IndexedDB here; in Node use fileStore(path).`)
  }
  return {
    async save(bytes) {
      // A copy at once, of these bytes alone: the caller may go on with them, and a view would be kept with all that it is a view of.
      const kept = bytes.slice()
      try {
        await transact('readwrite', (files) => files.put(kept, name))
      } catch (cause) {
        throw failure(where, `cannot keep '${name}'`, cause)
      }
    },
    async load() {
      try {
        return await transact('readonly', (files) => files.get(name))
      } catch (cause) {
        throw failure(where, `cannot read '${name}'`, cause)
      }
    },
  }
}

async function transact<T>(mode: Mode, act: (files: Files) => Request<T>): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(FILES, mode, { durability: 'strict' })
      const request = act(transaction.objectStore(FILES))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser gave up'))
    })
  } finally {
    database.close()
  }
}

function open(): Promise<Database> {
  return new Promise((resolve, reject) => {
    const request = browserDatabases()!.open(DATABASE, 1)
    request.onupgradeneeded = () => void request.result.createObjectStore(FILES)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the browser gave up'))
  })
}
