import { NeuriteError, type ArrayData } from '@neurite/core'
import type { Loss } from '@neurite/losses'

/** How much rows count together. */
export function massOf(rows: Int32Array, weights: ArrayLike<number> | undefined): number {
  return weights === undefined ? rows.length : rows.reduce((sum, row) => sum + weights[row]!, 0)
}

/** What the loss itself weighs classes by, where its mean divides by their weights. */
export function classWeightsOf(loss: Loss | undefined): readonly number[] | undefined {
  const { classWeights, reduction } = loss?.options ?? {}
  return reduction === 'mean' && Array.isArray(classWeights) ? (classWeights as number[]) : undefined
}

/**
 * How much each row counts in a mean over all rows, so that it does not depend on how they are cut into batches: by its weight, times
 * those of the classes that it is of where the loss has some.
 */
export function countsOf(
  loss: Loss | undefined,
  { shape, data }: ArrayData,
  weights: ArrayLike<number> | undefined,
): ArrayLike<number> | undefined {
  const classWeights = classWeightsOf(loss)
  const rows = shape[0]!
  if (classWeights === undefined || rows === 0) return weights
  const width = data.length / rows
  const of =
    loss?.targets === 'indices'
      ? (i: number) => classWeights[data[i]!] ?? 0
      : (i: number) => data[i]! * classWeights[i % classWeights.length]!
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let i = row * width; i < (row + 1) * width; i++) sum += of(i)
    return sum * (weights?.[row] ?? 1)
  })
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
