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
import { fuse, isFusion, type Fusion } from './fuse.js'
import { fusionOf } from './kernels/fusions.js'
import { bind, type AnyComposition } from './kernels/index.js'
import type { Memory } from './memory.js'
import { rewrite } from './rewrite.js'

type Evaluate = (inputs: readonly Value[], keys: readonly KeyWords[]) => Value

/** Where a value of the program lies while it runs. */
type Slot = number

interface Step {
  readonly result: Slot
  readonly operands: readonly Slot[]
  readonly evaluate: Evaluate
  /** Values that nothing reads after this step. */
  readonly dying: readonly Slot[]
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
  const program = rewrite(traced, device.traits)
  const instructions = device.traits.launches ? fuse(program, device.traits) : program.instructions
  const { inputs: parameters } = program
  const specs = new Map<ValueId, TensorSpec>([...parameters, ...instructions].map((value) => [value.id, value]))
  const constants = new Map<ValueId, Tensor>()
  const varying: ((Instruction | Fusion) & { readonly evaluate: Evaluate })[] = []
  for (const instruction of instructions) {
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
    } else varying.push({ ...instruction, evaluate })
  }

  const lastUse = new Map<ValueId, number>(varying.flatMap(({ inputs }, time) => inputs.map((id) => [id, time])))
  for (const id of program.outputs) lastUse.set(id, Infinity)
  for (const [id, tensor] of constants) {
    if (lastUse.has(id)) continue
    memory.drop(tensor)
    constants.delete(id)
  }

  // Inputs first, in their order, then constants, then what steps make.
  const ids = [...parameters.map(({ id }) => id), ...constants.keys(), ...varying.map(({ id }) => id)]
  const slots = new Map<ValueId, Slot>(ids.map((id, slot) => [id, slot]))
  const slotOf = (id: ValueId): Slot => slots.get(id)!
  const steps = varying.map(({ id, inputs, evaluate }, time): Step => {
    const dying = [...new Set(inputs)].filter((input) => lastUse.get(input) === time && !constants.has(input))
    return { result: slotOf(id), operands: inputs.map(slotOf), evaluate, dying: dying.map(slotOf) }
  })
  const outputs = program.outputs.map((id) => ({ slot: slotOf(id), spec: specs.get(id)! }))
  const donated = parameters.flatMap((parameter, slot) => (parameter.donated ? [slot] : []))

  return {
    run(inputs, keys) {
      memory.check('compiled function')
      const values: Value[] = [...inputs, ...constants.values()]
      /** What this run made, for as long as something reads it. */
      const owned: (Value | undefined)[] = []
      const own = (slot: Slot, value: Value): void => {
        values[slot] = owned[slot] = value
      }
      const release = (slot: Slot): void => {
        const value = owned[slot]
        if (value !== undefined) device.release(value)
        owned[slot] = undefined
        // Where a view of it lives on, it has to wait: tfjs frees data with its last tensor, not with its last reader.
        if (parameters[slot]?.donated && !device.isShared(inputs[slot]!)) memory.release(inputs[slot]!)
      }
      try {
        for (let slot = 0; slot < inputs.length; slot++) {
          // Reshape shares storage, whose own shape may be another.
          const { shape } = parameters[slot]!
          if (!sameShape(values[slot]!.shape, shape)) {
            own(
              slot,
              device.compute(() => device.reshape(inputs[slot]!, shape)),
            )
          }
        }
        for (const { result, operands, evaluate, dying } of steps) {
          own(
            result,
            device.compute(() =>
              evaluate(
                operands.map((operand) => values[operand]!),
                keys,
              ),
            ),
          )
          dying.forEach(release)
        }
        return outputs.map(({ slot, spec }) =>
          memory.hold(
            device.compute(() => values[slot]!),
            spec,
          ),
        )
      } finally {
        for (const value of owned) if (value !== undefined) device.release(value)
        for (const slot of donated) memory.release(inputs[slot]!)
      }
    },
    dispose() {
      for (const tensor of constants.values()) memory.drop(tensor)
      constants.clear()
    },
  }

  function evaluatorOf(instruction: Instruction | Fusion, shapes: readonly (readonly number[])[]): Evaluate {
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
    if (isFusion(instruction)) return fusionOf(device, instruction)
    const { primitive, params } = instruction
    // Core has refused what has no composition.
    return bind(device, primitive, compositions.get(primitive)!, shapes, params, { shape, dtype })
  }
}
