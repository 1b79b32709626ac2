import { NeuriteError } from '@neurite/core'
import { invalid, missing } from '../check/errors.js'
import { Table } from '../table/table.js'
import { cellsOf, type ColumnType } from './cells.js'
import { ColumnBuilder, type Refuse } from './column-builder.js'
import type { ResolvedOptions } from './options.js'
import type { CsvRow } from './row-reader.js'

/** Collects rows into tables. The names and the types of the first table hold for those that follow. */
export class TableBuilder {
  readonly #where: string
  readonly #options: ResolvedOptions
  #names: readonly string[] | undefined
  #columns: readonly ColumnBuilder[] = []
  /** Of each row. */
  #lines: number[] = []
  #taken = 0

  constructor(where: string, options: ResolvedOptions) {
    this.#where = where
    this.#options = options
    if (typeof options.header !== 'boolean') this.#begin(options.header, 0)
  }

  /** How many rows the next table has so far. */
  get size(): number {
    return this.#lines.length
  }

  /**
   * @throws NeuriteError `BAD_CSV` for a row of another length than the first, one row too many, or a value that does not have its
   * column's type
   */
  add({ cells, line }: CsvRow): void {
    if (this.#names === undefined) {
      const header = this.#options.header === true
      this.#begin(header ? cells : cells.map(() => ''), line)
      if (header) return
    }
    const columns = this.#columns
    const width = columns.length
    if (cells.length !== width) {
      throw this.#bad(
        line,
        `${cells.length} fields, expected ${width}${cells.length > width ? '; a field that holds a delimiter needs quotes' : ''}`,
      )
    }
    if (this.#taken + this.size >= this.#options.maxRows) {
      throw this.#bad(line, `more than ${this.#options.maxRows} rows; raise maxRows, or read in batches`)
    }
    this.#lines.push(line)
    for (let j = 0; j < width; j++) columns[j]!.add(cells[j]!)
  }

  /**
   * A table of the rows added since the last one.
   *
   * @throws NeuriteError `BAD_CSV` for a value that does not have its column's type, or where there was not even a header
   */
  take(): Table {
    const names = this.#names
    if (names === undefined) throw new NeuriteError('BAD_CSV', `${this.#where}: there are no rows, not even a header.`)
    const columns = new Map(names.map((name, j) => [name, this.#columns[j]!.take()]))
    this.#taken += this.size
    this.#lines = []
    return new Table(columns, { target: this.#options.target })
  }

  /** @param line - of the row that has the names; 0 for names that were given */
  #begin(given: readonly string[], line: number): void {
    const { types, target } = this.#options
    const typeOf = new Map(Object.entries(types))
    const read = cellsOf(this.#options)
    const columns = new Map<string, ColumnBuilder>()
    for (const [j, header] of given.entries()) {
      const name = header.trim() || `column${j}`
      if (columns.has(name)) {
        if (line === 0)
          throw invalid(`${this.#where}: header names two columns '${name}'; give each a name of its own.`)
        const message = `two columns are called '${name}'; give names of your own: header: [...], skipLines: ${line}`
        throw this.#bad(line, message)
      }
      const refuse: Refuse = (index, cell, type) => this.#misfit(name, index, cell, type)
      columns.set(name, new ColumnBuilder(read, typeOf.get(name), refuse))
    }
    this.#names = [...columns.keys()]
    this.#columns = [...columns.values()]
    for (const name of [...typeOf.keys(), ...(target === undefined ? [] : [target])]) {
      if (!columns.has(name)) throw missing(this.#where, 'column', name, this.#names)
    }
  }

  #misfit(name: string, index: number, cell: string, type: ColumnType): NeuriteError {
    const expected = type === 'boolean' ? 'true or false' : 'a number'
    const way = `if it is text, say so: types: { '${name}': 'text' }; if it stands for a missing value: missing`
    const problem = `column '${name}' is ${JSON.stringify(cell.slice(0, 40))}, expected ${expected}; ${way}`
    return this.#bad(this.#lines[index]!, problem)
  }

  #bad(line: number, problem: string): NeuriteError {
    return new NeuriteError('BAD_CSV', `${this.#where}: line ${line}: ${problem}.`, { line })
  }
}
