import { mul } from '@neurite/core'
import { layer, type Layer } from '@neurite/nn'

/** A layer of one's own. */
export function double(): Layer {
  return layer({ name: 'double', config: { kind: 'double' }, apply: (_, x) => mul(x, 2) })
}
