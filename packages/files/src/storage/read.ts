import { NeuriteError } from '@neurite/core'
import { show } from '@neurite/core/arguments'
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
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no source, `BAD_FILE` for one that cannot be read, `ABORTED`
 */
export async function* readChunks<Chunk extends Uint8Array | string = Uint8Array>(
  where: string,
  source: FileSource<Chunk>,
  signal?: AbortSignal,
): AsyncGenerator<Chunk | Uint8Array, void, undefined> {
  checkSignal(where, signal)
  const name = typeof source === 'string' || source instanceof URL ? `'${String(source)}'` : 'the source'
  try {
    for await (const chunk of await open(where, source, signal)) {
      checkSignal(where, signal)
      yield chunk
    }
  } catch (cause) {
    checkSignal(where, signal)
    throw NeuriteError.isInstance(cause) ? cause : failure(where, `cannot read ${name}`, cause)
  }
}

/**
 * All bytes of a source, of which no more than `maxBytes` are taken.
 *
 * @throws NeuriteError as {@link readChunks}; `BAD_FILE` for one that has more
 */
export async function readBytes(where: string, source: FileSource, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of readChunks(where, source)) {
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

async function open<Chunk>(
  where: string,
  source: FileSource<Chunk>,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Chunk | Uint8Array> | readonly Uint8Array[]> {
  if (typeof source === 'string' || source instanceof URL) {
    if (!isAddress(source) && builtin('node:fs/promises') !== undefined) return fileChunks(source)
    const { ok, status, body } = await fetch(source, { ...(signal && { signal }) })
    if (!ok) throw new NeuriteError('BAD_FILE', `${where}: cannot read '${String(source)}': status ${status}.`)
    return body === null ? [] : streamChunks(body)
  }
  if (source instanceof Uint8Array) return [source]
  if (source instanceof ArrayBuffer) return [new Uint8Array(source)]
  if (typeof source === 'object' && source !== null) {
    if ('getFile' in source) return streamChunks((await source.getFile()).stream())
    if (source instanceof Blob) return streamChunks(source.stream())
    if ('getReader' in source) return streamChunks(source)
    if (Symbol.asyncIterator in source) return source
  }
  const expected = 'a path, an address, a Blob, bytes, the handle of a file or a stream'
  throw new NeuriteError('INVALID_ARGUMENT', `${where}: the source must be ${expected}, got ${show(source)}.`)
}

/** True for what is an address rather than a path. */
export function isAddress(source: string | URL): boolean {
  return typeof source === 'string' ? /^(https?|data|blob):/i.test(source) : source.protocol !== 'file:'
}

/** Not every browser can iterate a stream. */
async function* streamChunks<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk, void, undefined> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
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
