import type { KernelParams, PrimitiveName, PrimitiveParams } from '@neurite/core'
import { contractions } from './contractions.js'
import { elementwise } from './elementwise.js'
import { build, type HostArray } from './host.js'
import { movement } from './movement.js'
import { random } from './random.js'
import { reductions } from './reductions.js'

/** What a primitive should compute: plain loops in doubles, rounded to the dtype once, at the end. */
export type Reference<P extends PrimitiveName> = (inputs: readonly HostArray[], params: KernelParams<P>) => HostArray

function full(_: readonly HostArray[], { shape, value, dtype }: PrimitiveParams['full']): HostArray {
  return build(shape, dtype, () => value)
}

function arange(_: readonly HostArray[], { start, step, length, dtype }: PrimitiveParams['arange']): HostArray {
  return build([length], dtype, ([i]) => start + i! * step)
}

/** The reference for every primitive. A primitive that core gains is refused by TypeScript until it stands here. */
export const reference: { readonly [P in PrimitiveName]: Reference<P> } = {
  ...elementwise,
  ...reductions,
  ...contractions,
  ...movement,
  full,
  arange,
  random,
}
