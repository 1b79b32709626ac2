import { add, type Padding } from '@neurite/core'
import { or, readOptions } from '@neurite/core/arguments'
import { conv2d as convolve } from '@neurite/core/functional'
import { configFrom } from '../config.js'
import { layer } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'
import { aPadding, aPair, extent } from '../readers.js'
import { windowedShape } from '../window.js'
import { weightReaders, weightSpecs, type WeightOptions, type WeightParams } from './dense.js'

/** The options of {@link conv2d}. */
export interface Conv2dOptions extends WeightOptions {
  /** Height and width of the filters. */
  readonly kernelSize: number | readonly [number, number]
  /** Steps in height and width. Default 1. */
  readonly strides?: number | readonly [number, number]
  /** Zeros around the image: 'valid' (none), 'same', or [[top, bottom], [left, right]]. Default 'valid'. */
  readonly padding?: Padding
}

/** The params of {@link conv2d}: weight [height, width, in, filters], bias [filters]. */
export type Conv2dParams = WeightParams

/**
 * Convolution of images [batch, height, width, channels] (LeCun et al. 1989; cross-correlation, as everywhere in the field).
 *
 * Output height, and width likewise: ceil(height / stride) with padding 'same', else
 * floor((height + top + bottom - kernel) / stride) + 1. The last extent becomes `filters`.
 *
 * @param filters - how many: the output's channels
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH` if the kernel does not fit the image
 * @example
 * ```ts
 * import { conv2d } from '@neurite/nn'
 * const layer = conv2d(16, { kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' })
 * layer.outputShape([28, 28, 1]) // => [14, 14, 16]
 * layer.init({ inputShape: [28, 28, 1] }).params.weight.shape // => [3, 3, 1, 16]
 * ```
 */
export function conv2d(filters: number, options: Conv2dOptions): Layer<Conv2dParams, Nothing> {
  const read = readOptions('conv2d', options, {
    ...weightReaders(),
    kernelSize: aPair,
    strides: or([1, 1], aPair),
    padding: or('valid', aPadding),
  })
  const { kernelSize: size, strides, padding, activation, regularizer } = read
  extent('conv2d', 'filters', filters)
  return layer({
    name: 'conv2d',
    config: configFrom('conv2d', { filters, ...options }),
    map: 'affine',
    activation,
    regularizer,
    parameters: (inputShape) => weightSpecs([...size, inputShape.at(-1)!, filters], read),
    features: ({ weight }) => weight.shape[2]!,
    outputShape: (inputShape) => [...windowedShape('conv2d', inputShape, { size, strides, padding }), filters],
    apply({ weight, bias }, x, { activate }) {
      const y = convolve(x, weight, { strides, padding })
      return activate(bias === undefined ? y : add(y, bias))
    },
  })
}
