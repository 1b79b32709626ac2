import { NeuriteError } from '@neurite/core'
import { readChunks, type FileSource } from '@neurite/files'
import { checkBytes, MARK } from './not-csv.js'

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
  /** Of bytes, as TextDecoder calls it; a byte order mark of UTF-8 or UTF-16 says more. Default: 'utf-8'. */
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
  const text = new Decoder(where, encoding)
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
    else yield* text.push(chunk)
  }
  yield* text.end()
}

/** Bytes become text; what they are, the first of them say. */
class Decoder {
  readonly #where: string
  #encoding: string
  #decoder: TextDecoder
  /** The first bytes, until there are enough; undefined from then on. */
  #head: Uint8Array | undefined = new Uint8Array(0)

  constructor(where: string, encoding: string) {
    this.#where = where
    this.#encoding = encoding
    this.#decoder = this.#of(encoding)
  }

  *push(chunk: Uint8Array): Generator<string, void, undefined> {
    if (this.#head === undefined) return yield* this.#texts(chunk)
    const head = new Uint8Array(this.#head.length + chunk.length)
    head.set(this.#head)
    head.set(chunk, this.#head.length)
    this.#head = head
    if (head.length >= MARK) yield* this.#begin(head)
  }

  *end(): Generator<string, void, undefined> {
    if (this.#head !== undefined) yield* this.#begin(this.#head)
    yield this.#decode()
  }

  #begin(head: Uint8Array): Generator<string, void, undefined> {
    this.#head = undefined
    checkBytes(this.#where, head)
    const marked = MARKS.find(([mark]) => mark.every((byte, i) => head[i] === byte))
    if (marked !== undefined) {
      this.#encoding = marked[1]
      this.#decoder = this.#of(marked[1])
    }
    return this.#texts(head)
  }

  *#texts(bytes: Uint8Array): Generator<string, void, undefined> {
    for (let i = 0; i < bytes.length; i += PIECE) yield this.#decode(bytes.subarray(i, i + PIECE))
  }

  #decode(bytes?: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: bytes !== undefined })
    } catch (cause) {
      const encoding = this.#encoding
      const message = `${this.#where}: the bytes are not ${encoding}; give another encoding.`
      throw new NeuriteError('BAD_CSV', message, { encoding }, cause)
    }
  }

  /** The mark is left to whoever reads the text. */
  #of(encoding: string): TextDecoder {
    try {
      return new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
    } catch (cause) {
      throw new NeuriteError('INVALID_ARGUMENT', `${this.#where}: unknown encoding '${encoding}'.`, { encoding }, cause)
    }
  }
}

/** Byte order marks, which go before what anybody says (https://encoding.spec.whatwg.org/#decode): Excel writes them. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]
