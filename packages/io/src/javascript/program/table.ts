import type { PrimitiveName } from '@neurite/core'
import { ELEMENTWISE_EMITTERS } from './elementwise.js'
import type { Emitter } from './emitter.js'
import { MOVEMENT_EMITTERS } from './movement.js'
import { REDUCTION_EMITTERS } from './reductions.js'
import { WINDOW_EMITTERS } from './windows.js'

/** Every primitive of core. */
const EMITTERS: { readonly [P in PrimitiveName]: Emitter<P> } = {
  ...ELEMENTWISE_EMITTERS,
  ...MOVEMENT_EMITTERS,
  ...REDUCTION_EMITTERS,
  ...WINDOW_EMITTERS,
}

export function emitterOf<P extends PrimitiveName>(primitive: P): Emitter<P> {
  return EMITTERS[primitive]
}
