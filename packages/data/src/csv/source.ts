import { NeuriteError } from '@neurite/core'

/**
 * Where CSV comes from: a path (in Node, Bun and Deno), an address (http, https, data, blob; in a browser any string, taken
 * relative to the page), a File or Blob, a stream of bytes or text, or anything else that is asynchronously iterable,
 * such as a stream of Node's. For text that is at hand see {@link parseCsv}.
 */
export type CsvSource =
  string | URL | Blob | ReadableStream<Uint8Array> | ReadableStream<string> | AsyncIterable<Uint8Array | string>

/** How the bytes are read. */
export interface ReadingOptions {
  /** Of bytes, as TextDecoder calls it. Default: 'utf-8'. */
  readonly encoding?: string
  /** Ends the reading with `ABORTED`. */
  readonly signal?: AbortSignal
}

/** What is used of `node:fs`. */
interface NodeFiles {
  createReadStream(path: string | URL): AsyncIterable<Uint8Array>
}

type Chunks = AsyncIterable<Uint8Array | string>

/**
 * The text of a source, piece by piece; the next piece is read only when it is asked for.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a source that cannot be read, `BAD_CSV` for too many bytes, or bytes that the
 * encoding does not have, `ABORTED`
 */
export async function* textOf(
  where: string,
  source: CsvSource,
  { encoding = 'utf-8', signal, maxBytes }: ReadingOptions & { readonly maxBytes: number },
): AsyncGenerator<string, void, undefined> {
  const decoder = decoderOf(where, encoding)
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch (cause) {
      throw new NeuriteError('BAD_CSV', `${where}: the bytes are not ${encoding}; give another encoding.`, {
        encoding,
        cause,
      })
    }
  }
  let bytes = 0
  checkSignal(where, signal)
  for await (const chunk of await open(where, source, signal)) {
    checkSignal(where, signal)
    bytes += chunk.length
    if (bytes > maxBytes) {
      throw new NeuriteError(
        'BAD_CSV',
        `${where}: the source has more than ${maxBytes} bytes; raise maxBytes, or read in batches.`,
        { maxBytes },
      )
    }
    yield typeof chunk === 'string' ? chunk : decode(chunk)
  }
  yield decode()
}

async function open(where: string, source: CsvSource, signal: AbortSignal | undefined): Promise<Chunks> {
  if (typeof source === 'string' || source instanceof URL) {
    const isFile = typeof source === 'string' ? !/^(https?|data|blob):/i.test(source) : source.protocol === 'file:'
    if (isFile && hasFiles()) return fileChunks(where, source)
    return responseChunks(where, source, signal)
  }
  if (source instanceof Blob) return streamChunks(source.stream())
  if (source instanceof ReadableStream) return streamChunks(source)
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) return source
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: the source must be a path, a URL, a Blob or a stream, got ${typeof source}.`,
  )
}

/** Not every browser can iterate a stream. */
async function* streamChunks(stream: ReadableStream<Uint8Array | string>): Chunks {
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

async function responseChunks(where: string, url: string | URL, signal: AbortSignal | undefined): Promise<Chunks> {
  const response = await fetch(url, { ...(signal && { signal }) }).catch((cause: unknown) => {
    checkSignal(where, signal)
    throw unreadable(where, url, cause)
  })
  if (!response.ok) throw unreadable(where, url, `status ${response.status}`)
  return streamChunks(response.body ?? new Blob([]).stream())
}

async function* fileChunks(where: string, path: string | URL): Chunks {
  // A name in a variable: a bundler for browsers does not look for the module.
  const name = 'node:fs'
  const files = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as NodeFiles
  const chunks = files.createReadStream(path)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await chunks.next().catch((cause: unknown) => {
        throw unreadable(where, path, cause)
      })
      if (done === true) return
      yield value
    }
  } finally {
    await chunks.return?.()
  }
}

function hasFiles(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }
  return process?.versions?.node !== undefined
}

function unreadable(where: string, source: string | URL, cause: unknown): NeuriteError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new NeuriteError('INVALID_ARGUMENT', `${where}: cannot read '${source.toString()}': ${reason}.`, {
    source,
    cause,
  })
}

function decoderOf(where: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: unknown encoding '${encoding}'.`, { encoding })
  }
}

function checkSignal(where: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new NeuriteError('ABORTED', `${where}: aborted.`, { reason: signal.reason })
}
