import { apply } from '../apply.js'
import { asGiven, optional, or, readOptions } from '../arguments/index.js'
import { pairOf, resolvePadding, type Padding } from '../shape/index.js'
import type { PrimitiveParams } from '../primitive/params.js'
import type { Tensor } from '../tensor/tensor.js'
import { checkTensor } from './operand.js'
import * as primitive from '../primitive/index.js'
import { checkImage } from '../primitive/images.js'

/** How the filter of {@link conv2d} moves. */
export interface ConvolutionOptions {
  /** Steps in height and width, in pixels, >= 1. Default 1 (pooling: the window). */
  readonly strides?: number | readonly [number, number]
  /** What lies around the image: 'valid' (default), 'same', or `[[top, bottom], [left, right]]` pixels. */
  readonly padding?: Padding
}

/** The window of {@link maxPool2d} and {@link avgPool2d}, and how it moves. */
export interface PoolingOptions extends ConvolutionOptions {
  /** Height and width in pixels, >= 1. */
  readonly window: number | readonly [number, number]
}

/** Readers of {@link ConvolutionOptions}; pairOf and resolvePadding look at what they hold. */
const SLIDING = /* @__PURE__ */ (() => ({
  strides: optional(asGiven<NonNullable<ConvolutionOptions['strides']>>),
  padding: or('valid', asGiven<Padding>),
}))()

function checkImageTensor(where: string, x: Tensor, name: string): void {
  checkTensor(where, x, name)
  checkImage(where, name, x)
}

/**
 * Two-dimensional convolution as neural networks mean it (cross-correlation):
 * y[n, i, j, o] = sum over u, v, c of x[n, i s + u, j s + v, c] filter[u, v, c, o], with zeros around the image.
 * The output extent is floor((input + padding - window) / stride) + 1 (Dumoulin & Visin 2016).
 *
 * @param x - images [batch, height, width, in]
 * @param filter - [height, width, in, out]
 * @returns [batch, height', width', out]
 * @throws NeuriteError `SHAPE_MISMATCH` if channels differ or the filter does not fit, `DTYPE_MISMATCH` for what is not
 * float, `INVALID_ARGUMENT` for strides or padding, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { ones } from '@neurite/core'
 * import { conv2d } from '@neurite/core/functional'
 * const y = conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 2]), { strides: [1, 1], padding: 'same' })
 * y.shape // => [1, 4, 4, 2]
 * ```
 */
export function conv2d(x: Tensor, filter: Tensor, options: ConvolutionOptions = {}): Tensor {
  checkImageTensor('conv2d', x, 'x')
  checkImageTensor('conv2d', filter, 'filter')
  const given = readOptions('conv2d', options, SLIDING)
  const strides = pairOf('conv2d', 'strides', given.strides ?? 1)
  const padding = resolvePadding(
    'conv2d',
    given.padding,
    [x.shape[1]!, x.shape[2]!],
    [filter.shape[0]!, filter.shape[1]!],
    strides,
  )
  return apply(primitive.conv2d, [x, filter], { strides, padding })
}

function pooling(where: string, x: Tensor, options: PoolingOptions): PrimitiveParams['maxPool2d'] {
  checkImageTensor(where, x, 'x')
  const given = readOptions(where, options, { ...SLIDING, window: asGiven<PoolingOptions['window']> })
  const window = pairOf(where, 'window', given.window)
  const strides = pairOf(where, 'strides', given.strides ?? window)
  return {
    window,
    strides,
    padding: resolvePadding(where, given.padding, [x.shape[1]!, x.shape[2]!], window, strides),
  }
}

/**
 * The maximum of each window, channel by channel. Padding never wins. The gradient goes to the window's first maximum.
 *
 * @param x - images [batch, height, width, channels]
 * @throws NeuriteError as {@link conv2d}; `INVALID_ARGUMENT` for padding as wide as the window
 * @example
 * ```ts
 * import { reshape, arange } from '@neurite/core'
 * import { maxPool2d } from '@neurite/core/functional'
 * const y = maxPool2d(reshape(arange(16), [1, 4, 4, 1]), { window: 2 })
 * await y.toArray() // => [[[[5], [7]], [[13], [15]]]]
 * ```
 */
export function maxPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply(primitive.maxPool2d, [x], pooling('maxPool2d', x, options))
}

/**
 * The mean of each window, channel by channel; padding does not count.
 *
 * @param x - images [batch, height, width, channels]
 * @throws NeuriteError as {@link maxPool2d}
 * @example
 * ```ts
 * import { reshape, arange } from '@neurite/core'
 * import { avgPool2d } from '@neurite/core/functional'
 * const y = avgPool2d(reshape(arange(16), [1, 4, 4, 1]), { window: 2 })
 * await y.toArray() // => [[[[2.5], [4.5]], [[10.5], [12.5]]]]
 * ```
 */
export function avgPool2d(x: Tensor, options: PoolingOptions): Tensor {
  return apply(primitive.avgPool2d, [x], pooling('avgPool2d', x, options))
}
