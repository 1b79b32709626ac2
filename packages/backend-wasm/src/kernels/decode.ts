interface Stream {
  pipeThrough(through: never): Stream
}

// What every runtime has, and no library of ES: the parts of it that are used here.
interface Platform {
  readonly atob?: (text: string) => string
  readonly Blob?: new (parts: Uint8Array<ArrayBuffer>[]) => { stream(): Stream }
  readonly DecompressionStream?: new (format: 'deflate-raw') => object
  readonly Response?: new (body: never) => { arrayBuffer(): Promise<ArrayBuffer> }
}

const platform = (): Required<Platform> => globalThis as Platform as Required<Platform>

/** From base64. */
export function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(platform().atob(base64), (character) => character.charCodeAt(0))
}

/** From base64 of what was deflated: text as it is compresses badly. */
export async function inflate(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const { Blob, DecompressionStream, Response } = platform()
  const stream = new Blob([decode(base64)]).stream().pipeThrough(new DecompressionStream('deflate-raw') as never)
  return new Uint8Array(await new Response(stream as never).arrayBuffer())
}
