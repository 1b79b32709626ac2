import { badFile, blamed, crc32, otherFile } from '@neurite/files'
import { Inflate } from 'fflate'

// PKWARE's APPNOTE.TXT, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT: the files, each after a local header; a directory
// with a header for each file (4.3.12); a record that says where the directory is (4.3.16), after which only a comment comes. What the
// directory says is true: local headers may leave sizes open, as numpy's do.

const END_RECORD = 0x06054b50
const DIRECTORY_HEADER = 0x02014b50
const LOCAL_HEADER = 0x04034b50
const STORED = 0
const DEFLATED = 8
/** What deflate makes of a byte at most: 258 bytes of 2 bits. */
const MOST_GROWTH = 1032
/** Of packed bytes that are unpacked at once: at most 17 MB come out before they are counted. */
const PIECE = 2 ** 14

/** What is read of a zip file at most. */
export interface ZipLimits {
  readonly maxFiles: number
  /** Of all files together, unpacked. */
  readonly maxBytes: number
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly checksum: number
  readonly packed: Uint8Array
  /** Its place in the file, with its local header. */
  readonly begin: number
  readonly end: number
  /** How long it claims to be, unpacked. */
  readonly length: number
}

/**
 * The files in a zip file, unpacked. What the directory claims is checked before memory is taken, and what is unpacked while it is.
 *
 * @throws NeuriteError `BAD_FILE`
 */
export function readZip(where: string, bytes: Uint8Array, limits: ZipLimits): ReadonlyMap<string, Uint8Array> {
  const entries = readDirectory(where, bytes, limits)
  const files = new Map<string, Uint8Array>()
  for (const entry of entries) {
    if (files.has(entry.name)) throw badFile(where, `two files are named '${entry.name}'`)
    files.set(entry.name, new Uint8Array())
  }
  const length = entries.reduce((sum, entry) => sum + entry.length, 0)
  if (length > limits.maxBytes) {
    throw badFile(where, `its files have ${length} bytes unpacked, more than maxBytes = ${limits.maxBytes}`)
  }
  checkApart(where, entries)
  for (const entry of entries) files.set(entry.name, unpack(`${where}: '${entry.name}'`, entry))
  return files
}

/** Many names for the same bytes are a bomb: https://www.bamsoftware.com/hacks/zipbomb. */
function checkApart(where: string, entries: readonly Entry[]): void {
  let last = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin)) {
    if (begin < last) throw badFile(where, `'${name}' shares bytes with another file`)
    last = end
  }
}

function readDirectory(where: string, bytes: Uint8Array, { maxFiles }: ZipLimits): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  if (end === undefined) {
    if (bytes[0] !== 0x50) throw otherFile(where, 'an NPZ file', bytes)
    throw badFile(where, 'the bytes do not end as a zip file; the file is cut off')
  }
  const count = view.getUint16(end + 10, true)
  const size = view.getUint32(end + 12, true)
  const start = view.getUint32(end + 16, true)
  if (count > maxFiles) throw badFile(where, `it has ${count} files, more than the ${maxFiles} allowed`)
  if (start + size > end) throw badFile(where, 'the directory is not where it should be; zip64 is not read here')
  const entries: Entry[] = []
  let at = start
  while (entries.length < count) {
    if (at + 46 > start + size || view.getUint32(at, true) !== DIRECTORY_HEADER) {
      throw badFile(where, `the directory is cut off after ${entries.length} of ${count} files`)
    }
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    const name = decodeName(where, bytes.subarray(at + 46, nameEnd))
    entries.push(readEntry(`${where}: '${name}'`, view, at, name, bytes, start))
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

/** The place of the last record; its comment reaches to the end of the file. */
function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === END_RECORD && view.getUint16(at + 20, true) === last - at) return at
  }
  return undefined
}

function readEntry(
  where: string,
  view: DataView,
  at: number,
  name: string,
  bytes: Uint8Array,
  filesEnd: number,
): Entry {
  const flags = view.getUint16(at + 8, true)
  const method = view.getUint16(at + 10, true)
  const packedLength = view.getUint32(at + 20, true)
  const length = view.getUint32(at + 24, true)
  const local = view.getUint32(at + 42, true)
  if ((flags & 1) === 1) throw badFile(where, 'it is encrypted')
  if (method !== STORED && method !== DEFLATED)
    throw badFile(where, `the compression method ${method} is not read here`)
  if (local + 30 > filesEnd || view.getUint32(local, true) !== LOCAL_HEADER) {
    throw badFile(where, 'the directory points to no file')
  }
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  const end = start + packedLength
  if (end > filesEnd) throw badFile(where, 'it reaches into the directory')
  const packed = bytes.subarray(start, end)
  return { name, method, checksum: view.getUint32(at + 16, true), packed, begin: local, end, length }
}

function decodeName(where: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw badFile(where, 'the name of a file is not UTF-8', error)
  }
}

function unpack(where: string, { method, packed, length, checksum }: Entry): Uint8Array {
  if (length > packed.length * (method === STORED ? 1 : MOST_GROWTH)) {
    throw badFile(where, `${packed.length} bytes cannot be the ${length} that it claims`)
  }
  const file = method === STORED ? packed : inflate(where, packed, length)
  if (file.length !== length) throw badFile(where, `it has ${file.length} bytes unpacked, expected ${length}`)
  if (crc32(file) !== checksum) throw badFile(where, 'its checksum is wrong; the file is damaged')
  return file
}

/** Stops at the first piece that makes more than was claimed: a zip bomb is not unpacked. */
function inflate(where: string, packed: Uint8Array, length: number): Uint8Array {
  const file = new Uint8Array(length)
  let at = 0
  const stream = new Inflate((piece) => {
    if (at + piece.length > length) throw badFile(where, `it has more than the ${length} bytes that it claims`)
    file.set(piece, at)
    at += piece.length
  })
  try {
    for (let begin = 0; begin === 0 || begin < packed.length; begin += PIECE) {
      stream.push(packed.subarray(begin, begin + PIECE), begin + PIECE >= packed.length)
    }
  } catch (error) {
    throw blamed(`${where}: it cannot be unpacked`, error)
  }
  return file.subarray(0, at)
}
