import type { Column } from '../table/column.js'
import type { CellReader, Cells, ColumnType } from './cells.js'

/** Cells are read so many at a time: those of a long file are not all kept as strings of their own, which takes the time of reading. */
const BLOCK = 4096

const NEXT = { number: 'boolean', boolean: 'text' } as const

/** The error for a cell that is no value of its column's type; its index counts from the first of the column. */
export type Refuse = (index: number, cell: string, type: ColumnType) => Error

/** Collects the cells of a column. Its type is the first that all of them have. */
export class ColumnBuilder {
  readonly #read: Cells
  readonly #refuse: Refuse
  readonly #isGiven: boolean
  /** Whether the type may still change. */
  #isOpen: boolean
  #type: ColumnType
  /** Of the block that is being filled. */
  #cells: string[] = []
  /** What the blocks before hold: numbers, and what they were read from while the type may change, as JSON; or text. */
  #numbers: Float64Array[] = []
  #written: string[] = []
  #texts: string[] = []

  /** @param type - undefined for one that is to be found */
  constructor(read: Cells, type: ColumnType | undefined, refuse: Refuse) {
    this.#read = read
    this.#refuse = refuse
    this.#isGiven = type !== undefined
    this.#isOpen = type === undefined
    this.#type = type ?? 'number'
  }

  add(cell: string): void {
    if (this.#cells.push(cell) === BLOCK) this.#settle()
  }

  /** The column of the cells added since the last one; its type holds for those that follow. */
  take(): Column {
    this.#settle()
    const column = this.#type === 'text' ? Object.freeze(this.#texts) : concat(this.#numbers)
    this.#isOpen = false
    this.#numbers = []
    this.#written = []
    this.#texts = []
    return column
  }

  #settle(): void {
    while (this.#type !== 'text') {
      const values = valuesOf(this.#cells, this.#readerOf(this.#type))
      if (typeof values !== 'number') {
        this.#numbers.push(values)
        if (this.#isOpen) this.#written.push(JSON.stringify(this.#cells))
        this.#cells = []
        return
      }
      if (!this.#isOpen) {
        const before = this.#numbers.reduce((count, { length }) => count + length, 0)
        throw this.#refuse(before + values, this.#cells[values]!, this.#type)
      }
      this.#type = NEXT[this.#type]
      this.#cells = [...this.#written.flatMap((block) => JSON.parse(block) as string[]), ...this.#cells]
      this.#numbers = []
      this.#written = []
    }
    for (const cell of this.#cells) this.#texts.push(this.#read.isMissing(cell) ? '' : cell)
    this.#cells = []
  }

  /** Whoever says that a column has numbers takes those nearest to what is written. */
  #readerOf(type: Exclude<ColumnType, 'text'>): CellReader {
    return type === 'number' && !this.#isGiven ? this.#read.exactNumber : this.#read[type]
  }
}

/** The values, or the index of the first cell that has none. */
function valuesOf(cells: readonly string[], read: CellReader): Float64Array | number {
  const values = new Float64Array(cells.length)
  for (let i = 0; i < cells.length; i++) {
    const value = read(cells[i]!)
    if (value === undefined) return i
    values[i] = value
  }
  return values
}

function concat(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
