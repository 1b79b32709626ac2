import type { CsvRow } from './row-reader.js'

/** The delimiters that 'auto' tells apart; of those that are equally likely the first. */
const CANDIDATES = ['\t', ';', '|', ',']

const MOST_ROWS = 100

const NUMBER = /^\s*[+-]?\d+(?:[.,]\d+)?\s*$/

/**
 * The delimiter by which most rows, from the first on, have equally many fields, and more than one; and between those, the one that
 * makes more of the fields numbers. Without any: a comma.
 *
 * @param rowsBy - the first rows as a delimiter cuts them; it may throw
 */
export function guessDelimiter(rowsBy: (delimiter: string) => Iterable<CsvRow>): string {
  let [best, most] = [',', 0]
  for (const candidate of CANDIDATES) {
    const score = scoreOf(rowsBy(candidate))
    if (score > most) [best, most] = [candidate, score]
  }
  return best
}

/** How many rows are alike, and the share of numbers in them, below 1. */
function scoreOf(rows: Iterable<CsvRow>): number {
  let [width, alike, numbers] = [0, 0, 0]
  try {
    for (const { cells } of rows) {
      if (alike === 0) width = cells.length
      if (width < 2 || cells.length !== width || alike === MOST_ROWS) break
      alike++
      numbers += cells.filter((cell) => NUMBER.test(cell)).length
    }
  } catch {
    // Quotes that are broken from here on, as this delimiter cuts.
  }
  return alike + numbers / (alike * width + 1)
}
