import {
  execute,
  NeuriteError,
  resolveKey,
  schedule,
  sizeOf,
  type DType,
  type Executable,
  type RunKeys,
  type Operation,
  type Program,
  type StepRun,
  type TensorSpec,
  type TypedArray,
} from '@neurite/core'
import type { CpuFusion } from './fusion.js'
import type { Family } from './family.js'
import type { AnyPlanner } from './plan.js'

/** Where outputs come from, and where donated inputs go that no output took. */
export interface Memory {
  allocate(spec: TensorSpec): TypedArray
  release(storage: TypedArray): void
}

/** A program as planned kernels over one arena of temporaries and constants. */
export function createExecutable(program: Program, family: Family, memory: Memory): Executable<TypedArray> {
  const { fusion } = family
  const plan = schedule(program, fusion === undefined ? {} : { fuse: fusion.fuse })
  const arena = new ArrayBuffer(plan.bytes)
  return execute(plan, {
    bind: (operation, keys) => bind(operation, family, keys),
    reserve: ({ dtype, offset, length }) => new ARRAYS[dtype](arena, offset, length),
    allocate: memory.allocate,
    release: memory.release,
    stacks: {
      slice: (stack, from, length) => stack.subarray(from, from + length),
      put(value, stack, at) {
        for (let i = 0; i < value.length; i++) stack[at + i] = value[i]!
      },
    },
  })
}

const ARRAYS: Readonly<Record<DType, new (memory: ArrayBuffer, offset: number, length: number) => TypedArray>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
}

function bind(
  { instruction, fusion, inputs }: Operation<CpuFusion>,
  { random, fusion: fusing, ...planners }: Family,
  keys: RunKeys,
): StepRun<TypedArray> {
  const { primitive, params, shape } = instruction
  const n = sizeOf(shape)
  // What was fused has somebody who runs it.
  if (fusion !== undefined) return fusing!.runFused(fusion, n)
  // Keys come with each run.
  if (primitive === 'random' && random !== undefined)
    return (out) => random(params.distribution, resolveKey(params.key, keys()), out, n)
  const plan = (planners as Readonly<Record<string, AnyPlanner | undefined>>)[primitive]
  if (plan === undefined)
    throw new NeuriteError('NOT_SUPPORTED', `${primitive}: this cpu backend was made without the family that has it.`, {
      primitive,
    })
  return plan(inputs, params, instruction)
}
