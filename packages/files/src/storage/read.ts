import { NeuriteError } from '@neurite/core'
import { show } from '@neurite/core/arguments'
import { badFile } from '../bytes/errors.js'
import { tooLarge } from '../safetensors/format.js'
import { failure } from './failure.js'
import { builtin } from './node.js'

/** What is used of a FileSystemFileHandle to read. */
export interface ReadableFileHandle {
  getFile(): Promise<Blob>
}

/**
 * Where bytes come from: bytes, a Blob or File, a path (in Node, Bun and Deno), an address (http, https, data, blob; in a browser
 * any string, taken relative to the page), the handle of a file (`showOpenFilePicker`, `showSaveFilePicker`, OPFS), a stream, or
 * anything else that is asynchronously iterable.
 */
export type FileSource<Chunk = Uint8Array> =
  string | URL | Blob | Uint8Array | ArrayBuffer | ReadableFileHandle | ReadableStream<Chunk> | AsyncIterable<Chunk>

/** How many bytes of a file are read at once. */
const CHUNK = 2 ** 16

/**
 * The content of a source, piece by piece; the next piece is read when it is asked for, and whoever stops asking closes the source.
 * A signal is heard while a piece is waited for, too.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no source, `BAD_FILE` for one that cannot be read, `ABORTED`
 */
export function readChunks<Chunk extends Uint8Array | string = Uint8Array>(
  where: string,
  source: FileSource<Chunk>,
  signal?: AbortSignal,
): AsyncGenerator<Chunk | Uint8Array, void, undefined> {
  return chunksOf(where, source, signal, Infinity)
}

/**
 * All bytes of a source, of which no more than `maxBytes` are taken; what says beforehand that it has more is not read.
 *
 * @throws NeuriteError as {@link readChunks}; `BAD_FILE` for one that has more
 */
export async function readBytes(
  where: string,
  source: FileSource,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunksOf(where, source, signal, maxBytes)) {
    if (typeof chunk === 'string') throw noBytes(where, chunk)
    length += chunk.length
    if (length > maxBytes) throw tooLarge(where, maxBytes)
    chunks.push(chunk)
  }
  if (chunks.length === 1) return chunks[0]!
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

async function* chunksOf<Chunk extends Uint8Array | string>(
  where: string,
  source: FileSource<Chunk>,
  signal: AbortSignal | undefined,
  maxBytes: number,
): AsyncGenerator<Chunk | Uint8Array, void, undefined> {
  const name = typeof source === 'string' || source instanceof URL ? `'${String(source)}'` : 'the source'
  try {
    checkSignal(where, signal)
    const chunks = (await heeding(signal, open(where, source, signal, maxBytes)))[Symbol.asyncIterator]()
    try {
      for (;;) {
        checkSignal(where, signal)
        const { done, value } = await heeding(signal, chunks.next())
        if (done === true) return
        checkSignal(where, signal)
        yield asChunk(where, value)
      }
    } finally {
      const closed = chunks.return?.()
      // A source that stalls would not be closed before its next piece comes.
      if (signal?.aborted === true) closed?.catch(() => undefined)
      else await closed
    }
  } catch (cause) {
    checkSignal(where, signal)
    throw NeuriteError.isInstance(cause) ? cause : failure(where, `cannot read ${name}`, cause)
  }
}

/** Streams also give ArrayBuffers, which have no `length` to count. */
function asChunk<Chunk>(where: string, chunk: Chunk | Uint8Array): Chunk | Uint8Array {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw noBytes(where, chunk)
}

function noBytes(where: string, chunk: unknown): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', `${where}: the source must give bytes, it gave ${show(chunk)}.`)
}

/** What was waited for, unless the signal comes first. */
async function heeding<T>(signal: AbortSignal | undefined, waited: Promise<T>): Promise<T> {
  if (signal === undefined) return waited
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('aborted'))
    signal.addEventListener('abort', stop)
  })
  return Promise.race([waited, aborted]).finally(() => signal.removeEventListener('abort', stop))
}

async function open<Chunk>(
  where: string,
  source: FileSource<Chunk>,
  signal: AbortSignal | undefined,
  maxBytes: number,
): Promise<AsyncIterable<Chunk | Uint8Array>> {
  if (typeof source === 'string' || source instanceof URL) {
    if (!isAddress(source) && builtin('node:fs/promises') !== undefined) return fileChunks(source)
    const { ok, status, body, headers } = await fetch(source, { ...(signal && { signal }) })
    const claimed = Number(headers.get('content-length'))
    if (ok && !(claimed > maxBytes)) return body === null ? only() : streamChunks(body, signal)
    await body?.cancel()
    throw ok ? tooLarge(where, maxBytes) : badFile(where, `cannot read '${String(source)}': status ${status}`)
  }
  if (source instanceof Uint8Array) return only(source)
  if (source instanceof ArrayBuffer) return only(new Uint8Array(source))
  if (typeof source === 'object' && source !== null) {
    if ('getFile' in source) return streamChunks((await source.getFile()).stream(), signal)
    if (source instanceof Blob) return streamChunks(source.stream(), signal)
    if ('getReader' in source) return streamChunks(source, signal)
    if (Symbol.asyncIterator in source) return source
  }
  const expected = 'a path, an address, a Blob, bytes, the handle of a file or a stream'
  throw new NeuriteError('INVALID_ARGUMENT', `${where}: the source must be ${expected}, got ${show(source)}.`)
}

/** True for what is an address rather than a path. */
export function isAddress(source: string | URL): boolean {
  return typeof source === 'string' ? /^(https?|data|blob):/i.test(source) : source.protocol !== 'file:'
}

async function* only(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks
}

/** Not every browser can iterate a stream. */
async function* streamChunks<Chunk>(
  stream: ReadableStream<Chunk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, void, undefined> {
  const reader = stream.getReader()
  // Ends a reading that waits.
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => undefined)
  signal?.addEventListener('abort', stop)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    await reader.cancel()
  }
}

async function* fileChunks(path: string | URL): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await builtin('node:fs/promises')!.open(path, 'r')
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK)
      const { bytesRead } = await file.read(chunk)
      if (bytesRead === 0) return
      yield chunk.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

function checkSignal(where: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new NeuriteError('ABORTED', `${where}: aborted.`, { reason: signal.reason })
}
