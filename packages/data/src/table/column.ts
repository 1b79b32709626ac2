import { show } from '@neurite/core/arguments'
import { invalid } from '../check/errors.js'

/** A column of a table: numbers (a missing one is NaN) or text (a missing one is the empty string). */
export type Column = Float64Array | readonly string[]

/** What a column can be made from. null and undefined are missing values, booleans become 0 and 1. */
export type Cell = string | number | boolean | null | undefined

/**
 * A column from cells: text if there is any string, numbers otherwise.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where text and numbers are mixed, or a cell is neither
 */
export function toColumn(where: string, cells: ArrayLike<Cell>): Column {
  if (cells instanceof Float64Array) return cells.slice()
  // A string is a list of letters to JavaScript, and what has no length a list of nothing.
  if (typeof cells !== 'object' || cells === null || !Number.isInteger(cells.length))
    throw invalid(`${where} must be an array of cells, got ${show(cells)}.`)
  const values = Array.from<Cell>(cells)
  const isText = values.some((cell) => typeof cell === 'string')
  values.forEach((cell, row) => {
    const kind = typeof cell
    if (cell === null || cell === undefined || (isText ? kind === 'string' : kind === 'number' || kind === 'boolean'))
      return
    const message = `${where}, row ${row} is ${kind === 'object' ? 'an object' : `a ${kind}`} in a column of ${isText ? 'text' : 'numbers'}.`
    throw invalid(`${message} A column holds one or the other; null is missing.`, { row })
  })
  if (isText) return Object.freeze(values.map((cell) => cell?.toString() ?? ''))
  return Float64Array.from(values, (cell) => Number(cell ?? NaN))
}

/** The cells at `indices`, in that order. */
export function takeCells(column: Column, indices: ArrayLike<number>): Column {
  if (column instanceof Float64Array) return Float64Array.from(indices, (i) => column[i]!)
  return Object.freeze(Array.from(indices, (i) => column[i]!))
}

/** A column without any value has no type, and was made one of numbers; as text, each of its values is the missing one. */
export function asText(column: Column): Column {
  return column.every(Number.isNaN) ? Array.from<unknown, string>(column, () => '') : column
}
