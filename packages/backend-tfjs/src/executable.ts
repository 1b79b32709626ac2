import {
  allocate,
  executeByValue,
  fillRandom,
  resolveKey,
  sameShape,
  schedule,
  sizeOf,
  type Executable,
  type RunKeys,
  type Operation,
  type PrimitiveName,
  type Program,
} from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Device, Value } from './device.js'
import { fuse, type TfjsFusion } from './fuse.js'
import { bindFusion } from './kernels/fusions.js'
import { bind, type AnyComposition } from './kernels/index.js'
import type { Memory } from './memory.js'
import { rewrite } from './rewrite.js'

/**
 * A program as a list of compositions, each bound to its kernels once. Values are the engine's data and no tensors of
 * tfjs, and live until their last use; only outputs become tensors. What depends on constants alone is computed here,
 * once, and stays on the device.
 */
export function createExecutable(
  traced: Program,
  device: Device,
  memory: Memory,
  compositions: ReadonlyMap<PrimitiveName, AnyComposition>,
): Executable<Tensor> {
  const program = rewrite(traced, device.traits)
  const specs = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
  const outputs = program.outputs.map((id) => specs.get(id)!)
  /** Inputs under another shape, for the run that is under way. */
  const views = new Set<Value>()
  const executable = executeByValue<Value, TfjsFusion>(schedule(program, { fuse: fuse(device.traits) }), {
    bind(operation, keys) {
      const evaluate = evaluatorOf(operation, keys)
      return (inputs) => device.compute(() => evaluate(inputs))
    },
    release(value) {
      if (views.has(value)) return
      if (!memory.holds(value)) device.release(value)
      // Where a view of it lives on, it has to wait: tfjs frees data with its last tensor, not with its last reader.
      else if (!device.isShared(value)) memory.release(value)
    },
    constants: { keep: (value, spec) => memory.keep(value, spec), drop: (value) => memory.drop(value as Tensor) },
  })

  return {
    run(inputs, keys) {
      memory.check('compiled function')
      try {
        const values = inputs.map((input, i) => viewed(input, program.inputs[i]!.shape))
        return executable.run(values, keys).map((value, i) => memory.hold(value, outputs[i]!))
      } finally {
        for (const view of views) device.release(view)
        views.clear()
        program.inputs.forEach(({ donated }, i) => {
          if (donated) memory.release(inputs[i]!)
        })
      }
    },
    dispose: () => executable.dispose(),
  }
  /** Reshape shares storage, whose own shape may be another. */
  function viewed(input: Tensor, shape: readonly number[]): Value {
    if (sameShape(input.shape, shape)) return input
    const view = device.compute(() => device.reshape(input, shape))
    views.add(view)
    return view
  }

  function evaluatorOf(
    { instruction, fusion, inputs }: Operation<TfjsFusion>,
    keys: RunKeys,
  ): (inputs: readonly Value[]) => Value {
    if (fusion !== undefined) return bindFusion(device, fusion, instruction)
    const { primitive, params, shape, dtype } = instruction
    if (primitive === 'random') {
      return () => {
        const numbers = allocate(dtype, sizeOf(shape))
        fillRandom(params.distribution, resolveKey(params.key, keys()), numbers)
        return device.constant(numbers, shape, dtype)
      }
    }
    const shapes = inputs.map((input) => input.shape)
    // Core has refused what has no composition.
    return bind(device, primitive, compositions.get(primitive)!, shapes, params, instruction)
  }
}
