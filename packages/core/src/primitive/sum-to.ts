import { reshape, sum } from '../ops/index.js'
import { sameShape } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'

/** The adjoint of broadcasting: sums over the axes that were stretched. */
export function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x
  const lead = x.rank - shape.length
  const axes = x.shape.flatMap((extent, i) => (i < lead || (shape[i - lead] === 1 && extent !== 1) ? [i] : []))
  const summed = axes.length === 0 ? x : sum(x, { axes })
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape)
}

/** Puts the reduced axes back as extents of 1, so that a reduction's result broadcasts against its input. */
export function unreduce(x: Tensor, inputShape: readonly number[], axes: readonly number[]): Tensor {
  return reshape(
    x,
    inputShape.map((extent, i) => (axes.includes(i) ? 1 : extent)),
  )
}
