import { takesNoOptions } from '@neurite/core/arguments'
import { labels, pixels } from '../generated/digits.js'

/** See {@link digits}. */
export type Digits = {
  /** The pixels of each image, row by row, 0 (paper) to 16 (ink). */
  readonly x: { readonly shape: readonly [images: number, pixels: number]; readonly data: Float32Array }
  /** The digit that each image shows, 0 to 9. */
  readonly y: { readonly shape: readonly [images: number]; readonly data: Int32Array }
}

/**
 * Handwritten digits: 1797 images of 8 x 8 pixels, about 180 of each digit. For convolutions, `reshape` a batch to
 * [-1, 8, 8, 1].
 *
 * Source: E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, "Optical Recognition of Handwritten Digits"
 * (its test part), https://doi.org/10.24432/C50P49, CC BY 4.0.
 *
 * @returns `x` [1797, 64], float32, 0 to 16; `y` [1797], int32, 0 to 9
 * @example
 * ```ts
 * import { digits } from '@neurite/datasets'
 * const { x, y } = digits()
 * x.shape // => [1797, 64]
 * x.data.slice(0, 8) // => [0, 0, 5, 13, 9, 1, 0, 0]
 * y.data[0] // => 0
 * ```
 */
export function digits(...none: readonly []): Digits {
  takesNoOptions('digits', none)
  // 'a' is 0.
  const data = Float32Array.from({ length: pixels.length }, (_, i) => pixels.charCodeAt(i) - 97)
  return {
    x: { shape: [labels.length, 64], data },
    y: { shape: [labels.length], data: Int32Array.from(labels, Number) },
  }
}
