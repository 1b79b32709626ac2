import { NeuriteError, stridesOf, type ArrayData } from '@neurite/core'

/** @throws NeuriteError `NON_FINITE` naming the first element that is NaN or infinite */
export function checkFinite(where: string, { shape, data }: ArrayData): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue
    const index = stridesOf(shape).map((stride, axis) => Math.floor(i / stride) % shape[axis]!)
    const place =
      index.length === 0 ? '' : ` in row ${index[0]}${index.length > 1 ? `, column ${index.slice(1).join(', ')}` : ''}`
    const message = `${where} holds ${data[i]}${place}; training needs finite numbers: drop such rows or fill them in (an imputer) first.`
    throw new NeuriteError('NON_FINITE', message, { index, value: data[i] })
  }
}
