import { crc32 } from 'node:zlib'

/** A tensor as a file would claim it to be. */
export interface Claim {
  readonly dtype: unknown
  readonly shape: unknown
  readonly data: readonly number[]
}

/** A safetensors file that shares no code with the writer, with any lie one likes. */
export function file(tensors: Readonly<Record<string, Claim>>, metadata?: unknown): Uint8Array {
  let at = 0
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const begin = at
    at += data.length
    return [name, { dtype, shape, data_offsets: [begin, at] }]
  })
  const header = { ...(metadata !== undefined && { __metadata__: metadata }), ...Object.fromEntries(entries) }
  return raw(
    JSON.stringify(header),
    Object.values(tensors).flatMap(({ data }) => data),
  )
}

/** A file from the text of its header and its elements. */
export function raw(header: string, body: readonly number[] = [], length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + body.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(body, 8 + text.length)
  return bytes
}

/** Metadata of a file of Neurite, whose checksum is still to be written. */
export const claims = (kind: string, fields: Readonly<Record<string, string>>) => ({
  'neurite.crc32': '00000000',
  format: `neurite.${kind}`,
  version: '1',
  ...fields,
})

/** The same file with the checksum that it should have, by zlib. */
export function signed(bytes: Uint8Array): Uint8Array {
  const at = 8 + '{"__metadata__":{"neurite.crc32":"'.length
  const copy = bytes.slice()
  copy.set(Buffer.from('00000000'), at)
  copy.set(Buffer.from(crc32(copy).toString(16).padStart(8, '0')), at)
  return copy
}
