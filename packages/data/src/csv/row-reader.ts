import { NeuriteError } from '@neurite/core'
import { guessDelimiter } from './delimiter.js'
import { beginningOf, checkText } from './not-csv.js'
import type { ResolvedOptions } from './options.js'

/** A row of fields, and the number of the line that it begins on, from 1. */
export interface CsvRow {
  readonly cells: readonly string[]
  readonly line: number
}

type Dialect = Pick<ResolvedOptions, 'delimiter' | 'quote' | 'skipLines'>

/** How much text is looked at to guess the delimiter, and to find the lines to skip. */
const HEAD = 2 ** 16

/** A row that is longer is a quote that was never closed, or an attack: what is kept in memory is bounded by it. */
const LONGEST_ROW = 2 ** 22
const MOST_FIELDS = 2 ** 18

/** A line before the first row that Excel heeds, and does not show. */
const SAYS_DELIMITER = /^"?sep=([^\r\n"])"?(?:\r\n|\r|\n|$)/i

const LINE_FEED = 10
const RETURN = 13
const SPACE = 32

/**
 * Turns text that comes in pieces into rows, each as soon as it is complete: RFC 4180, where each \n, \r\n and \r that stands
 * outside of quotes ends a line, and an empty line is no row. Nothing is read twice, however small the pieces are.
 */
export class RowReader {
  readonly #where: string
  readonly #dialect: Dialect
  readonly #quote: number
  #delimiter = 0
  /** What came before the first row; undefined once that was found. */
  #head: string | undefined = ''
  /** Of the row, and how many lines more its quoted fields have so far. */
  #line = 1
  #linesInside = 0
  #cells: string[] = []
  /** What earlier pieces hold of the field, and of the row in characters. */
  #field = ''
  #held = 0
  /** What the field has so far: nothing, text, an open quote, one that closes it (or is doubled), one with spaces after it. */
  #state: 'empty' | 'plain' | 'open' | 'quote' | 'closed' = 'empty'
  /** Whether the piece before ended with a line's \r, to which a \n belongs. */
  #returned = false

  constructor(where: string, dialect: Dialect) {
    this.#where = where
    this.#dialect = dialect
    this.#quote = dialect.quote.charCodeAt(0)
  }

  /** The rows that this piece completes. */
  push(piece: string): Iterable<CsvRow> {
    if (this.#head === undefined) return this.#rows(piece)
    this.#head += piece
    const { delimiter, skipLines } = this.#dialect
    const enough =
      delimiter === 'auto' || skipLines > 0 ? this.#head.length >= HEAD : beginningOf(this.#head, false) !== undefined
    return enough ? this.#rows(this.#begin(false)) : []
  }

  /** The last rows. */
  *end(): Generator<CsvRow, void, undefined> {
    if (this.#head !== undefined) yield* this.#rows(this.#begin(true))
    if (this.#state === 'open') throw this.#bad('a quote is never closed')
    yield* this.#rows('\n')
  }

  /** The head without the lines to skip, of which the delimiter is known. */
  #begin(whole: boolean): string {
    let text = this.#head!.replace(/^\uFEFF/, '')
    this.#head = undefined
    checkText(this.#where, beginningOf(text, true)!)
    const { delimiter, quote, skipLines } = this.#dialect
    for (; this.#line <= skipLines; this.#line++) {
      const end = /\r\n|\r|\n/.exec(text)
      if (end === null) throw this.#bad(`the text begins with fewer than ${skipLines} lines, the skipLines`)
      text = text.slice(end.index + end[0].length)
    }
    const said = SAYS_DELIMITER.exec(text)
    if (said !== null) {
      const mark = said[1]!
      if (delimiter !== 'auto' && delimiter !== mark)
        throw this.#bad(
          `the delimiter is said to be '${mark}', and was given as '${delimiter}'; use delimiter: 'auto', or skipLines: ${this.#line}`,
        )
      this.#delimiter = mark.charCodeAt(0)
      this.#line++
      return text.slice(said[0].length)
    }
    const rowsBy = function* (candidate: string): Generator<CsvRow, void, undefined> {
      const reader = new RowReader('', { delimiter: candidate, quote, skipLines: 0 })
      yield* reader.push(text)
      if (whole) yield* reader.end()
    }
    this.#delimiter = (delimiter === 'auto' ? guessDelimiter(rowsBy) : delimiter).charCodeAt(0)
    return text
  }

  *#rows(text: string): Generator<CsvRow, void, undefined> {
    const { length } = text
    let at = this.#returned && text.charCodeAt(0) === LINE_FEED ? 1 : 0
    if (length > 0) this.#returned = false
    let begin = at - this.#held
    while ((at = this.#readField(text, at)) < length) {
      const code = text.charCodeAt(at++)
      if (at - begin > LONGEST_ROW) break
      const isBlank = code !== this.#delimiter && this.#state === 'empty' && this.#cells.length === 0
      if (this.#state === 'quote' || this.#state === 'closed')
        this.#linesInside += this.#field.match(/\r\n|\r|\n/g)?.length ?? 0
      if (this.#cells.push(this.#field) > MOST_FIELDS) throw this.#bad(`the row has more than ${MOST_FIELDS} fields`)
      this.#field = ''
      this.#state = 'empty'
      if (code === this.#delimiter) continue
      if (code === RETURN) {
        this.#returned = at === length
        if (text.charCodeAt(at) === LINE_FEED) at++
      }
      if (!isBlank) yield { cells: this.#cells, line: this.#line }
      this.#cells = []
      this.#line += 1 + this.#linesInside
      this.#linesInside = 0
      begin = at
    }
    this.#held = at - begin
    if (this.#held > LONGEST_ROW)
      throw this.#bad(`the row has more than ${LONGEST_ROW} characters; a quote may never be closed`)
  }

  /** Takes in what this piece has of the field. Gives where the field ends, or the piece. */
  #readField(text: string, from: number): number {
    let at = from
    if (this.#state === 'empty' && text.charCodeAt(at) === this.#quote) {
      this.#state = 'open'
      at++
    }
    if (this.#state !== 'empty' && this.#state !== 'plain') return this.#readQuoted(text, at)
    while (at < text.length && !this.#isEnd(text.charCodeAt(at))) at++
    if (at > from) {
      this.#field += text.slice(from, at)
      this.#state = 'plain'
    }
    return at
  }

  #readQuoted(text: string, from: number): number {
    let at = from
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (this.#state === 'open') {
        const quote = text.indexOf(this.#dialect.quote, at)
        const end = quote < 0 ? text.length : quote
        this.#field += text.slice(at, end)
        if (quote >= 0) this.#state = 'quote'
        at = end
      } else if (code === this.#quote && this.#state === 'quote') {
        this.#field += this.#dialect.quote
        this.#state = 'open'
      } else if (this.#isEnd(code)) return at
      else if (code === SPACE) this.#state = 'closed'
      else throw this.#bad('text follows the closing quote of a field; a quote inside a field is written twice')
      at++
    }
    return text.length
  }

  #isEnd(code: number): boolean {
    return code === this.#delimiter || code === LINE_FEED || code === RETURN
  }

  #bad(problem: string): NeuriteError {
    return new NeuriteError('BAD_CSV', `${this.#where}: line ${this.#line}: ${problem}.`, { line: this.#line })
  }
}
