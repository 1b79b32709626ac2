import { NeuriteError } from '@neurite/core'

/* eslint-disable no-control-regex -- files begin with such characters */

/** How files that are no text begin, byte for character. */
const BINARY: readonly (readonly [RegExp, string])[] = [
  [/^PK[\x03\x05]|^\xd0\xcf\x11\xe0/, 'an archive, as workbooks of Excel are; save the sheet as CSV, or unpack it'],
  [/^\x1f\x8b/, "packed by gzip; unpack it: stream.pipeThrough(new DecompressionStream('gzip'))"],
]

/** How what is often taken for CSV begins; what it is, and the way on from there. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  ...BINARY,
  // Not every '<': exports of stock prices have headers such as <DATE>.
  [
    /^\s*<(?:!doctype|html|\?xml)\b/i,
    'a page of HTML or XML, such as servers send in place of a missing file; check the address',
  ],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS in place of the file itself; git lfs pull fetches it'],
  [/^PAR1[\0-\x08\x0e-\x1f]/, 'a Parquet file; save it as CSV'],
]

/** Bytes by which binary files and byte order marks are known. */
export const MARK = 4

/** Characters by which the others are known, if the first line is not shorter. */
const BEGINNING = 32

/**
 * What a text is known by: its first line that is not blank, as far as it is looked at. Undefined where it is not all there yet:
 * whoever reads a live stream wants a row as soon as it is there, and pieces of any size give the same.
 *
 * @param whole - whether nothing follows
 */
export function beginningOf(text: string, whole: boolean): string | undefined {
  // A \n may follow the last \r.
  const line = /^\s*\S[^\n\r]*(?:\n|\r[^])/.exec(text.slice(0, BEGINNING + 1))
  if (line !== null || whole || text.length > BEGINNING) return (line?.[0] ?? text).slice(0, BEGINNING)
  return undefined
}

function checkKind(where: string, begin: string, kinds: typeof KINDS): void {
  const kind = kinds.find(([pattern]) => pattern.test(begin))?.[1]
  if (kind !== undefined) throw new NeuriteError('BAD_CSV', `${where}: this is no CSV, but ${kind}.`)
}

/** @throws NeuriteError `BAD_CSV` for the first bytes of another kind of file */
export function checkBytes(where: string, bytes: Uint8Array): void {
  checkKind(where, String.fromCharCode(...bytes.subarray(0, MARK)), BINARY)
}

/** @throws NeuriteError `BAD_CSV` for characters that no text has: UTF-16 that was read as UTF-8 has one beside each letter */
export function checkText(where: string, begin: string): void {
  checkKind(where, begin, KINDS)
  if (!/[\0\uFFFE]/.test(begin)) return
  const message = `${where}: this is binary, or text in another encoding; for UTF-16 give encoding: 'utf-16le' or 'utf-16be'.`
  throw new NeuriteError('BAD_CSV', message)
}
