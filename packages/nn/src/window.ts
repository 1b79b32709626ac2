import { NeuriteError, windowedExtent, type Padding } from '@neurite/core'
import { shapeError } from './define-layer.js'

/** A window that moves over an image. */
export interface Window {
  readonly size: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
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
