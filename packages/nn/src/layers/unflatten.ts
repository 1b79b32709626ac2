import { reshape } from '@neurite/core'
import { must, takesNoOptions } from '@neurite/core/arguments'
import { configFrom } from '../config.js'
import { layer, shapeError } from '../define-layer.js'
import type { Layer, Nothing } from '../layer.js'

const aTarget = /* @__PURE__ */ must(
  'an array of whole numbers >= 1, of which one may be -1, without the batch axis',
  (value): value is readonly number[] =>
    Array.isArray(value) &&
    value.every((n) => Number.isInteger(n) && n >= -1 && n !== 0) &&
    value.filter((n) => n === -1).length <= 1,
)

/**
 * The same numbers in another shape; the batch axis stays. The opposite of `flatten`, and any change of shape besides.
 *
 * @param shape - of one example. One extent may be -1: it is worked out.
 * @throws NeuriteError `INVALID_ARGUMENT` for what is no shape; later `SHAPE_MISMATCH` if the numbers do not fill it
 * @example
 * ```ts
 * import { unflatten } from '@neurite/nn'
 * unflatten([4, -1]).outputShape([8, 3]) // => [4, 6]
 * ```
 */
export function unflatten(shape: readonly number[], ...none: readonly []): Layer<Nothing, Nothing> {
  takesNoOptions('unflatten', none)
  const target = [...aTarget('unflatten', 'shape', shape)]
  const product = (extents: readonly number[]): number => extents.reduce((total, n) => total * n, 1)
  const outputShape = (inputShape: readonly number[]): number[] => {
    const rest = product(inputShape) / product(target.filter((n) => n !== -1))
    if (!(target.includes(-1) ? Number.isInteger(rest) : rest === 1))
      throw shapeError('unflatten', `whatever fills [${target.join(', ')}]`, inputShape)
    return target.map((n) => (n === -1 ? rest : n))
  }
  return layer({
    name: 'unflatten',
    config: configFrom('unflatten', { shape: target }),
    map: 'reshape',
    outputShape,
    apply: (_params, x) => reshape(x, [x.shape[0]!, ...outputShape(x.shape.slice(1))]),
  })
}
