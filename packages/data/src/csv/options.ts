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

/** What the functions that read CSV share. */
export interface CsvOptions {
  /** What stands between two fields: one character, or 'auto' to guess from the first rows. Default: ','. */
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
  /** What stands for a missing value: NaN in a column of numbers, '' in one of text. Default: ['', 'NA', 'NaN', 'null']. */
  readonly missing?: readonly string[]
  /**
   * The types of columns by name. Default: numbers where every value that is not missing is one, text elsewhere. A column
   * without values has numbers (all NaN).
   */
  readonly types?: Readonly<Record<string, 'number' | 'text'>>
  /** The column to be predicted, as in `table.withTarget(name)`. */
  readonly target?: string
  /** More rows are refused. Default: 10,000,000; without limit when reading in batches. */
  readonly maxRows?: number
  /** More bytes (of a string: characters) are refused. Default: 1 GiB; without limit when reading in batches. */
  readonly maxBytes?: number
}

/** {@link CsvOptions} with every default in its place. */
export type ResolvedOptions = ReadBy<ReturnType<typeof csvReaders>>

/** The delimiters that 'auto' tells apart. */
export const DELIMITERS = [',', '\t', ';', '|']

const MISSING = ['', 'NA', 'NaN', 'null']

const aCharacter = /* @__PURE__ */ must(
  "one character, not a line's end",
  (value): value is string => typeof value === 'string' && value.length === 1 && value !== '\n' && value !== '\r',
)

const aCount = /* @__PURE__ */ must(
  'a whole number >= 0, or Infinity',
  (value): value is number => value === Infinity || (Number.isInteger(value) && Number(value) >= 0),
)

const someTypes: Reader<Readonly<Record<string, 'number' | 'text'>>> = (where, name, value) => {
  const types = Object.entries(anObject(where, name, value))
  const aType = oneOf('number', 'text')
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
    types: or({}, someTypes),
    target: optional(aString),
    maxRows: or(limits.maxRows, aCount),
    maxBytes: or(limits.maxBytes, aCount),
  }
}

/** @throws NeuriteError `INVALID_ARGUMENT` where the two are the same */
export function checkQuote(where: string, { delimiter, quote }: ResolvedOptions): void {
  checkArgument(quote !== delimiter, () => `${where}: delimiter and quote are both '${quote}'; they must differ.`)
}
