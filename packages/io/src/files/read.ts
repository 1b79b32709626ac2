import { NeuriteError } from '@neurite/core'
import { checkBytes } from '../bytes/bytes.js'
import { MOST_BYTES, tooLarge } from '../safetensors/format.js'
import { isAddress, nodeFiles } from './node.js'

/**
 * Where a file comes from: its bytes, a Blob or File, a path (in Node, Bun and Deno), or an address (http, https, data, blob; in a
 * browser any string, taken relative to the page).
 */
export type FileSource = string | URL | Blob | Uint8Array | ArrayBuffer

/**
 * The bytes of a file, of which no more than `maxBytes` are read.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a source that cannot be read, `BAD_FILE` for one that is too large
 */
export async function readBytes(where: string, source: FileSource, maxBytes = MOST_BYTES): Promise<Uint8Array> {
  if (source instanceof Blob) {
    if (source.size > maxBytes) throw tooLarge(where, source.size, maxBytes)
    return new Uint8Array(await source.arrayBuffer())
  }
  if (typeof source !== 'string' && !(source instanceof URL)) return checkBytes(where, source)
  const unreadable = (cause: unknown): NeuriteError => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new NeuriteError('INVALID_ARGUMENT', `${where}: cannot read '${String(source)}': ${reason}.`, {}, cause)
  }
  const files = isAddress(source) ? undefined : await nodeFiles()
  if (files !== undefined) {
    const { size } = await files.stat(source).catch((cause: unknown) => {
      throw unreadable(cause)
    })
    if (size > maxBytes) throw tooLarge(where, size, maxBytes)
    return files.readFile(source).catch((cause: unknown) => {
      throw unreadable(cause)
    })
  }
  const response = await fetch(source).catch((cause: unknown) => {
    throw unreadable(cause)
  })
  if (!response.ok) throw unreadable(`status ${response.status}`)
  return readStream(where, response.body ?? new Blob([]).stream(), maxBytes)
}

/** A server may send more than it announced: the bytes are counted as they come. */
async function readStream(where: string, stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
      if (length > maxBytes) throw tooLarge(where, length, maxBytes)
      chunks.push(value)
    }
  } finally {
    await reader.cancel()
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
