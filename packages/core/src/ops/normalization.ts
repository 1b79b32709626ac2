import { aNumber, number, or, readOptions } from '../arguments/index.js'
import { normalizeAxis } from '../shape/index.js'
import { tidy } from '../tensor/scope.js'
import type { Tensor } from '../tensor/tensor.js'
import { add, div, mul, sqrt, square, sub } from './elementwise.js'
import { checkFloat } from './operand.js'
import { mean } from './reductions.js'

/**
 * (x - mean) / sqrt(variance + epsilon) along an axis, times scale, plus offset (Ba, Kiros, Hinton 2016).
 *
 * @param scale - broadcasts against x; usually of the axis's extent
 * @param offset - likewise
 * @param options - `axis`, default -1; `epsilon` >= 0, default 1e-5
 * @throws NeuriteError `DTYPE_MISMATCH` for what is not float, `SHAPE_MISMATCH` if scale or offset does not broadcast,
 * `AXIS_OUT_OF_RANGE`, `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { layerNorm } from '@neurite/core/functional'
 * const y = layerNorm(tensor([[1, 3]]), tensor([1, 1]), tensor([0, 10]), { epsilon: 0 })
 * await y.toArray() // => [[-1, 11]]
 * ```
 */
export function layerNorm(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  options: { readonly axis?: number; readonly epsilon?: number } = {},
): Tensor {
  checkFloat('layerNorm', x)
  const { axis, epsilon } = readOptions('layerNorm', options, {
    axis: or(-1, aNumber),
    epsilon: or(1e-5, number('[0, Infinity)')),
  })
  const over = { axes: [normalizeAxis('layerNorm', axis, x.rank)], keepDims: true }
  return tidy(() => {
    const centered = sub(x, mean(x, over))
    const normalized = div(centered, sqrt(add(mean(square(centered), over), epsilon)))
    return add(mul(normalized, scale), offset)
  })
}
