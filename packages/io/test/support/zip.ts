import { crc32, deflateRawSync } from 'node:zlib'

/** A file for {@link zip}; what is given besides name and data is a claim that may be a lie. */
export interface ZipEntry {
  readonly name: string | Uint8Array
  readonly data: Uint8Array
  readonly deflate?: boolean
  readonly method?: number
  readonly flags?: number
  readonly checksum?: number
  readonly length?: number
  readonly packedLength?: number
  readonly offset?: number
}

/** A zip file that shares no code with the writer or the reader. */
export function zip(
  entries: readonly ZipEntry[],
  end: { count?: number; size?: number; start?: number } = {},
): Uint8Array {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const { data, deflate = false, flags = 0x800, checksum = crc32(data), length = data.length, offset = at } = entry
    const name = Buffer.from(entry.name)
    const packed = deflate ? deflateRawSync(data) : Buffer.from(data)
    const { packedLength = packed.length, method = deflate ? 8 : 0 } = entry
    // Version, flags, method, time and date; checksum, lengths; the lengths of the name and of extra fields.
    const common = numbers(
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 2],
      [33, 2],
      [checksum, 4],
      [packedLength, 4],
      [length, 4],
    )
    const lengths = numbers([name.length, 2], [0, 2])
    const local = Buffer.concat([numbers([0x04034b50, 4]), common, lengths, name, packed])
    // Comment, disk, two kinds of attributes, the place of the local header.
    const place = numbers([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4])
    directory.push(Buffer.concat([numbers([0x02014b50, 4], [20, 2]), common, lengths, place, name]))
    files.push(local)
    at += local.length
  }
  const heads = Buffer.concat(directory)
  const { count = entries.length, size = heads.length, start = at } = end
  const last = numbers([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [start, 4], [0, 2])
  return new Uint8Array(Buffer.concat([...files, heads, last]))
}

function numbers(...fields: readonly [value: number, bytes: 2 | 4][]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes)
      field.writeUIntLE(value, 0, bytes)
      return field
    }),
  )
}
