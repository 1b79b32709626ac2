import type { KernelParams, OptionalPrimitive, PrimitiveName, TensorSpec, ViewPrimitive } from '@neurite/core'
import type { Device, Value } from '../device.js'

/** One primitive in terms of tfjs kernels. No input is empty, nor is the output; shapes of inputs are those of this use. */
export type Composition<Params> = (
  device: Device,
  inputs: readonly Value[],
  params: Params,
  output: TensorSpec,
) => Value

export type Compositions = {
  readonly [P in Exclude<PrimitiveName, ViewPrimitive | OptionalPrimitive>]: Composition<KernelParams<P>>
}
