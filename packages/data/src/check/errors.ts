import { formatShape, NeuriteError } from '@neurite/core'

type Details = Readonly<Record<string, unknown>>

/** @returns the error to throw, `INVALID_ARGUMENT` */
export function invalid(message: string, details?: Details): NeuriteError {
  return new NeuriteError('INVALID_ARGUMENT', message, details)
}

/** @returns the error to throw, `SHAPE_MISMATCH`: the shape that was expected, and the one that came */
export function wrongShape(where: string, expected: string, shape: readonly number[]): NeuriteError {
  return mismatch(`${where}: expected shape ${expected}, got ${formatShape(shape)}.`, { shape })
}

/** @returns the error to throw, `SHAPE_MISMATCH`: as many things as there are places for them */
export function unequal(where: string, count: number, things: string, places: string): NeuriteError {
  return mismatch(`${where}: ${count} ${things} for ${places}; there must be one for each.`, { count })
}

/**
 * How many rows all have.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` if they differ
 */
export function equalRows(where: string, counts: readonly (readonly [name: string, rows: number])[]): number {
  const [first, ...others] = counts
  const odd = others.find(([, rows]) => rows !== first?.[1])
  if (odd === undefined) return first?.[1] ?? 0
  const told = [first!, odd].map(([name, rows]) => `'${name}' has ${rows} rows`)
  throw mismatch(`${where}: ${told.join(', ')}; they must have the same number.`, { rows: Object.fromEntries(counts) })
}

function mismatch(message: string, details: Details): NeuriteError {
  return new NeuriteError('SHAPE_MISMATCH', message, details)
}

/** @returns the error to throw, `INVALID_ARGUMENT`: there is no column, or other thing, of that name */
export function missing(where: string, thing: string, name: string, names: readonly string[]): NeuriteError {
  const known = `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', ...' : ''}`
  return invalid(`${where}: there is no ${thing} '${name}'; ${thing}s: ${known}.`, { [thing]: name, names })
}
