import { checkArgument, reshape as fold } from '@neurite/core'
import { configFrom } from '../config.js'
import { layer, shapeError } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'

/**
 * The same numbers in another shape; the batch axis stays.
 *
 * @param shape - of one example. One extent may be -1: it is worked out.
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no shape; later `SHAPE_MISMATCH` if the numbers do not fill it
 * @example
 * ```ts
 * import { reshape } from '@neurite/nn'
 * reshape([4, -1]).outputShape([8, 3]) // => [4, 6]
 * ```
 */
export function reshape(shape: readonly number[]): Layer<Nothing, Nothing> {
  checkArgument(
    Array.isArray(shape) &&
      shape.every((n) => Number.isInteger(n) && n >= -1 && n !== 0) &&
      shape.filter((n) => n === -1).length <= 1,
    () =>
      `reshape: a shape is an array of whole numbers >= 1, of which one may be -1, without the batch axis, got ${JSON.stringify(shape)}.`,
    { shape },
  )
  const target = [...shape]
  const product = (extents: readonly number[]): number => extents.reduce((total, n) => total * n, 1)
  const outputShape = (inputShape: readonly number[]): number[] => {
    const rest = product(inputShape) / product(target.filter((n) => n !== -1))
    if (!(target.includes(-1) ? Number.isInteger(rest) : rest === 1))
      throw shapeError('reshape', `whatever fills [${target.join(', ')}]`, inputShape)
    return target.map((n) => (n === -1 ? rest : n))
  }
  return layer({
    name: 'reshape',
    config: configFrom('reshape', { shape: target }),
    outputShape,
    apply: (_params, x) => fold(x, [x.shape[0]!, ...outputShape(x.shape.slice(1))]),
  })
}
