import { NeuriteError } from '../errors/index.js'

/** Zeros added before and after the two image axes: `[[top, bottom], [left, right]]`. */
export type Padding2d = readonly [readonly [number, number], readonly [number, number]]

/** `'valid'`: none. `'same'`: output extent is ceil(input / stride), the odd zero goes after. Or explicit amounts. */
export type Padding = 'same' | 'valid' | Padding2d

/**
 * Extent after sliding a window: floor((input + before + after - window) / stride) + 1
 * (Dumoulin & Visin 2016, "A guide to convolution arithmetic", relation 6).
 *
 * @param input - extent of the image along one axis
 * @param padding - zeros [before, after]
 * @example
 * ```ts
 * import { windowedExtent } from '@neurite/core'
 * windowedExtent(28, 3, 1, [1, 1]) // => 28
 * ```
 */
export function windowedExtent(
  input: number,
  window: number,
  stride: number,
  padding: readonly [number, number],
): number {
  return Math.floor((input + padding[0] + padding[1] - window) / stride) + 1
}

/** Turns `'same'` and `'valid'` into amounts for an image of `height` x `width`, and checks explicit ones. */
export function resolvePadding(
  where: string,
  padding: Padding,
  image: readonly [number, number],
  window: readonly [number, number],
  strides: readonly [number, number],
): Padding2d {
  if (padding === 'valid')
    return [
      [0, 0],
      [0, 0],
    ]
  if (padding === 'same') {
    const along = (i: 0 | 1): readonly [number, number] => {
      const output = Math.ceil(image[i] / strides[i])
      const total = Math.max(0, (output - 1) * strides[i] + window[i] - image[i])
      const before = Math.floor(total / 2)
      return [before, total - before]
    }
    return [along(0), along(1)]
  }
  const fits =
    Array.isArray(padding) &&
    padding.length === 2 &&
    padding.every(
      (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0),
    )
  if (!fits) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: padding must be 'same', 'valid' or [[top, bottom], [left, right]] of whole numbers >= 0, got ${JSON.stringify(padding)}.`,
      { padding },
    )
  }
  return padding
}

/** A pair of whole numbers >= 1 from one number or a pair. */
export function pairOf(
  where: string,
  name: string,
  value: number | readonly [number, number],
): readonly [number, number] {
  const pair: readonly [number, number] = typeof value === 'number' ? [value, value] : value
  if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: ${name} must be a whole number >= 1 or a pair of them, got ${JSON.stringify(value)}.`,
      { [name]: value },
    )
  }
  return pair
}
