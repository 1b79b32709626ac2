import { sizeOf, type ByteArray, type Json } from '@neurite/core'
import { must, or } from '@neurite/core/arguments'
import { crc32 } from '../bytes/checksum.js'
import { bytesOf, FORMAT_OF, FORMATS, readElements, type FormatName, type HostTensor } from '../bytes/elements.js'
import { badFile } from '../bytes/errors.js'
import { asArray, asObject, isCount, isInherited, parseJson } from '../bytes/json.js'
import { otherFile } from '../bytes/sniff.js'

// https://huggingface.co/docs/safetensors: 8 bytes with the length of the header, the header (JSON), the elements. The header has
// for each name { dtype, shape, data_offsets: [begin, end] }, counted from the header's end, and strings in __metadata__.
// The elements follow each other without gaps and fill the file; that makes the file free of hidden content.

/** What a file may claim. */
export interface Limits {
  /** The most bytes it may have. Default 2^30 (1 GiB). */
  readonly maxBytes?: number
  /** The most tensors it may have. Default 10000. */
  readonly maxTensors?: number
}

/** Reads a limit: a whole number, or Infinity for none. */
export const aLimit = /* @__PURE__ */ must(
  'a whole number >= 0 or Infinity',
  (value): value is number => value === Infinity || isCount(value),
)

/** Readers of {@link Limits}. */
export const LIMITS = { maxBytes: /* @__PURE__ */ or(2 ** 30, aLimit), maxTensors: /* @__PURE__ */ or(10_000, aLimit) }

/** Names, shapes and metadata of the largest networks take less; the format's own limit is 100 MB. */
const MOST_HEADER_BYTES = 2 ** 24

/** A file's content. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, HostTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** The first of the metadata: the CRC-32 of the whole file, with zeros in place of these digits. */
const CHECKSUM = 'neurite.crc32'
const METADATA = '__metadata__'
const OWN = [CHECKSUM, METADATA]
const BEFORE_CHECKSUM = `{"${METADATA}":{"${CHECKSUM}":"`
const CHECKSUM_AT = 8 + BEFORE_CHECKSUM.length
const NO_CHECKSUM = '00000000'

/**
 * A file from its content, with a checksum of all of it.
 *
 * @throws NeuriteError `BAD_FILE` for names and metadata that would not be read: too long, or a name that means something else
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): ByteArray {
  // Wide elements first and a header of a multiple of 8 bytes: every tensor is aligned, as readers that map files into memory want.
  const ordered = [...tensors].sort(([, a], [, b]) => widthOf(b) - widthOf(a))
  let size = 0
  const entries = ordered.map(([name, { dtype, shape, data }]): [string, Json] => {
    const begin = size
    size += data.byteLength
    return [name, { dtype: FORMAT_OF[dtype], shape, data_offsets: [begin, size] }]
  })
  const taken = [...tensors.keys(), ...Object.keys(metadata)].find((name) => isInherited(name) || OWN.includes(name))
  if (taken !== undefined) throw badFile('safetensors', `'${taken}' cannot be a name in a file`)
  // By hand, because objects put names that are numbers first.
  const member = ([name, value]: [string, Json]): string => `,${JSON.stringify(name)}:${JSON.stringify(value)}`
  const [fields, places] = [Object.entries(metadata), entries].map((list) => list.map(member).join(''))
  const text = new TextEncoder().encode(`${BEFORE_CHECKSUM}${NO_CHECKSUM}"${fields}}${places}}`)
  const start = 8 + Math.ceil(text.length / 8) * 8
  if (start - 8 > MOST_HEADER_BYTES) {
    throw badFile(
      'safetensors',
      `names and metadata take ${text.length} bytes, more than the ${MOST_HEADER_BYTES} that are read`,
    )
  }
  const bytes = new Uint8Array(start + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true)
  bytes.fill(0x20, 8, start)
  bytes.set(text, 8)
  let offset = start
  for (const [, { data }] of ordered) {
    bytes.set(bytesOf(data), offset)
    offset += data.byteLength
  }
  bytes.set(ascii(checksumOf(bytes)), CHECKSUM_AT)
  return bytes
}

function widthOf({ dtype }: HostTensor): number {
  return FORMATS[FORMAT_OF[dtype]].bytes
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function checksumOf(bytes: Uint8Array): string {
  const head = crc32(ascii(NO_CHECKSUM), crc32(bytes.subarray(0, CHECKSUM_AT)))
  return crc32(bytes.subarray(CHECKSUM_AT + 8), head)
    .toString(16)
    .padStart(8, '0')
}

/**
 * The content of a file. Reads data alone, and no more than the file has: what it claims is checked before memory is taken. The
 * checksum is checked where there is one; files of Neurite must have it.
 *
 * @throws NeuriteError `BAD_FILE`
 */
