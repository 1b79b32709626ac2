import { NeuriteError } from '@neurite/core'

/** A column of a table: numbers (a missing one is NaN) or text (a missing one is the empty string). */
export type Column = Float64Array | readonly string[]

/** What a column can be made from. null and undefined are missing values, booleans become 0 and 1. */
export type Cell = string | number | boolean | null | undefined

/**
 * A column from cells: text if there is any string, numbers otherwise.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where text and numbers are mixed, or a cell is neither
 */
export function toColumn(name: string, cells: ArrayLike<Cell>): Column {
  if (cells instanceof Float64Array) return cells.slice()
  const values: readonly Cell[] = Array.from(cells)
  const text = values.some((cell) => typeof cell === 'string')
  values.forEach((cell, row) => checkCell(name, row, cell, text))
  if (text) return Object.freeze(values.map((cell) => cell?.toString() ?? ''))
  return Float64Array.from(values, (cell) => (cell === null || cell === undefined ? NaN : Number(cell)))
}

function checkCell(name: string, row: number, cell: unknown, text: boolean): void {
  if (cell === null || cell === undefined) return
  const kind = typeof cell
  if (text ? kind === 'string' : kind === 'number' || kind === 'boolean') return
  const expected = text
    ? 'text, as in other rows; a column holds numbers or text, not both'
    : 'a number, a string, a boolean, null or undefined'
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `Table: column '${name}', row ${row} is a ${kind}; expected ${expected}.`,
    { column: name, row },
  )
}

/** The cells at `indices`, in that order. */
export function takeCells(column: Column, indices: ArrayLike<number>): Column {
  if (column instanceof Float64Array) return Float64Array.from(indices, (i) => column[i]!)
  return Object.freeze(Array.from(indices, (i) => column[i]!))
}
