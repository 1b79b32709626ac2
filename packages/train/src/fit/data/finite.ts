import { NeuriteError, stridesOf, type ArrayData } from '@neurite/core'

/** float32 holds less than 3.403e38: a larger number becomes infinite in it. */
export type Precision = 'float32' | 'float64'

/**
 * Refuses NaN, Infinity, and numbers that become infinite in the precision that they are computed in.
 *
 * @param precision - default: that of the data
 * @throws NeuriteError `NON_FINITE` naming the first such element
 */
export function checkFinite(where: string, { shape, data }: ArrayData, precision?: Precision): void {
  const i = findNonFinite(data, precision)
  if (i < 0) return
  const index = stridesOf(shape).map((stride, axis) => Math.floor(i / stride) % shape[axis]!)
  const place =
    index.length === 0 ? '' : ` in row ${index[0]}${index.length > 1 ? `, column ${index.slice(1).join(', ')}` : ''}`
  const why = Number.isFinite(data[i])
    ? ', more than float32 can hold (3.4e38): scale the numbers, or compute in float64.'
    : '; drop such rows, or fill them in first (an imputer).'
  throw new NeuriteError('NON_FINITE', `${where} holds ${data[i]}${place}${why}`, { index, value: data[i] })
}

/** Where the first number is that is not finite in a precision, or -1. */
export function findNonFinite(data: ArrayData['data'], precision?: Precision): number {
  const narrow = precision === 'float32'
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(narrow ? Math.fround(data[i]!) : data[i])) return i
  return -1
}
