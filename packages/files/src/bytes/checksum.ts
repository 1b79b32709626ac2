let table: Uint32Array | undefined

/**
 * CRC-32 (ISO 3309), as zip, PNG and gzip have it: another number for each flipped bit, and for each damage of up to 32 bits in a row.
 * It finds accidents; who changes a file on purpose can change the number, too.
 *
 * @param before - of the bytes that come before these
 * @example
 * ```ts
 * import { crc32 } from '@neurite/files'
 * crc32(new TextEncoder().encode('123456789')) === 0xcbf43926 // => true
 * ```
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  table ??= Uint32Array.from({ length: 256 }, (_, i) => {
    let rest = i
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
    return rest
  })
  let crc = ~before
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}
