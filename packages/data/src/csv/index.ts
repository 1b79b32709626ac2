import { NeuriteError } from '@neurite/core'
import { aString, having, mustBe, optional, or, readOptions, whole } from '@neurite/core/arguments'
import type { Table } from '../table/table.js'
import type { ColumnType } from './cells.js'
import { checkDistinct, csvReaders, type CsvOptions } from './options.js'
import { RowReader } from './row-reader.js'
import { textOf, type CsvSource, type ReadingOptions } from './source.js'
import { TableBuilder } from './table-builder.js'

export type { ColumnType, CsvOptions, CsvSource, ReadingOptions }

/** Options of {@link readCsv}. */
export interface ReadCsvOptions extends CsvOptions, ReadingOptions {}

/** Options of {@link readCsvBatches}. */
export interface ReadCsvBatchesOptions extends ReadCsvOptions {
  /** Rows a table, at least 1; the last may have fewer. Default: 1000. */
  readonly batchSize?: number
}

const LIMITS = { maxRows: 10_000_000, maxBytes: 2 ** 30 }
const READING = {
  encoding: /* @__PURE__ */ optional(aString),
  signal: /* @__PURE__ */ optional(/* @__PURE__ */ having<AbortSignal>('an AbortSignal', 'aborted')),
}
const NO_LIMITS = { maxRows: Infinity, maxBytes: Infinity }

/**
 * A table from CSV text: RFC 4180, with an optional byte order mark. Each \n, \r\n and \r outside of quotes ends a line; an empty line
 * is left out, a quoted empty field is a value that is missing.
 *
 * A column has numbers (NaN where one is missing) if all its values are; true and false are 1 and 0; anything else is text (''
 * where one is missing). Digits that would not come back, with leading zeros or more than float64 holds, are text: ids stay what they
 * are. `types` decides differently. A row with too few or too many fields, or with broken quotes, is an error with the number of
 * its line; nothing is left out silently.
 *
 * @param text - for files and addresses see {@link readCsv}
 * @param options - `delimiter` (',' or 'auto'), `quote`, `header` (true, false or names), `skipLines`, `missing`, `decimal`,
 * `thousands`, `types`, `target`, `maxRows`, `maxBytes`
 * @throws NeuriteError `BAD_CSV` with the line, `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { parseCsv } from '@neurite/data'
 * const table = parseCsv('name,height,weight\n"Kim, A.",180,75\nLee,165,NA\n')
 * table.column('name') // => ['Kim, A.', 'Lee']
 * table.column('weight') // => [75, NaN]
 * parseCsv('a;b\n1;2', { delimiter: 'auto' }).row(0) // => { a: 1, b: 2 }
 * parseCsv('a;b\n1.234,5;true', { delimiter: ';', decimal: ',', thousands: '.' }).row(0) // => { a: 1234.5, b: 1 }
 * parseCsv('id,n\n0042,42\n').row(0) // => { id: '0042', n: 42 }
 * parseCsv('a,b\n1,2\n3\n') // => throws BAD_CSV
 * ```
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  const where = 'parseCsv'
  const resolved = readOptions(where, options, csvReaders(LIMITS))
  checkDistinct(where, resolved)
  if (typeof text !== 'string') throw mustBe(where, 'text', 'a string (for anything else see readCsv)', text)
  if (text.length > resolved.maxBytes) {
    throw new NeuriteError(
      'BAD_CSV',
      `${where}: the text has more than ${resolved.maxBytes} characters; raise maxBytes.`,
    )
  }
  const reader = new RowReader(where, resolved)
  const builder = new TableBuilder(where, resolved)
  for (const row of reader.push(text)) builder.add(row)
  for (const row of reader.end()) builder.add(row)
  return builder.take()
}

/**
 * A table from a CSV file, an address or a stream; how it is read: {@link parseCsv}.
 *
 * @param source - a path, an http(s) address, bytes, a File or Blob, the handle of a file, or a stream of bytes or text
 * @param options - those of {@link parseCsv}, and `encoding` (default 'utf-8'), `signal`
 * @throws NeuriteError `BAD_CSV` with the line, `BAD_FILE` for a source that cannot be read, `INVALID_ARGUMENT`, `ABORTED`,
 * `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { readCsv } from '@neurite/data'
 * const table = await readCsv('iris.csv', { target: 'species' })
 * table.numRows // => 150
 * table.features.columns // => ['sepal_length_cm', 'sepal_width_cm', 'petal_length_cm', 'petal_width_cm']
 * const small = await readCsv(new Blob(['a,b\n1,x\n']))
 * small.row(0) // => { a: 1, b: 'x' }
 * ```
 */
export async function readCsv(source: CsvSource, options: ReadCsvOptions = {}): Promise<Table> {
  const where = 'readCsv'
  const resolved = readOptions(where, options, { ...csvReaders(LIMITS), ...READING })
  checkDistinct(where, resolved)
  const reader = new RowReader(where, resolved)
  const builder = new TableBuilder(where, resolved)
  for await (const text of textOf(where, source, { ...options, maxBytes: resolved.maxBytes })) {
    for (const row of reader.push(text)) builder.add(row)
  }
  for (const row of reader.end()) builder.add(row)
  return builder.take()
}

/**
 * Tables of so many rows, one after the other, from a source that may be larger than memory: the next piece of it is read
 * when the next table is asked for, and leaving the loop ends the reading. The types of columns are those of the first
 * table, unless `types` says them; a later value that does not fit is an error with its line.
 *
 * @param source - as for {@link readCsv}
 * @param options - those of {@link readCsv}, without limits by default, and `batchSize` (default 1000)
 * @throws NeuriteError at once `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; while reading what {@link readCsv} throws
 * @example
 * ```ts
 * import { readCsvBatches } from '@neurite/data'
 * const sizes: number[] = []
 * for await (const table of readCsvBatches('iris.csv', { batchSize: 60 })) sizes.push(table.numRows)
 * sizes // => [60, 60, 30]
 * ```
 */
export function readCsvBatches(
  source: CsvSource,
  options: ReadCsvBatchesOptions = {},
): AsyncGenerator<Table, void, undefined> {
  const where = 'readCsvBatches'
  const { batchSize, ...resolved } = readOptions(where, options, {
    ...csvReaders(NO_LIMITS),
    ...READING,
    batchSize: or(1000, whole(1)),
  })
  checkDistinct(where, resolved)
  const texts = textOf(where, source, { ...options, maxBytes: resolved.maxBytes })
  return tables(new RowReader(where, resolved), new TableBuilder(where, resolved), texts, batchSize)
}

async function* tables(
  reader: RowReader,
  builder: TableBuilder,
  texts: AsyncIterable<string>,
  batchSize: number,
): AsyncGenerator<Table, void, undefined> {
  for await (const text of texts) {
    for (const row of reader.push(text)) {
      builder.add(row)
      if (builder.size === batchSize) yield builder.take()
    }
  }
  for (const row of reader.end()) {
    builder.add(row)
    if (builder.size === batchSize) yield builder.take()
  }
  if (builder.size > 0) yield builder.take()
}
