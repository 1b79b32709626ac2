import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { indexedDbStore } from '../src/index.js'

// What storage.browser.ts tries in Chromium, and what a browser does not do on demand.

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('keeps the last by name, and nothing at first', async () => {
  const [a, b] = [indexedDbStore('a'), indexedDbStore('b')]
  expect(await a.load()).toBeUndefined()
  await a.save(Uint8Array.of(1, 2))
  await a.save(Uint8Array.of(3))
  expect([...(await a.load())!]).toEqual([3])
  expect([...(await indexedDbStore('a').load())!]).toEqual([3])
  expect(await b.load()).toBeUndefined()
})

test('keeps what the bytes were when it was called, and no more than they', async () => {
  const store = indexedDbStore('a')
  const bytes = new Uint8Array([9, 1, 2, 9]).subarray(1, 3)
  const saving = store.save(bytes)
  bytes.fill(7)
  await saving
  const kept = (await store.load())!
  expect([...kept]).toEqual([1, 2])
  expect(kept.buffer.byteLength).toBe(2)
})

test('a full disk is an error with the name that the browser gives it, and keeps the old content', async () => {
  const store = indexedDbStore('a')
  await store.save(Uint8Array.of(1))
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('the disk is full', 'QuotaExceededError')
  })
  await expect(store.save(Uint8Array.of(2))).rejects.toMatchObject({
    code: 'BAD_FILE',
    message: expect.stringMatching(/^indexedDbStore: cannot keep 'a': the disk is full\. /) as string,
    details: { reason: 'QuotaExceededError' },
  })
  put.mockRestore()
  expect([...(await store.load())!]).toEqual([1])
  const original = IDBObjectStore.prototype.put
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    const request = original.apply(this, args)
    this.transaction.abort()
    return request
  })
  await expect(store.save(Uint8Array.of(2))).rejects.toMatchObject({ code: 'BAD_FILE' })
  expect([...(await store.load())!]).toEqual([1])
})

test('a browser that opens no database is an error of the file', async () => {
  const store = indexedDbStore('a')
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('not here', 'SecurityError')
  })
  for (const act of [() => store.load(), () => store.save(Uint8Array.of(1))]) {
    await expect(act()).rejects.toMatchObject({ code: 'BAD_FILE', details: { reason: 'SecurityError' } })
  }
})

test('is refused where there is none, and for what is no name', () => {
  expect(() => indexedDbStore(7 as never)).toThrow(/name must be.*INVALID_ARGUMENT/)
  vi.stubGlobal('indexedDB', undefined)
  expect(() => indexedDbStore('a')).toThrow(/in Node use fileStore\(path\).*NOT_SUPPORTED/)
})
