import { checkArgument, mean, type Padding, type Tensor } from '@neurite/core'
import { optional, or, readOptions, takesNoOptions } from '@neurite/core/arguments'
import { avgPool2d as averages, maxPool2d as maxima, type PoolingOptions } from '@neurite/core/functional'
import { configFrom } from '../config.js'
import { layer, shapeError } from '../define-layer.js'
import type { Layer, LayerMap, Nothing } from '../layer.js'
import { aPadding, aPair } from '../readers.js'
import { windowedShape } from '../window.js'

/** The options of {@link maxPool2d} and {@link avgPool2d}. */
export interface Pool2dOptions {
  /** Height and width of the window. Default 2. */
  readonly window?: number | readonly [number, number]
  /** Steps in height and width. Default: the window's size. */
  readonly strides?: number | readonly [number, number]
  /** 'valid' (none), 'same', or [[top, bottom], [left, right]]. Padding never counts, neither as a maximum nor in a mean. Default 'valid'. */
  readonly padding?: Padding
}

function pooling(
  name: string,
  pool: (x: Tensor, options: PoolingOptions) => Tensor,
  options: Pool2dOptions,
  map?: LayerMap,
): Layer<Nothing, Nothing> {
  const read = readOptions(name, options, {
    window: or([2, 2], aPair),
    strides: optional(aPair),
    padding: or('valid', aPadding),
  })
  const { window, strides = window, padding } = read
  // Else a window could lie in the padding alone, and would have nothing to take the maximum or the mean of.
  checkArgument(
    typeof padding === 'string' || padding.every((amounts, i) => Math.max(...amounts) < window[i]!),
    () => `${name}: padding ${JSON.stringify(padding)} must be smaller than the window ${window.join(' x ')}.`,
    { padding, window },
  )
  return layer({
    name,
    config: configFrom(name, options),
    ...(map && { map }),
    outputShape: (inputShape) => [
      ...windowedShape(name, inputShape, { size: window, strides, padding }),
      inputShape[2]!,
    ],
    apply: (_params, x) => pool(x, { window, strides, padding }),
  })
}

/**
 * The maximum of each window of images [batch, height, width, channels]. Output extents as in {@link conv2d}.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH` if the window does not fit the image
 * @example
 * ```ts
 * import { maxPool2d } from '@neurite/nn'
 * maxPool2d({ window: 2 }).outputShape([28, 28, 16]) // => [14, 14, 16]
 * ```
 */
export function maxPool2d(options: Pool2dOptions = {}): Layer<Nothing, Nothing> {
  return pooling('maxPool2d', maxima, options)
}

/**
 * The mean of each window of images [batch, height, width, channels]. Output extents as in {@link conv2d}.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH` if the window does not fit the image
 * @example
 * ```ts
 * import { avgPool2d } from '@neurite/nn'
 * avgPool2d({ window: 3, strides: 2, padding: 'same' }).outputShape([7, 7, 4]) // => [4, 4, 4]
 * ```
 */
export function avgPool2d(options: Pool2dOptions = {}): Layer<Nothing, Nothing> {
  return pooling('avgPool2d', averages, options, 'affine')
}

/**
 * The mean of each channel of images [batch, height, width, channels]: [batch, channels] (Lin, Chen, Yan 2013).
 *
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { globalAveragePool2d } from '@neurite/nn'
 * await globalAveragePool2d().apply({}, tensor([[[[1], [2]], [[3], [6]]]])).toArray() // => [[3]]
 * ```
 */
export function globalAveragePool2d(...none: readonly []): Layer<Nothing, Nothing> {
  takesNoOptions('globalAveragePool2d', none)
  const name = 'globalAveragePool2d'
  return layer({
    name,
    config: { kind: name },
    map: 'affine',
    outputShape(inputShape) {
      if (inputShape.length !== 3) throw shapeError(name, 'height, width, channels', inputShape)
      return inputShape.slice(2)
    },
    apply: (_params, x) => mean(x, { axes: [1, 2] }),
  })
}
