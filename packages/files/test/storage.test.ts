import { getEventListeners } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { appendText, fileStore, memoryStore, readBytes, readChunks, writeBytes, type FileSource } from '../src/index.js'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neurite-files-'))
  path = join(folder, 'a.bin')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

// More than is read at once.
const content = Uint8Array.from({ length: 150_001 }, (_, i) => i % 251)
const blob = new Blob([content])
const server = createServer((request, response) => {
  if (request.url === '/stalled') return void response.write(content.subarray(0, 10))
  if (request.url === '/cut') {
    response.setHeader('content-length', content.length)
    return void response.write(content.subarray(0, 10), () => response.destroy())
  }
  if (request.url === '/huge') {
    response.setHeader('content-length', 2 ** 40)
    return void response.flushHeaders()
  }
  if (request.url !== '/a.bin') response.statusCode = 404
  response.end(content)
})
beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)))
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const coded = (code: string, message: RegExp): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error

describe('readBytes', () => {
  test.each<[string, () => FileSource]>([
    ['a path', () => path],
    ['a file: address', () => pathToFileURL(path)],
    ['an http: address', () => `${address()}/a.bin`],
    ['a URL', () => new URL('/a.bin', address())],
    ['a data: address', () => `data:;base64,${Buffer.from(content).toString('base64')}`],
    ['a Blob', () => blob],
    ['a File', () => new File([content], 'a.bin')],
    ['a handle', () => ({ getFile: () => Promise.resolve(blob) })],
    ['bytes', () => content],
    ['a view into more bytes', () => new Uint8Array([0, ...content]).subarray(1)],
    ['an ArrayBuffer', () => content.slice().buffer],
    ['a stream', () => blob.stream()],
    ['a stream of Node', () => Readable.from([Buffer.from(content)])],
  ])('of %s', async (_, source) => {
    await writeFile(path, content)
    expect(new Uint8Array(await readBytes('load', source(), content.length))).toEqual(content)
    await expect(readBytes('load', source(), content.length - 1)).rejects.toEqual(
      coded('BAD_FILE', /^load: the file has more than maxBytes = 150000 bytes/),
    )
  })

  test('an empty file', async () => {
    await writeFile(path, '')
    expect(await readBytes('load', path, 0)).toEqual(new Uint8Array())
  })

  test('what is more than allowed is not waited for', async () => {
    let ended = false
    const endless = (async function* () {
      try {
        for (;;) yield await Promise.resolve(new Uint8Array(1000))
      } finally {
        ended = true
      }
    })()
    await expect(readBytes('load', endless, 5000)).rejects.toEqual(coded('BAD_FILE', /more than/))
    expect(ended).toBe(true)
  })

  test.each([undefined, null, 7, {}, [1], () => 1])('%j is no source', async (source) => {
    await expect(readBytes('load', source as never, 10)).rejects.toEqual(
      coded('INVALID_ARGUMENT', /^load: the source must be a path/),
    )
  })

  test('says why a source cannot be read', async () => {
    await writeFile(path, '')
    const read = (source: FileSource) => readBytes('load', source, 10)
    await expect(read(join(folder, 'none'))).rejects.toEqual(coded('BAD_FILE', /none': there is no such file/))
    await expect(read(folder)).rejects.toEqual(coded('BAD_FILE', /it is a folder/))
    await expect(read(join(path, 'inside'))).rejects.toEqual(coded('BAD_FILE', /not a directory/))
    await expect(read(`${address()}/none`)).rejects.toEqual(coded('BAD_FILE', /status 404/))
    await expect(read('http://127.0.0.1:1/')).rejects.toEqual(coded('BAD_FILE', /cannot read 'http/))
    const gone = { getFile: () => Promise.reject(new DOMException('x', 'NotFoundError')) }
    await expect(read(gone)).rejects.toEqual(coded('BAD_FILE', /cannot read the source: x/))
    await expect(read(join(folder, 'none'))).rejects.toMatchObject({
      details: { reason: 'ENOENT' },
      cause: { code: 'ENOENT' },
    })
  })

  const systems = (message: string): Error => Object.assign(new Error(message), { code: message.split(':')[0] })
  test.each<[unknown, string, string | undefined]>([
    [systems('ENOSPC: no space left on device, write'), 'no space left on device', 'ENOSPC'],
    [systems("ENOTDIR: not a directory, open '/a, b/c'"), 'not a directory', 'ENOTDIR'],
    [systems("EACCES: permission denied, open '/a\nb'"), 'permission denied', 'EACCES'],
    [systems('EPERM: operation not permitted, open'), 'permission denied', 'EPERM'],
    [systems('ENOENT: no such file or directory, open'), 'there is no such file or folder', 'ENOENT'],
    [systems('EISDIR: illegal operation on a directory, read'), 'it is a folder', 'EISDIR'],
    [
      new Error('the disk said ENOSPC: nothing is left, write'),
      'the disk said ENOSPC: nothing is left, write',
      'Error',
    ],
    [new Error('ECHO: two words, write it'), 'ECHO: two words, write it', 'Error'],
    [new TypeError('fetch failed.'), 'fetch failed', 'TypeError'],
    [new DOMException('Sent away', 'NotAllowedError'), 'Sent away', 'NotAllowedError'],
    ['lost', 'lost', undefined],
    [undefined, 'undefined', undefined],
    [null, 'null', undefined],
  ])('the reason %s is %s', async (cause, words, reason) => {
    const handle = { getFile: vi.fn<() => Promise<never>>().mockRejectedValue(cause) }
    await expect(readBytes('load', handle, 10)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: `load: cannot read the source: ${words}. [BAD_FILE]`,
      details: { reason },
    })
  })

  test('a signal ends the reading', async () => {
    const controller = new AbortController()
    const stream = new ReadableStream<Uint8Array>({ pull: (c) => c.enqueue(new Uint8Array(1)) })
    const chunks = readChunks('load', stream, controller.signal)
    await chunks.next()
    controller.abort()
    await expect(chunks.next()).rejects.toEqual(coded('ABORTED', /aborted/))
    await expect(readBytes('load', content, 1e6, AbortSignal.abort())).rejects.toEqual(coded('ABORTED', /aborted/))
  })

  const never = () => new Promise<never>(() => undefined)
  test.each<[string, (cancelled: () => void) => FileSource]>([
    ['a stream', (cancel) => new ReadableStream({ pull: never, cancel })],
    [
      'a handle',
      (cancel) => ({
        getFile: async () =>
          Object.assign(new Blob(), { stream: () => new ReadableStream<never>({ pull: never, cancel }) }),
      }),
    ],
    ['a handle that does not answer', (cancel) => ({ getFile: () => (cancel(), never()) })],
    [
      'an iterable',
      (cancel) => ({
        [Symbol.asyncIterator]: () => ({
          next: never,
          return: async () => (cancel(), { done: true as const, value: undefined }),
        }),
      }),
    ],
    ['an address', (cancel) => (cancel(), `${address()}/stalled`)],
  ])('a signal is heard while %s stalls, and the source is let go', async (_, source) => {
    const cancelled = vi.fn()
    const controller = new AbortController()
    const reading = readBytes('load', source(cancelled), 1e6, controller.signal)
    setTimeout(() => controller.abort(), 20)
    await expect(reading).rejects.toEqual(coded('ABORTED', /^load: aborted/))
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled())
  })

  test.each<[string, () => FileSource<Uint8Array>]>([
    ['a stream', () => blob.stream()],
    ['an iterable', () => Readable.from([content])],
    ['a file', () => path],
  ])('nobody hears a signal any more when %s is read', async (_, source) => {
    await writeFile(path, content)
    const { signal } = new AbortController()
    await readBytes('load', source(), 1e6, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('an address that says how long it is is not read when that is too long', async () => {
    await expect(readBytes('load', `${address()}/huge`, 2 ** 30)).rejects.toEqual(
      coded('BAD_FILE', /more than maxBytes/),
    )
  })

  test('an answer that is cut off is an error', async () => {
    await expect(readBytes('load', `${address()}/cut`, 1e6)).rejects.toEqual(coded('BAD_FILE', /cannot read 'http/))
  })

  test('pieces may be any bytes, and count; text is none', async () => {
    const source = (piece: unknown) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < 2; i++) controller.enqueue(piece as Uint8Array)
          controller.close()
        },
      })
    const words = Uint16Array.of(0x201, 0x403)
    for (const piece of [words.buffer, new DataView(words.buffer), words, new Uint8Array(words.buffer)]) {
      expect([...(await readBytes('load', source(piece), 8))]).toEqual([1, 2, 3, 4, 1, 2, 3, 4])
      await expect(readBytes('load', source(piece), 7)).rejects.toEqual(coded('BAD_FILE', /more than maxBytes = 7/))
    }
    for (const piece of ['text', 7, null, [1]]) {
      await expect(readBytes('load', source(piece), 8)).rejects.toEqual(
        coded('INVALID_ARGUMENT', /must give bytes, it gave/),
      )
    }
  })
})

describe('writeBytes', () => {
  test.skipIf(process.platform === 'win32')('a file that is replaced stays closed to whom it was closed', async () => {
    for (const mode of [0o600, 0o400]) {
      const path = join(folder, `mode-${mode}`)
      await writeFile(path, 'before', { mode })
      await writeBytes('save', path, Uint8Array.of(1))
      expect((await stat(path)).mode & 0o777).toBe(mode)
      expect(await readFile(path)).toEqual(Buffer.of(1))
      await rm(path)
    }
  })
  test('makes and replaces files, through links too, and leaves nothing else', async () => {
    await writeBytes('save', path, Uint8Array.of(1))
    await writeBytes('save', pathToFileURL(path), Uint8Array.of(2, 3))
    expect([...(await readFile(path))]).toEqual([2, 3])
    const link = join(folder, 'link')
    await symlink(path, link)
    await writeBytes('save', link, Uint8Array.of(4))
    expect(await readlink(link)).toBe(path)
    expect([...(await readFile(path))]).toEqual([4])
    const odd = join(folder, 'a#b?c%20 d')
    await writeBytes('save', pathToFileURL(odd), Uint8Array.of(5))
    expect((await readdir(folder)).sort()).toEqual(['a#b?c%20 d', 'a.bin', 'link'])
  })

  test('many at once in one process', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => writeBytes('save', path, new Uint8Array(50_000).fill(i))))
    const bytes = await readFile(path)
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true)
    expect(bytes).toHaveLength(50_000)
    expect(await readdir(folder)).toEqual(['a.bin'])
  })

  test('says why a target cannot be written', async () => {
    const write = (target: string) => writeBytes('save', target, Uint8Array.of(1))
    await expect(write(join(folder, 'no/such/a.bin'))).rejects.toEqual(coded('BAD_FILE', /no such file or folder/))
    const inside = join(folder, 'folder')
    await mkdir(inside)
    await expect(write(inside)).rejects.toEqual(coded('BAD_FILE', /cannot write '.*folder': it is a folder/))
    await writeFile(path, 'old')
    await expect(write(join(path, 'a.bin'))).rejects.toEqual(coded('BAD_FILE', /not a directory/))
    await expect(write(join(folder, 'x'.repeat(250)))).rejects.toEqual(coded('BAD_FILE', /name too long/))
    expect((await readdir(folder)).sort()).toEqual(['a.bin', 'folder'])
  })

  test.each(['https://example.org/a', new URL('data:,x'), 7, undefined, {}])('%s is no target', async (target) => {
    const writing = writeBytes('save', target as never, Uint8Array.of(1))
    await expect(writing).rejects.toEqual(coded('INVALID_ARGUMENT', /^save: the target must be a path/))
  })

  test.each([
    ['no process', undefined],
    ['the process of a bundler', { env: {} }],
    ['a process without modules', { getBuiltinModule: () => undefined }],
  ])('a path where there are no paths: %s', async (_, process) => {
    vi.stubGlobal('process', process)
    const failed = [writeBytes('save', path, Uint8Array.of(1)), appendText('log', path, 'x')]
    const outcomes = await Promise.allSettled(failed).finally(() => vi.unstubAllGlobals())
    const refused = coded('INVALID_ARGUMENT', /in a browser/)
    expect(outcomes).toEqual(failed.map(() => ({ status: 'rejected', reason: refused })))
  })

  test.each([
    ['writeFile', 'ENOSPC: no space left on device, write', /cannot write '.*': no space left on device\. \[/],
    ['sync', 'EDQUOT: disk quota exceeded, fsync', /: disk quota exceeded\. \[/],
    ['close', 'EIO: i/o error, close', /: i\/o error\. \[/],
    ['rename', "EACCES: permission denied, rename 'a, b' -> 'c'", /: permission denied\. \[/],
    ['open', "EROFS: read-only file system, open 'a'", /: read-only file system\. \[/],
  ])('a failing %s leaves the old file and nothing else', async (step, words, message) => {
    await writeFile(path, 'old')
    const real = process.getBuiltinModule('node:fs/promises')
    const fail = () => Promise.reject(Object.assign(new Error(words), { code: words.split(':')[0] }))
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({
      ...real,
      rename: step === 'rename' ? fail : real.rename,
      open: async (...args: Parameters<typeof real.open>) => {
        if (step === 'open') return fail()
        const file = await real.open(...args)
        const own = { writeFile: () => file.writeFile('half'), sync: () => file.sync(), close: () => file.close() }
        return { ...own, ...(step in own && { [step]: () => (step === 'close' ? file.close().then(fail) : fail()) }) }
      },
    })
    await expect(writeBytes('save', path, content)).rejects.toEqual(coded('BAD_FILE', message))
    expect(await readdir(folder)).toEqual(['a.bin'])
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  test('handles: closed when written, given up on when not', async () => {
    const told: unknown[] = []
    const handle = (write: () => Promise<void>) => ({
      createWritable: () =>
        Promise.resolve({
          write: async (bytes: Uint8Array) => {
            told.push(bytes.length)
            await write()
          },
          close: async () => void told.push('closed'),
          abort: async () => void told.push('given up'),
        }),
    })
    await writeBytes(
      'save',
      handle(() => Promise.resolve()),
      Uint8Array.of(1, 2),
    )
    const full = handle(() => Promise.reject(new DOMException('no space.', 'QuotaExceededError')))
    await expect(writeBytes('save', full, Uint8Array.of(1))).rejects.toEqual(
      coded('BAD_FILE', /cannot write the file: no space\. \[/),
    )
    expect(told).toEqual([2, 'closed', 1, 'given up'])
  })
})

test('appendText makes a file and goes on with it', async () => {
  await appendText('log', path, 'a\n')
  await appendText('log', path, 'ä\n')
  expect(await readFile(path, 'utf8')).toBe('a\nä\n')
  await expect(appendText('log', folder, 'x')).rejects.toEqual(coded('BAD_FILE', /it is a folder/))
})

describe('stores', () => {
  test('keep the last, and nothing at first', async () => {
    for (const store of [memoryStore(), fileStore(path), fileStore(pathToFileURL(join(folder, 'b')))]) {
      expect(await store.load()).toBeUndefined()
      const bytes = Uint8Array.of(1, 2)
      await store.save(bytes)
      bytes[0] = 9
      expect(await store.load()).toEqual(Uint8Array.of(1, 2))
      await store.save(Uint8Array.of(3))
      expect(await store.load()).toEqual(Uint8Array.of(3))
    }
  })

  test('what memoryStore gives is a copy', async () => {
    const store = memoryStore()
    await store.save(Uint8Array.of(1))
    ;(await store.load())!.fill(7)
    expect(await store.load()).toEqual(Uint8Array.of(1))
  })

  test('a handle of the browser: an empty or missing file is none', async () => {
    let kept: Blob | undefined = new Blob([])
    const handle = {
      getFile: () =>
        kept === undefined ? Promise.reject(new DOMException('', 'NotFoundError')) : Promise.resolve(kept),
      createWritable: () =>
        Promise.resolve({
          write: async (b: Uint8Array<ArrayBuffer>) => void (kept = new Blob([b])),
          close: async () => {},
        }),
    }
    const store = fileStore(handle)
    expect(await store.load()).toBeUndefined()
    await store.save(Uint8Array.of(4))
    expect(await store.load()).toEqual(Uint8Array.of(4))
    kept = undefined
    expect(await store.load()).toBeUndefined()
  })

  test('an empty file at a path is something damaged, a folder is an error', async () => {
    await writeFile(path, '')
    expect(await fileStore(path).load()).toEqual(new Uint8Array())
    await expect(fileStore(folder).load()).rejects.toEqual(coded('BAD_FILE', /it is a folder/))
  })
})
