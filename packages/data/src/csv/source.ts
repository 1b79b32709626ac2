import { NeuriteError } from '@neurite/core'
import { readChunks, type FileSource } from '@neurite/files'

/**
 * Where CSV comes from: a path (in Node, Bun and Deno), an address (http, https, data, blob; in a browser any string, taken
 * relative to the page), bytes, a File or Blob, the handle of a file, a stream of bytes or text, or anything else that is
 * asynchronously iterable, such as a stream of Node's. For text that is at hand see {@link parseCsv}.
 */
export type CsvSource = FileSource<Uint8Array | string> | FileSource<string> | FileSource

/** Bytes that come all at once are not made text all at once. */
const PIECE = 2 ** 16

/** How the bytes are read. */
export interface ReadingOptions {
  /** Of bytes, as TextDecoder calls it. Default: 'utf-8'. */
  readonly encoding?: string
  /** Ends the reading with `ABORTED`. */
  readonly signal?: AbortSignal
}

/**
 * The text of a source, piece by piece; the next piece is read only when it is asked for.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no source, `BAD_FILE` for one that cannot be read, `BAD_CSV` for too many
 * bytes, or bytes that the encoding does not have, `ABORTED`
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
      const message = `${where}: the bytes are not ${encoding}; give another encoding.`
      throw new NeuriteError('BAD_CSV', message, { encoding }, cause)
    }
  }
  let bytes = 0
  for await (const chunk of readChunks(where, source as FileSource<Uint8Array | string>, signal)) {
    bytes += chunk.length
    if (bytes > maxBytes) {
      throw new NeuriteError(
        'BAD_CSV',
        `${where}: the source has more than ${maxBytes} bytes; raise maxBytes, or read in batches.`,
        { maxBytes },
      )
    }
    if (typeof chunk === 'string') yield chunk
    else for (let i = 0; i < chunk.length; i += PIECE) yield decode(chunk.subarray(i, i + PIECE))
  }
  yield decode()
}

function decoderOf(where: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (cause) {
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: unknown encoding '${encoding}'.`, { encoding }, cause)
  }
}
