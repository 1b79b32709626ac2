import type { KernelParams, PrimitiveName, StepRun, TensorSpec, TypedArray, ViewPrimitive } from '@neurite/core'

/**
 * Decides once, from shapes and params, how a primitive is computed: strides, tiles, which loop. An eager call plans
 * and runs; a compiled program plans when it is made, and then only runs. Arrays may be longer than their values, and
 * `out` may hold anything beforehand. Everything but `concat` has at most three operands.
 */
export type Planner<P extends PrimitiveName> = {
  plan(inputs: readonly TensorSpec[], params: KernelParams<P>, output: TensorSpec): StepRun<TypedArray>
}['plan']

/** One planner a primitive. `random` is not planned: its key comes anew with each run. */
export type Planners = { readonly [P in Exclude<PrimitiveName, ViewPrimitive | 'random'>]: Planner<P> }

/** A planner whose primitive is known only at run time. */
export type AnyPlanner = Planner<PrimitiveName>
