import { takesNoOptions } from '@neurite/core/arguments'
import { reshape } from '@neurite/core'
import { layer } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'

/**
 * All axes but the batch as one: [batch, height, width, channels] becomes [batch, height * width * channels].
 *
 * @example
 * ```ts
 * import { ones } from '@neurite/core'
 * import { flatten } from '@neurite/nn'
 * flatten().apply({}, ones([5, 2, 3])).shape // => [5, 6]
 * ```
 */
export function flatten(...none: readonly []): Layer<Nothing, Nothing> {
  takesNoOptions('flatten', none)
  const outputShape = (inputShape: readonly number[]): number[] => [
    inputShape.reduce((product, extent) => product * extent, 1),
  ]
  return layer({
    name: 'flatten',
    config: { kind: 'flatten' },
    map: 'reshape',
    outputShape,
    apply: (_params, x) => reshape(x, [x.shape[0]!, ...outputShape(x.shape.slice(1))]),
  })
}
