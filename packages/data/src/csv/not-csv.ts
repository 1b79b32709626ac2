import { NeuriteError } from '@neurite/core'

/* eslint-disable no-control-regex -- files begin with such characters */

/** How what is often taken for CSV begins, byte for character; what it is, and the way on from there. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  // Not every '<': exports of stock prices have headers such as <DATE>.
  [
    /^\s*<(?:!doctype|html|\?xml)\b/i,
    'a page of HTML or XML, such as servers send in place of a missing file; check the address',
  ],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS in place of the file itself; git lfs pull fetches it'],
  [/^PK[\x03\x05]|^\xd0\xcf\x11\xe0/, 'an archive, as workbooks of Excel are; save the sheet as CSV, or unpack it'],
  [/^\x1f\x8b/, "packed by gzip; unpack it: stream.pipeThrough(new DecompressionStream('gzip'))"],
  [/^PAR1[\0-\x08\x0e-\x1f]/, 'a Parquet file; save it as CSV'],
]

/** Characters that are enough to know them by, if the first line is not shorter. */
export const BEGINNING = 32

/** Whether there is enough of a text to look at its first line: whoever reads a live stream wants a row as soon as it is there. */
export function isBeginning(text: string): boolean {
  // A \n may follow the last \r.
  return text.length >= BEGINNING || /\n|\r[^]/.test(text)
}

/** @throws NeuriteError `BAD_CSV` for another kind of file */
export function checkKind(where: string, begin: string): void {
  const kind = KINDS.find(([pattern]) => pattern.test(begin))?.[1]
  if (kind !== undefined) throw new NeuriteError('BAD_CSV', `${where}: this is no CSV, but ${kind}.`)
}

/** @throws NeuriteError `BAD_CSV` for characters that no text has: UTF-16 that was read as UTF-8 has one beside each letter */
export function checkText(where: string, begin: string): void {
  checkKind(where, begin)
  if (!/[\0\uFFFE]/.test(begin)) return
  const message = `${where}: this is binary, or text in another encoding; for UTF-16 give encoding: 'utf-16le' or 'utf-16be'.`
  throw new NeuriteError('BAD_CSV', message)
}
