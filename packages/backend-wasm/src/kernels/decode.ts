// What every runtime has, and no library of ES: the parts of it that are used here.
interface Platform {
  readonly atob?: (text: string) => string
  readonly process?: { getBuiltinModule?(name: string): Zlib | undefined }
  readonly DecompressionStream?: new (format: 'deflate-raw') => {
    readonly writable: { getWriter(): Writer }
    readonly readable: { getReader(): Reader }
  }
}

interface Zlib {
  inflateRawSync(bytes: Uint8Array): Uint8Array
}

interface Writer {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

interface Reader {
  read(): Promise<{ readonly value?: Uint8Array }>
}

const platform = (): Required<Platform> => globalThis as Platform as Required<Platform>

/** From base64. */
export function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = platform().atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** From base64 of what was deflated: text as it is compresses badly. */
export async function inflate(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const deflated = decode(base64)
  const { process } = globalThis as Platform
  // Node takes 5 ms to load its streams, and 30 more for its Response, which would read one at once.
  const zlib = process?.getBuiltinModule?.('node:zlib')
  if (zlib !== undefined) return new Uint8Array(zlib.inflateRawSync(deflated))
  const { writable, readable } = new (platform().DecompressionStream)('deflate-raw')
  const writer = writable.getWriter()
  // Together, so that one failure is not left unheard beside another.
  const [bytes] = await Promise.all([all(readable.getReader()), writer.write(deflated), writer.close()])
  return bytes
}

async function all(reader: Reader): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array()
  for (;;) {
    const { value } = await reader.read()
    if (value === undefined) return bytes
    const longer = new Uint8Array(bytes.length + value.length)
    longer.set(bytes)
    longer.set(value, bytes.length)
    bytes = longer
  }
}
