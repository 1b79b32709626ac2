import type { Tensor } from '../tensor/tensor.js'
import type { PrimitiveName, PrimitiveParams } from './params.js'
import type { Rule } from './rule.js'

/** What a gradient rule knows: the call, its result, and the gradient that arrives at the result. */
export interface Call<P extends PrimitiveName> {
  readonly inputs: readonly Tensor[]
  readonly params: PrimitiveParams[P]
  readonly output: Tensor
  readonly upstream: Tensor
}

/** For each input, how to compute its gradient, or null where nothing flows. */
export type Gradients = readonly ((() => Tensor) | null)[]

/**
 * A vector-Jacobian product: how the upstream gradient flows down to each input ("downstream = upstream times local",
 * chapter 4.3.4, Remark 1). Written in ops, so gradients have gradients; thunks, so that what nobody asked for is not
 * computed.
 */
export type Vjp<P extends PrimitiveName> = (call: Call<P>) => Gradients

/**
 * All that core knows of a primitive: does the call make sense, what comes out, and how gradients go back. Each is a
 * constant of its own, so that a bundler drops those that no op of a program uses.
 */
export interface Primitive<P extends PrimitiveName> extends Rule<P> {
  readonly name: P
  readonly vjp: Vjp<P>
}

/** For what has no gradient: whole numbers, truth values, steps. */
export const noGradient: Vjp<PrimitiveName> = ({ inputs }) => inputs.map(() => null)
