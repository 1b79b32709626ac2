import { checkArgument, checkOptions, NeuriteError } from '@neurite/core'

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
export type ResolvedOptions = Required<Omit<CsvOptions, 'target'>> & Pick<CsvOptions, 'target'>

const CSV_OPTIONS = ['delimiter', 'quote', 'header', 'skipLines', 'missing', 'types', 'target', 'maxRows', 'maxBytes']

/** The delimiters that 'auto' tells apart. */
export const DELIMITERS = [',', '\t', ';', '|']

/** @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION` */
export function resolveOptions(
  where: string,
  options: CsvOptions,
  limits: { readonly maxRows: number; readonly maxBytes: number },
  others: readonly string[],
): ResolvedOptions {
  checkOptions(where, options, [...CSV_OPTIONS, ...others])
  const resolved = {
    delimiter: ',',
    quote: '"',
    header: true,
    skipLines: 0,
    missing: ['', 'NA', 'NaN', 'null'],
    types: {},
    ...limits,
    ...options,
  }
  const { delimiter, quote, types } = resolved
  if (delimiter !== 'auto') checkCharacter(where, 'delimiter', delimiter)
  checkCharacter(where, 'quote', quote)
  checkArgument(quote !== delimiter, () => `${where}: delimiter and quote are both '${quote}'; they must differ.`)
  for (const name of ['skipLines', 'maxRows', 'maxBytes'] as const) checkCount(where, name, resolved[name])
  for (const [column, type] of Object.entries(types)) {
    const known = type === 'number' || type === 'text'
    checkArgument(known, () => `${where}: types['${column}'] must be 'number' or 'text', got ${JSON.stringify(type)}.`)
  }
  return resolved
}

function checkCharacter(where: string, name: string, value: string): void {
  if (typeof value === 'string' && value.length === 1 && value !== '\n' && value !== '\r') return
  const message = `${where}: ${name} must be one character, not a line's end, got ${JSON.stringify(value)}.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { [name]: value })
}

function checkCount(where: string, name: string, value: number): void {
  const fits = value === Infinity || (Number.isInteger(value) && value >= 0)
  checkArgument(fits, () => `${where}: ${name} must be a whole number >= 0, got ${String(value)}.`, { [name]: value })
}
