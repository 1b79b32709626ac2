import {
  allocate,
  fillRandom,
  resolveKey,
  sameShape,
  sizeOf,
  type Executable,
  type Instruction,
  type KeyWords,
  type PrimitiveName,
  type Program,
  type TensorSpec,
  type ValueId,
} from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Device, Value } from './device.js'
import { bind, type AnyComposition } from './kernels/index.js'
import type { Memory } from './memory.js'
import { rewrite } from './rewrite.js'

type Evaluate = (inputs: readonly Value[], keys: readonly KeyWords[]) => Value

interface Step {
  readonly id: ValueId
  readonly inputs: readonly ValueId[]
  readonly evaluate: Evaluate
  /** Values that nothing reads after this step. */
  readonly dying: readonly ValueId[]
}

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
  const program = rewrite(traced)
  const { inputs: parameters, outputs } = program
  const specs = new Map<ValueId, TensorSpec>([...parameters, ...program.instructions].map((value) => [value.id, value]))
  const constants = new Map<ValueId, Tensor>()
  const varying: Instruction[] = []
  const evaluators = new Map<ValueId, Evaluate>()
  for (const instruction of program.instructions) {
    const { id, primitive, inputs } = instruction
    const evaluate = evaluatorOf(
      instruction,
      inputs.map((input) => specs.get(input)!.shape),
    )
    if (primitive !== 'random' && inputs.every((input) => constants.has(input))) {
      const operands = inputs.map((input) => constants.get(input)!)
      constants.set(
        id,
        memory.keep(
          device.compute(() => evaluate(operands, [])),
          instruction,
        ),
      )
    } else {
      varying.push(instruction)
      evaluators.set(id, evaluate)
    }
  }

  const lastUse = new Map<ValueId, number>(varying.flatMap(({ inputs }, time) => inputs.map((id) => [id, time])))
  for (const id of outputs) lastUse.set(id, Infinity)
  for (const [id, tensor] of constants) {
    if (lastUse.has(id)) continue
    memory.drop(tensor)
    constants.delete(id)
  }
  const steps = varying.map(({ id, inputs }, time): Step => {
    const dying = [...new Set(inputs)].filter((input) => lastUse.get(input) === time && !constants.has(input))
    return { id, inputs, evaluate: evaluators.get(id)!, dying }
  })

  const donated = new Map(parameters.flatMap(({ id, donated }, i) => (donated ? [[id, i] as const] : [])))

  return {
    run(inputs, keys) {
      memory.check('compiled function')
      const values = new Map<ValueId, Value>(constants)
      /** What this run made, for as long as something reads it. */
      const owned = new Map<ValueId, Value>()
      const own = (id: ValueId, value: Value): void => {
        values.set(id, value)
        owned.set(id, value)
      }
      const release = (id: ValueId): void => {
        const value = owned.get(id)
        if (value !== undefined) device.release(value)
        owned.delete(id)
        const place = donated.get(id)
        // Where a view of it lives on, it has to wait: tfjs frees data with its last tensor, not with its last reader.
        if (place !== undefined && !device.isShared(inputs[place]!)) memory.release(inputs[place]!)
      }
      try {
        parameters.forEach(({ id, shape }, i) => {
          const storage = inputs[i]!
          // Reshape shares storage, whose own shape may be another.
          if (sameShape(storage.shape, shape)) values.set(id, storage)
          else
            own(
              id,
              device.compute(() => device.reshape(storage, shape)),
            )
        })
        for (const { id, inputs: operands, evaluate, dying } of steps) {
          own(
            id,
            device.compute(() =>
              evaluate(
                operands.map((operand) => values.get(operand)!),
                keys,
              ),
            ),
          )
          for (const each of dying) release(each)
        }
        return outputs.map((id) => {
          const value = device.compute(() => values.get(id)!)
          return memory.hold(value, specs.get(id)!)
        })
      } finally {
        for (const value of owned.values()) device.release(value)
        for (const place of donated.values()) memory.release(inputs[place]!)
      }
    },
    dispose() {
      for (const tensor of constants.values()) memory.drop(tensor)
      constants.clear()
    },
  }

  function evaluatorOf(instruction: Instruction, shapes: readonly (readonly number[])[]): Evaluate {
    const { shape, dtype } = instruction
    if (instruction.primitive === 'reshape') return ([x]) => device.reshape(x!, shape)
    if (instruction.primitive === 'random') {
      const { distribution, key } = instruction.params
      return (_, keys) => {
        const numbers = allocate(dtype, sizeOf(shape))
        fillRandom(distribution, resolveKey(key, keys), numbers)
        return device.constant(numbers, shape, dtype)
      }
    }
    const { primitive, params } = instruction
    // Core has refused what has no composition.
    return bind(device, primitive, compositions.get(primitive)!, shapes, params, { shape, dtype })
  }
}
