import { apply } from '../apply.js'
import { checkOptions, NeuriteError } from '../errors/index.js'
import { formatShape, pairOf, resolvePadding, type Padding } from '../shape/index.js'
import type { PrimitiveParams } from '../primitive/params.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkTensor } from './operand.js'

/** How a window moves. */
export interface ConvolutionOptions {
  /** Steps in height and width. Default 1. */
  readonly strides?: number | readonly [number, number]
  /** Zeros around the image. Default 'valid'. */
  readonly padding?: Padding
}

/** How a pooling window moves. */
export interface PoolingOptions extends ConvolutionOptions {
  /** Height and width of the window. Default strides: the window. */
  readonly window: number | readonly [number, number]
}

function checkImage(where: string, x: Tensor, name: string): void {
  checkTensor(where, x, name)
  if (x.rank !== 4) {
    throw new NeuriteError('SHAPE_MISMATCH', `${where}: ${name} must be 4-d, got shape ${formatShape(x.shape)}; images are [batch, height, width, channels], filters [height, width, in, out].`, { shape: x.shape })
  }
}

/**
 * Two-dimensional convolution as neural networks mean it (cross-correlation). The output extent is
 * floor((input + padding - window) / stride) + 1.
 *
 * @param x - images [batch, height, width, in]
 * @param filter - [height, width, in, out]
 * @throws NeuriteError `SHAPE_MISMATCH` if channels differ or the filter does not fit
 * @example
 * ```ts
 * import { conv2d, ones } from '@neurite/core'
 * const y = conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 2]), { strides: [1, 1], padding: 'same' })
 * y.shape // => [1, 4, 4, 2]
 * ```
 */
export function conv2d(x: Tensor, filter: Tensor, options: ConvolutionOptions = {}): Tensor {
  checkImage('conv2d', x, 'x')
  checkImage('conv2d', filter, 'filter')
  checkOptions('conv2d', options, ['strides', 'padding'])
  const strides = pairOf('conv2d', 'strides', options.strides ?? 1)
  const padding = resolvePadding('conv2d', options.padding ?? 'valid', [x.shape[1]!, x.shape[2]!], [filter.shape[0]!, filter.shape[1]!], strides)
  return apply('conv2d', [x, filter], { strides, padding })
}

function pooling(where: string, x: Tensor, options: PoolingOptions): PrimitiveParams['maxPool2d'] {
  checkImage(where, x, 'x')
  checkOptions(where, options, ['window', 'strides', 'padding'])
  const window = pairOf(where, 'window', options.window)
  const strides = pairOf(where, 'strides', options.strides ?? window)
  return { window, strides, padding: resolvePadding(where, options.padding ?? 'valid', [x.shape[1]!, x.shape[2]!], window, strides) }
}

/** The maximum of each window of images [batch, height, width, channels]. The gradient goes to the first maximum. */
export function maxPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply('maxPool2d', [x], pooling('maxPool2d', x, options))
}

/** The mean of each window of images [batch, height, width, channels]; padding does not count. */
export function avgPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply('avgPool2d', [x], pooling('avgPool2d', x, options))
}
