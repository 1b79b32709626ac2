import { checkArgument, NeuriteError, windowedExtent, type Padding } from '@neurite/core'
import { shapeError } from './define-layer.js'

/** A window that moves over an image. */
export interface Window {
  readonly size: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
}

const isPair = (value: unknown, least: number): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((n) => Number.isInteger(n) && n >= least)

/** Height and width, from one number or a pair. */
export function pair(
  where: string,
  name: string,
  value: number | readonly [number, number],
): readonly [number, number] {
  const both: readonly [number, number] = typeof value === 'number' ? [value, value] : value
  checkArgument(
    isPair(both, 1),
    () => `${where}: ${name} must be a whole number >= 1 or a pair of them, got ${JSON.stringify(value)}.`,
    { [name]: value },
  )
  return both
}

/** Refuses what is neither 'same' nor 'valid' nor explicit amounts. */
export function checkPadding(where: string, padding: Padding): Padding {
  const fits =
    padding === 'same' ||
    padding === 'valid' ||
    (Array.isArray(padding) && padding.length === 2 && padding.every((side) => isPair(side, 0)))
  checkArgument(
    fits,
    () =>
      `${where}: padding must be 'same', 'valid' or [[top, bottom], [left, right]] of whole numbers >= 0, got ${JSON.stringify(padding)}.`,
    { padding },
  )
  return padding
}

/**
 * Height and width after a window has moved over images [height, width, channels]: with 'same' ceil(input / stride), else
 * floor((input + before + after - size) / stride) + 1 (Dumoulin & Visin 2016, relation 6).
 */
export function windowedShape(
  where: string,
  inputShape: readonly number[],
  { size, strides, padding }: Window,
): [number, number] {
  if (inputShape.length !== 3) throw shapeError(where, 'height, width, channels', inputShape)
  const along = (i: 0 | 1): number => {
    const input = inputShape[i]!
    if (padding === 'same') return Math.ceil(input / strides[i])
    return windowedExtent(input, size[i], strides[i], padding === 'valid' ? [0, 0] : padding[i])
  }
  const [height, width] = [along(0), along(1)]
  if (height < 1 || width < 1) {
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: a window of ${size.join(' x ')} with padding ${JSON.stringify(padding)} does not fit into images of shape [batch, ${inputShape.join(', ')}]; make it smaller, or pad with 'same'.`,
      { inputShape },
    )
  }
  return [height, width]
}