export function decodeSafetensors(where: string, bytes: Uint8Array, limits: Required<Limits>): Safetensors {
  if (bytes.length > limits.maxBytes) throw tooLarge(where, limits.maxBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length < 9 ? -1 : Number(view.getBigUint64(0, true))
  if (length < 0 || length > MOST_HEADER_BYTES || bytes[8] !== 0x7b) throw otherFile(where, 'a safetensors file', bytes)
  const start = 8 + length
  if (start > bytes.length) throw badFile(where, `the file is cut off: its header would have ${length} bytes`)
  const { __metadata__, ...entries } = parseHeader(where, bytes.subarray(8, start))
  const { [CHECKSUM]: checksum, ...metadata } = stringsOf(where, __metadata__)
  if (checksum !== undefined || metadata['format']?.startsWith('neurite.') === true) {
    if (checksum !== checksumOf(bytes)) {
      throw badFile(where, 'the checksum is wrong: the file was damaged, or changed by another program')
    }
  }
  const names = Object.keys(entries)
  if (names.length > limits.maxTensors) {
    throw badFile(where, `it has ${names.length} tensors, more than maxTensors = ${limits.maxTensors}`)
  }
  const body = bytes.subarray(start)
  const places = names.map((name) => placeOf(where, name, entries[name]))
  checkFilled(where, places, body.length)
  const tensors = places.map(({ name, format, shape, begin, end }): readonly [string, HostTensor] => {
    const data = readElements(format, body.subarray(begin, end))
    if (data !== undefined) return [name, { dtype: FORMATS[format].dtype, shape, data }]
    throw badFile(where, `'${name}' of ${format} has elements that ${FORMATS[format].dtype} cannot hold`)
  })
  return { tensors: new Map(tensors), metadata }
}

/** @returns the error to throw */
export function tooLarge(where: string, maxBytes: number): Error {
  return badFile(where, `the file has more than maxBytes = ${maxBytes} bytes`)
}

interface Place {
  readonly name: string
  readonly format: FormatName
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function parseHeader(where: string, bytes: Uint8Array): Readonly<Record<string, Json>> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw badFile(where, 'the header is not UTF-8', error)
  }
  const header = asObject(parseJson(where, 'the header', text))
  if (header === undefined) throw badFile(where, 'the header is no object')
  return header
}

function placeOf(where: string, name: string, entry: Json | undefined): Place {
  const { dtype, shape, data_offsets: offsets } = asObject(entry) ?? {}
  const extents = asArray(shape)
  const [begin, end, ...more] = asArray(offsets) ?? []
  if (typeof dtype !== 'string' || !extents?.every(isCount) || !isCount(begin) || !isCount(end) || more.length > 0) {
    throw badFile(where, `the tensor '${name}' is not described by dtype, shape and data_offsets`)
  }
  if (!Object.hasOwn(FORMATS, dtype)) {
    throw badFile(where, `the tensor '${name}' has the dtype ${dtype}; known: ${Object.keys(FORMATS).join(', ')}`)
  }
  const format = dtype as FormatName
  // Also wrong where the product is beyond what numbers count exactly: no file is that long.
  if (end - begin !== sizeOf(extents) * FORMATS[format].bytes) {
    throw badFile(where, `the tensor '${name}' of shape [${extents.join(', ')}] and ${dtype} has ${end - begin} bytes`)
  }
  return { name, format, shape: extents, begin, end }
}

/** Tensors that overlap, leave gaps or reach beyond the end are refused, as the format says. */
function checkFilled(where: string, places: readonly Place[], length: number): void {
  let at = 0
  for (const { name, begin, end } of [...places].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw badFile(where, `the tensor '${name}' begins at byte ${begin}, expected ${at}`)
    at = end
  }
  if (at !== length) throw badFile(where, `the tensors have ${at} bytes, the file has ${length} for them`)
}

function stringsOf(where: string, metadata: Json | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(metadata ?? {}) ?? { '': null })
  if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    return Object.fromEntries(entries)
  }
  throw badFile(where, '__metadata__ must hold strings alone')
}
