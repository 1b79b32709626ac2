import { NeuriteError } from '@neurite/core'

/** How much rows count together. */
export function massOf(rows: Int32Array, weights: ArrayLike<number> | undefined): number {
  return weights === undefined ? rows.length : rows.reduce((sum, row) => sum + weights[row]!, 0)
}

/**
 * Of rows that all count nothing the mean is none: a loss of 0 would be the best there is.
 *
 * @param what - what the rows are for
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export function checkCount(
  where: string,
  what: string,
  weights: ArrayLike<number> | undefined,
  rows: Int32Array,
  dtype: 'float32' | 'float64',
): void {
  if (weights === undefined || rows.length === 0) return
  // As they are on the device.
  const counts = (weight: number): boolean => (dtype === 'float32' ? Math.fround(weight) : weight) > 0
  if (!rows.some((row) => counts(weights[row]!))) throw noneCounts(where, what)
}

/** @returns the error to throw where no row counts */
export function noneCounts(where: string, what: string): NeuriteError {
  return new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: all rows ${what} have weight 0 (sampleWeights, classWeights); at least one must count.`,
  )
}
