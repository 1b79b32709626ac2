import { checkArgument } from '@neurite/core'
import {
  aBoolean,
  anObject,
  aString,
  either,
  listOf,
  must,
  oneOf,
  optional,
  or,
  whole,
  type ReadBy,
  type Reader,
} from '@neurite/core/arguments'
import type { ColumnType } from './cells.js'

/** What the functions that read CSV share. */
export interface CsvOptions {
  /**
   * What stands between two fields: one character, or 'auto' for the one that a first line `sep=;` says, as Excel has it, else for
   * that of `,` `;` `|` and tab which cuts the first rows into equally many fields. Default: ','.
   */
  readonly delimiter?: string
  /** What stands around a field that holds a delimiter, a quote (written twice) or a line's end: one character. Default: '"'. */
  readonly quote?: string
  /**
   * Whether the first row has the columns' names. Or the names: then every row is data. Default: true. Without names, and
   * where a name is empty, a column is called 'column0', 'column1', ...
   */
  readonly header?: boolean | readonly string[]
  /** How many lines before the first row are not looked at. Default: 0. */
  readonly skipLines?: number
  /**
   * What stands for a missing value, spaces around it not counted: NaN in a column of numbers, where '-999' stands for -999.0 too, ''
   * in one of text. Default: those
   * that pandas knows, and '?': '', '?', 'NA', 'N/A', 'n/a', '<NA>', '#N/A', '#N/A N/A', '#NA', 'NaN', 'nan', '-NaN', '-nan',
   * 'NULL', 'null', 'None', '1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN'.
   */
  readonly missing?: readonly string[]
  /** What stands before the fraction of a number: one character. Default: '.'. */
  readonly decimal?: string
  /** What stands between each three digits of a large number: one character. Default: nothing does. */
  readonly thousands?: string
  /**
   * The types of columns by name; booleans become 1 and 0. Default: for each column the first of these that all its values are
   * which are not missing. `number`: decimal notation without leading zeros, whole numbers no larger than float64 can tell apart (a
   * column for which `types` says 'number' has these, too, rounded). `boolean`: true and false, in any case. `text`. A column
   * without values has numbers (all NaN).
   */
  readonly types?: Readonly<Record<string, ColumnType>>
  /** The column to be predicted, as in `table.withTarget(name)`. */
  readonly target?: string
  /** More rows are refused. Default: 10,000,000; without limit when reading in batches. */
  readonly maxRows?: number
  /** More bytes (of a string: characters) are refused. Default: 1 GiB; without limit when reading in batches. */
  readonly maxBytes?: number
}

/** {@link CsvOptions} with every default in its place. */
export type ResolvedOptions = ReadBy<ReturnType<typeof csvReaders>>

/** The default `na_values` of pandas' read_csv (2.3), and '?', which files of the UCI repository have. */
const MISSING = [
  ...[
    '',
    '?',
    'NA',
    'N/A',
    'n/a',
    '<NA>',
    '#N/A',
    '#N/A N/A',
    '#NA',
    'NaN',
    'nan',
    '-NaN',
    '-nan',
    'NULL',
    'null',
    'None',
  ],
  ...['1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN'],
]

const aCharacter = /* @__PURE__ */ must(
  "one character, not a line's end",
  (value): value is string => typeof value === 'string' && value.length === 1 && value !== '\n' && value !== '\r',
)

const aMark = /* @__PURE__ */ must(
  "one character, no digit, letter, sign or line's end",
  (value): value is string => typeof value === 'string' && value.length === 1 && !/[\p{L}\p{N}+\-\n\r]/u.test(value),
)

const aCount = /* @__PURE__ */ must(
  'a whole number >= 0, or Infinity',
  (value): value is number => value === Infinity || (Number.isInteger(value) && Number(value) >= 0),
)

const someTypes: Reader<Readonly<Record<string, ColumnType>>> = (where, name, value) => {
  const types = Object.entries(anObject(where, name, value))
  const aType = oneOf('number', 'boolean', 'text')
  return Object.fromEntries(types.map(([column, type]) => [column, aType(where, `${name}['${column}']`, type)]))
}

/** A reader for each of {@link CsvOptions}. */
export function csvReaders(limits: { readonly maxRows: number; readonly maxBytes: number }) {
  return {
    delimiter: or(',', either("one character or 'auto'", oneOf('auto'), aCharacter)),
    quote: or('"', aCharacter),
    header: or(true, either('true, false or names', aBoolean, listOf(aString))),
    skipLines: or(0, whole(0)),
    missing: or(MISSING, listOf(aString)),
    decimal: or('.', aMark),
    thousands: optional(aMark),
    types: or({}, someTypes),
    target: optional(aString),
    maxRows: or(limits.maxRows, aCount),
    maxBytes: or(limits.maxBytes, aCount),
  }
}

/** @throws NeuriteError `INVALID_ARGUMENT` where two marks are the same that must differ */
export function checkDistinct(where: string, options: ResolvedOptions): void {
  for (const [one, other] of [
    ['delimiter', 'quote'],
    ['decimal', 'thousands'],
  ] as const) {
    const mark = options[one]
    checkArgument(mark !== options[other], () => `${where}: ${one} and ${other} are both '${mark}'; they must differ.`)
  }
}
