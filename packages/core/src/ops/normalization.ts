import { checkArgument, checkOptions } from '../errors/index.js'
import { normalizeAxis } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'
import { add, div, mul, sqrt, square, sub } from './elementwise.js'
import { checkTensor } from './operand.js'
import { mean } from './reductions.js'

/**
 * (x - mean) / sqrt(variance + epsilon) along `axis`, then scaled and shifted (Ba, Kiros, Hinton 2016).
 *
 * @param scale - broadcasts against x; usually of the axis's extent
 * @param offset - likewise
 * @param options - `axis` default -1, `epsilon` default 1e-5
 */
export function layerNorm(x: Tensor, scale: Tensor, offset: Tensor, options: { readonly axis?: number; readonly epsilon?: number } = {}): Tensor {
  checkTensor('layerNorm', x)
  checkOptions('layerNorm', options, ['axis', 'epsilon'])
  const { axis = -1, epsilon = 1e-5 } = options
  checkArgument(epsilon >= 0, () => `layerNorm: epsilon must be >= 0, got ${String(epsilon)}.`, { epsilon })
  const over = { axes: [normalizeAxis('layerNorm', axis, x.rank)], keepDims: true }
  const centered = sub(x, mean(x, over))
  const normalized = div(centered, sqrt(add(mean(square(centered), over), epsilon)))
  return add(mul(normalized, scale), offset)
}
