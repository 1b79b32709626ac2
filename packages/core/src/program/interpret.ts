import { runKernel } from '../backend/run-kernel.js'
import type { Backend, Executable, Operand } from '../backend/v1.js'
import type { KeyWords } from '../random/key.js'
import { resolveViews } from './memory.js'
import type { Instruction, Program, ValueId } from './program.js'

/** Runs one instruction on values that are there. */
export function runInstruction(
  backend: Backend,
  instruction: Instruction,
  values: ReadonlyMap<ValueId, Operand>,
  keys: readonly KeyWords[],
): Operand {
  const { shape, dtype, inputs } = instruction
  if (instruction.primitive === 'reshape') return { storage: values.get(inputs[0]!)!.storage, shape, dtype }
  const operands = inputs.map((id) => values.get(id)!)
  return {
    storage: runKernel(backend, instruction.primitive, operands, instruction.params, { shape, dtype }, keys),
    shape,
    dtype,
  }
}

/**
 * The executable for backends that bring none of their own: kernel by kernel, each storage released after its last use.
 */
export function interpret(program: Program, backend: Backend): Executable {
  const root = resolveViews(program)
  const outputs = new Set(program.outputs)
  const donated = program.inputs.filter((input) => input.donated).map(({ id }) => id)
  const made = program.instructions.flatMap(({ id, primitive }) => (primitive === 'reshape' ? [] : [id]))
  const mayRelease = new Set([...donated, ...made])
  // For each instruction, the storages whose last reader it is.
  const dying = new Map<number, ValueId[]>()
  const last = new Map<ValueId, number>()
  program.instructions.forEach(({ id, inputs }, time) => {
    for (const value of [...inputs, id]) last.set(root.get(value)!, time)
  })
  for (const [id, time] of last)
    if (mayRelease.has(id) && !outputs.has(id)) dying.set(time, [...(dying.get(time) ?? []), id])
  const unread = donated.filter((id) => !last.has(id) && !outputs.has(id))

  return {
    run(inputs, keys) {
      const values = new Map<ValueId, Operand>()
      program.inputs.forEach(({ id, shape, dtype }, i) => values.set(id, { storage: inputs[i]!, shape, dtype }))
      const released = new Set<ValueId>()
      const release = (id: ValueId): void => {
        released.add(id)
        backend.release(values.get(id)!.storage)
      }
      try {
        program.instructions.forEach((instruction, time) => {
          values.set(instruction.id, runInstruction(backend, instruction, values, keys))
          dying.get(time)?.forEach(release)
        })
      } catch (error) {
        for (const id of mayRelease) if (values.has(id) && !released.has(id)) release(id)
        throw error
      }
      unread.forEach(release)
      return program.outputs.map((id) => values.get(id)!.storage)
    },
    dispose() {
      // Keeps nothing between runs.
    },
  }
}
