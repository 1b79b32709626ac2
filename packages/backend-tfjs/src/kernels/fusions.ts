import type { Device, Value } from '../device.js'
import type { Fusion } from '../fuse.js'
import { convolution, matrixProduct } from './contractions.js'
import { affine } from './values.js'

/** Runs what {@link fuse} made of two instructions. No input is empty. */
export function fusionOf(device: Device, fusion: Fusion): (inputs: readonly Value[]) => Value {
  switch (fusion.primitive) {
    case 'matmulBias': {
      const { transposeA, transposeB } = fusion.params
      return ([a, b, bias]) => matrixProduct(device, a!, b!, transposeA, transposeB, bias)
    }
    case 'conv2dBias':
      return ([x, filter, bias]) => convolution(device, x!, filter!, fusion.params, bias)
    case 'scaledSum':
      return ([x, factor, y]) => affine(device, x!, { factor: factor!, offset: y! })
  }
}
