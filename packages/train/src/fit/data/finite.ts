import { NeuriteError, type ArrayData } from '@neurite/core'

/** @throws NeuriteError `NON_FINITE` naming the first element that is NaN or infinite */
export function checkFinite(where: string, { shape, data }: ArrayData): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue
    const index = indexOf(i, shape)
    const place =
      index.length === 0 ? '' : ` in row ${index[0]}${index.length > 1 ? `, column ${index.slice(1).join(', ')}` : ''}`
    const message = `${where} holds ${data[i]}${place}; training needs finite numbers: drop such rows or fill them in (an imputer) first.`
    throw new NeuriteError('NON_FINITE', message, { index, value: data[i] })
  }
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = []
  let rest = flat
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return index
}
