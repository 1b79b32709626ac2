import { NeuriteError } from '@neurite/core'
import type { FeatureMatrix } from '../array/feature-matrix.js'

/**
 * Refuses infinities, and NaN unless it may stand for a missing value.
 *
 * @throws NeuriteError `NON_FINITE` naming the first place
 */
export function checkValues(where: string, x: FeatureMatrix, options: { readonly allowNaN: boolean }): void {
  const { data, columns } = x
  const width = x.shape[1]
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (Number.isFinite(value) || (options.allowNaN && Number.isNaN(value))) continue
    const row = Math.floor(i / width)
    const column = i % width
    const name = columns === undefined ? `column ${column}` : `column '${columns[column]}'`
    const expected = options.allowNaN ? 'a finite number, or NaN where a value is missing' : 'a finite number'
    throw new NeuriteError('NON_FINITE', `${where}: row ${row}, ${name} is ${value}; expected ${expected}.`, {
      row,
      column,
      value,
    })
  }
}
