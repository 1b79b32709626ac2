import type { ResolvedOptions } from './options.js'
import { shortDecimal } from './short-decimal.js'

/** What a column can hold. Booleans are the numbers 1 and 0. */
export type ColumnType = 'number' | 'boolean' | 'text'

/** Gives NaN for a missing value, undefined for what is no value of the type. */
export type CellReader = (cell: string) => number | undefined

/** What the cells of a file mean. */
export interface Cells {
  isMissing(cell: string): boolean
  /** Any number, or the one of float64 that is nearest to it. */
  readonly number: CellReader
  /** Numbers that differ where their digits do; what is none may be a name. */
  readonly exactNumber: CellReader
  /** true and false, in any case. */
  readonly boolean: CellReader
}

/** @param notation - how missing values and numbers are written */
export function cellsOf(notation: Pick<ResolvedOptions, 'missing' | 'decimal' | 'thousands'>): Cells {
  const { missing, decimal, thousands } = notation
  const markers = new Set(missing.map((marker) => marker.trim()))
  const unlessMissing = (read: CellReader): CellReader => {
    return (cell) => {
      const text = cell.trim()
      return markers.has(text) ? NaN : read(text)
    }
  }

  const pattern = numberPattern(decimal, thousands)
  const pointed = (text: string): string =>
    (thousands === undefined ? text : text.replaceAll(thousands, '')).replace(decimal, '.')
  const markerNumbers = new Set(
    [...markers].filter((marker) => pattern.test(marker)).map((text) => Number(pointed(text))),
  )
  const numbers = (fits: (digits: string, value: number) => boolean): CellReader =>
    unlessMissing((text) => {
      if (!pattern.test(text)) return undefined
      const digits = pointed(text)
      const value = Number(digits)
      if (!Number.isFinite(value) || !fits(digits, value)) return undefined
      return markerNumbers.has(value) ? NaN : value
    })

  const point = decimal.charCodeAt(0)
  const exactNumber = numbers(isExact)
  return {
    isMissing: (cell) => markers.has(cell.trim()),
    number: numbers(() => true),
    exactNumber: markerNumbers.size > 0 ? exactNumber : (cell) => shortDecimal(cell, point) ?? exactNumber(cell),
    boolean: unlessMissing((text) => {
      const word = text.toLowerCase()
      return word === 'true' ? 1 : word === 'false' ? 0 : undefined
    }),
  }
}

/** Decimal notation; not what else `Number` takes: hexadecimal, 'Infinity', the empty string. */
function numberPattern(decimal: string, thousands: string | undefined): RegExp {
  const escaped = (text: string): string => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`
  const whole = thousands === undefined ? '\\d+' : `(?:[1-9]\\d{0,2}(?:${escaped(thousands)}\\d{3})+|\\d+)`
  const point = escaped(decimal)
  return new RegExp(`^[+-]?(?:${whole}(?:${point}\\d*)?|${point}\\d+)(?:e[+-]?\\d+)?$`, 'i')
}

/**
 * Leading zeros belong to postal codes and the like. And where float64 leaves out whole numbers, two that differ may become one:
 * not those that come back when they are printed.
 */
function isExact(digits: string, value: number): boolean {
  if (/^[+-]?0\d/.test(digits)) return false
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER || /e/i.test(digits)) return true
  return String(value) === digits.replace(/^\+/, '').replace(/\.0*$/, '')
}
