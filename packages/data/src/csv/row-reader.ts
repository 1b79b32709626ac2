import { NeuriteError } from '@neurite/core'
import Papa from 'papaparse'
import { DELIMITERS, type ResolvedOptions } from './options.js'

/** A row of fields, and the number of the line that it begins on, from 1. */
export interface CsvRow {
  readonly cells: readonly string[]
  readonly line: number
}

/** How much text is looked at to guess the line's end and the delimiter. */
const HEAD = 65_536

/** A row that is longer is a quote that was never closed, or an attack: what is kept in memory is bounded by it. */
const LONGEST_ROW = 2 ** 20

/** What Papa.Parser gives, which its types leave open. */
interface Parsed {
  readonly data: readonly (readonly string[])[]
  readonly errors: readonly { readonly code: string; readonly row: number }[]
  readonly meta: { readonly cursor: number }
}

interface Parser {
  parse(input: string, baseIndex: number, ignoreLastRow: boolean): Parsed
}

/**
 * Turns text that comes in pieces into rows, each as soon as it is complete. RFC 4180 by Papa Parse; its parser is asked
 * directly, because `Papa.parse` cannot be fed in pieces that the consumer asks for.
 */
export class RowReader {
  readonly #where: string
  readonly #options: ResolvedOptions
  #pending = ''
  #line = 1
  #newline: '\r' | '\n' | '\r\n' = '\n'
  #parser: Parser | undefined

  constructor(where: string, options: ResolvedOptions) {
    this.#where = where
    this.#options = options
  }

  /** The rows that this piece completes. */
  push(text: string): CsvRow[] {
    this.#pending += text
    if (this.#parser === undefined && this.#pending.length < HEAD) return []
    // Without a line's end, no row is complete.
    return /[\r\n]/.test(text) || this.#pending.length > LONGEST_ROW ? this.#read(false) : []
  }

  /** The last rows. */
  end(): CsvRow[] {
    return this.#read(true)
  }

  #read(last: boolean): CsvRow[] {
    this.#parser ??= this.#start()
    const { data, errors, meta } = this.#parser.parse(this.#pending, 0, !last)
    // Papa Parse judges a row that is still incomplete, too; that one is not among the data.
    const [error] = errors
    this.#pending = this.#pending.slice(meta.cursor)
    const rows: CsvRow[] = []
    data.forEach((cells, i) => {
      if (error?.row === i) throw this.#broken(error.code)
      const line = this.#line
      const end = cells.length - 1
      // Where lines end in \n, those that end in \r\n end in it too.
      if (this.#newline === '\n' && cells[end]!.endsWith('\r'))
        rows.push({ cells: [...cells.slice(0, end), cells[end]!.slice(0, -1)], line })
      else rows.push({ cells, line })
      this.#line += 1 + cells.reduce((sum, cell) => sum + countLineEnds(cell), 0)
    })
    if (this.#pending.length > LONGEST_ROW && !last) {
      const message = `${this.#where}: the row of line ${this.#line} has more than ${LONGEST_ROW} characters; a quote may never be closed.`
      throw new NeuriteError('BAD_CSV', message, { line: this.#line })
    }
    return rows.filter(({ cells }) => cells.length > 1 || cells[0] !== '')
  }

  /** Leaves out the lines to skip, and looks at the first rows. */
  #start(): Parser {
    let text = this.#pending.startsWith('\uFEFF') ? this.#pending.slice(1) : this.#pending
    const { delimiter, quote: quoteChar, skipLines } = this.#options
    for (let skipped = 0; skipped < skipLines; skipped++) {
      const end = /\r\n|\r|\n/.exec(text)
      if (end === null) {
        const message = `${this.#where}: the first ${this.#pending.length} characters have fewer than ${skipLines} lines, the skipLines.`
        throw new NeuriteError('BAD_CSV', message, { skipLines })
      }
      text = text.slice(end.index + end[0].length)
      this.#line++
    }
    this.#pending = text
    const guess = delimiter === 'auto' ? { delimitersToGuess: DELIMITERS } : { delimiter }
    // A \r at the end of the head may be half of a \r\n.
    const { meta } = Papa.parse(text.slice(0, HEAD).replace(/\r$/, ''), { ...guess, quoteChar, preview: 20 })
    this.#newline = newlineOf(meta.linebreak)
    return new Papa.Parser({ delimiter: meta.delimiter, newline: this.#newline, quoteChar })
  }

  #broken(code: string): NeuriteError {
    const problem =
      code === 'MissingQuotes'
        ? 'a quote is never closed'
        : 'text follows the closing quote of a field; a quote inside a field is written twice'
    return new NeuriteError('BAD_CSV', `${this.#where}: line ${this.#line}: ${problem}.`, { line: this.#line })
  }
}

function newlineOf(linebreak: string): '\r' | '\n' | '\r\n' {
  return linebreak === '\r' || linebreak === '\r\n' ? linebreak : '\n'
}

function countLineEnds(cell: string): number {
  return cell.includes('\n') || cell.includes('\r') ? cell.split(/\r\n|\r|\n/).length - 1 : 0
}
