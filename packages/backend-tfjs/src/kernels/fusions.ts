import type { TensorSpec } from '@neurite/core'
import type { Device, Value } from '../device.js'
import type { TfjsFusion } from '../fuse.js'
import { convolution, matrixProduct } from './contractions.js'
import { affine } from './values.js'

/** Runs what `fuse` put in place of instructions. No sum is empty. */
export function bindFusion(
  device: Device,
  fusion: TfjsFusion,
  { shape }: TensorSpec,
): (inputs: readonly Value[]) => Value {
  switch (fusion.name) {
    case 'matmulBias': {
      const { transposeA, transposeB } = fusion.params
      return ([a, b, bias]) => matrixProduct(device, a!, b!, transposeA, transposeB, bias)
    }
    case 'conv2dBias':
      return ([x, filter, bias]) => convolution(device, x!, filter!, fusion.params, bias)
    case 'scaledSum':
      return ([x, factor, y]) => affine(device, x!, { factor: factor!, offset: y! })
    case 'reshape':
      return ([x]) => device.reshape(x!, shape)
  }
}
