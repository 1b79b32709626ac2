import { checkArgument, NeuriteError } from '@neurite/core'
import type { Column } from '../table/column.js'
import { Table } from '../table/table.js'
import type { ResolvedOptions } from './options.js'
import type { CsvRow } from './row-reader.js'

type ColumnType = 'number' | 'text'

/** Decimal notation; not what else `Number` takes: hexadecimal, 'Infinity', the empty string. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Collects rows into tables. The names and the types of the first table hold for those that follow. */
export class TableBuilder {
  readonly #where: string
  readonly #options: ResolvedOptions
  readonly #missing: ReadonlySet<string>
  readonly #types: Map<string, ColumnType>
  #names: readonly string[] | undefined
  #cells: string[][] = []
  #lines: number[] = []
  #taken = 0

  constructor(where: string, options: ResolvedOptions) {
    this.#where = where
    this.#options = options
    this.#missing = new Set(options.missing)
    this.#types = new Map(Object.entries(options.types))
    if (typeof options.header !== 'boolean') this.#setNames(options.header, undefined)
  }

  /** How many rows the next table has so far. */
  get size(): number {
    return this.#lines.length
  }

  /** @throws NeuriteError `BAD_CSV` for a row of another length than the first, or one row too many */
  add({ cells, line }: CsvRow): void {
    if (this.#names === undefined) {
      const header = this.#options.header === true
      this.#setNames(header ? cells : cells.map(() => ''), line)
      if (header) return
    }
    const width = this.#cells.length
    if (cells.length !== width) {
      throw this.#bad(
        line,
        `${cells.length} fields, expected ${width}${cells.length > width ? '; a field that holds a delimiter needs quotes' : ''}`,
      )
    }
    if (this.#taken + this.size >= this.#options.maxRows) {
      throw this.#bad(line, `more than ${this.#options.maxRows} rows; raise maxRows, or read in batches`)
    }
    for (let j = 0; j < width; j++) this.#cells[j]!.push(cells[j]!)
    this.#lines.push(line)
  }

  /**
   * A table of the rows added since the last one.
   *
   * @throws NeuriteError `BAD_CSV` for a value that does not have its column's type, or where there was not even a header
   */
  take(): Table {
    const names = this.#names
    if (names === undefined) throw new NeuriteError('BAD_CSV', `${this.#where}: there are no rows, not even a header.`)
    const columns = new Map(names.map((name, j) => [name, this.#column(name, this.#cells[j]!)]))
    this.#taken += this.size
    this.#cells = names.map(() => [])
    this.#lines = []
    return new Table(columns, { target: this.#options.target })
  }

  #setNames(given: readonly string[], line: number | undefined): void {
    const names = given.map((name, j) => name.trim() || `column${j}`)
    const twice = names.find((name, j) => names.indexOf(name) !== j)
    if (twice !== undefined) {
      const message = `two columns are called '${twice}'; give names of your own: header: [...], skipLines: ${line ?? 0}`
      throw this.#bad(line ?? 0, message)
    }
    for (const name of [...this.#types.keys(), ...(this.#options.target === undefined ? [] : [this.#options.target])]) {
      checkArgument(
        names.includes(name),
        () => `${this.#where}: there is no column '${name}'; columns: ${names.join(', ')}.`,
        { column: name },
      )
    }
    this.#names = names
    this.#cells = names.map(() => [])
  }

  #column(name: string, cells: readonly string[]): Column {
    let type = this.#types.get(name)
    if (type === undefined) {
      type = cells.every((cell) => !Number.isNaN(this.#parse(cell) ?? 0)) ? 'number' : 'text'
      this.#types.set(name, type)
    }
    if (type === 'text') return Object.freeze(cells.map((cell) => (this.#missing.has(cell) ? '' : cell)))
    return Float64Array.from(cells, (cell, i) => {
      const value = this.#parse(cell)
      if (value === undefined) return NaN
      if (!Number.isNaN(value)) return value
      const way = `if it is text, say so: types: { '${name}': 'text' }; if it stands for a missing value: missing`
      throw this.#bad(
        this.#lines[i]!,
        `column '${name}' is ${JSON.stringify(cell.slice(0, 40))}, expected a number; ${way}`,
      )
    })
  }

  /** undefined for a missing value, NaN for what is no finite number. */
  #parse(cell: string): number | undefined {
    const text = cell.trim()
    if (this.#missing.has(cell) || this.#missing.has(text)) return undefined
    const value = NUMBER.test(text) ? Number(text) : NaN
    return Number.isFinite(value) ? value : NaN
  }

  #bad(line: number, problem: string): NeuriteError {
    return new NeuriteError('BAD_CSV', `${this.#where}: line ${line}: ${problem}.`, { line })
  }
}
