import { BYTES_PER_ELEMENT, sizeOf, type KeyWords, type Loop, type TensorSpec } from '@neurite/core'
import type { WasmExecutable } from './executable.js'
import type { Stored } from './memory/storage.js'

/**
 * Many runs: between two of them only addresses change. What is stacked is read, and what is collected written, where it lies; what
 * is carried mostly stays in its place.
 */
export function runMany(
  executable: WasmExecutable,
  { stacked, carries }: Loop,
  count: number,
  inputs: readonly Stored[],
  keys: Uint32Array,
): Stored[] {
  const { frame, plan } = executable
  const { storages } = executable.device
  const { program, outputs, slots } = plan
  const specOf = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
  const specs = program.outputs.map((id): TensorSpec => specOf.get(id)!)
  const bytesOf = ({ shape, dtype }: TensorSpec): number => sizeOf(shape) * BYTES_PER_ELEMENT[dtype]
  const isMade = (slot: number): boolean => slots[slot]!.kind === 'output'

  const sliced = program.inputs.flatMap((input, i) => (stacked[i]! ? [{ slot: i, bytes: bytesOf(input) }] : []))
  /** Whose slot is not that of the input which it becomes. */
  const moves = carries.flatMap((to, i) =>
    to >= 0 && outputs[i] !== to ? [{ from: outputs[i]!, to, spec: specs[i]! }] : [],
  )
  const values: (Stored | undefined)[] = program.inputs.map(({ donated }, i) => (donated ? inputs[i] : undefined))
  const collected: { slot: number; bytes: number; stack: Stored }[] = []
  const owned = (): Stored[] => values.filter((each) => each !== undefined)
  const put = (slot: number, stored: Stored): void => {
    values[slot] = stored
    frame.set(slot, stored.address)
  }

  try {
    for (const [i, to] of carries.entries()) {
      if (to >= 0) continue
      const { shape, dtype } = specs[i]!
      const stack = storages.allocate({ shape: [count, ...shape], dtype }, OVERHANG)
      collected.push({ slot: outputs[i]!, bytes: bytesOf(specs[i]!), stack })
    }
    for (const { from, spec } of moves) if (isMade(from)) put(from, storages.allocate(spec))
    for (let i = 0; i < inputs.length; i++) frame.set(i, inputs[i]!.address)
    for (let k = 0; k < count; k++) {
      executable.keys = keysAt(keys, program.keys, k)
      for (const { slot, bytes } of sliced) frame.set(slot, inputs[slot]!.address + k * bytes)
      for (const { slot, bytes, stack } of collected) if (isMade(slot)) frame.set(slot, stack.address + k * bytes)
      executable.step()
      for (const { slot, bytes, stack } of collected)
        if (!isMade(slot)) storages.copy(values[slot]!.address, stack.address + k * bytes, bytes)
      if (moves.length > 0) move()
    }
  } catch (error) {
    for (const each of [...owned(), ...collected.map(({ stack }) => stack)]) storages.release(each)
    throw error
  }
  let next = 0
  const results = carries.map((to) => (to >= 0 ? values[to]! : collected[next++]!.stack))
  for (const each of owned()) if (!results.includes(each)) storages.release(each)
  return results

  /** Lets each value take the place of its input, at once; where it was made there is room for the next. */
  function move(): void {
    const carried = moves.map(({ from }) => values[from]!)
    const left = moves.map(({ to }) => values[to]!).filter((each) => !carried.includes(each))
    moves.forEach(({ to }, i) => put(to, carried[i]!))
    for (const { from, spec } of moves) {
      if (!isMade(from)) continue
      const fitting = left.findIndex((each) => each.bytes >= bytesOf(spec) && each.dtype === spec.dtype)
      put(from, left.splice(fitting, 1)[0]!)
    }
  }
}

/** A value is written in whole vectors: one in a stack may reach so far beyond its end. */
const OVERHANG = 16

/** The keys of an iteration, among those of all. */
function keysAt(words: Uint32Array, count: number, iteration: number): KeyWords[] {
  return Array.from({ length: count }, (_, j): KeyWords => {
    const at = 2 * (iteration * count + j)
    return [words[at]!, words[at + 1]!]
  })
}
