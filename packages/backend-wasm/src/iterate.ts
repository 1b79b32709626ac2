import type { KeyWords, Loop } from '@neurite/core'
import type { WasmExecutable } from './executable.js'
import { bytesOf } from './layout.js'
import type { Stored } from './memory/memory.js'

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
  const { frame, layout, memory } = executable
  const { outputs } = layout
  /** Whether a slot is made, rather than an input's. */
  const isMade = (slot: number): boolean => slot >= inputs.length

  const sliced = layout.inputs.flatMap(({ bytes }, i) => (stacked[i]! ? [{ slot: i, bytes }] : []))
  /** Whose slot is not that of the input which it becomes. */
  const moves = carries.flatMap((to, i) => {
    const { slot, ...spec } = outputs[i]!
    return to >= 0 && slot !== to ? [{ from: slot, to, spec }] : []
  })
  const values: (Stored | undefined)[] = layout.inputs.map(({ isDonated }, i) => (isDonated ? inputs[i] : undefined))
  const collected: { slot: number; bytes: number; stack: Stored }[] = []
  const owned = (): Stored[] => values.filter((each) => each !== undefined)
  const put = (slot: number, stored: Stored): void => {
    values[slot] = stored
    frame.set(slot, stored.address)
  }

  try {
    for (const [i, to] of carries.entries()) {
      if (to >= 0) continue
      const { slot, shape, dtype } = outputs[i]!
      const stack = memory.allocate({ shape: [count, ...shape], dtype }, OVERHANG)
      collected.push({ slot, bytes: bytesOf(outputs[i]!), stack })
    }
    for (const { from, spec } of moves) if (isMade(from)) put(from, memory.allocate(spec))
    frame.setInputs(inputs)
    for (let k = 0; k < count; k++) {
      executable.keys = keysAt(keys, layout.keys, k)
      for (const { slot, bytes } of sliced) frame.set(slot, inputs[slot]!.address + k * bytes)
      for (const { slot, bytes, stack } of collected) if (isMade(slot)) frame.set(slot, stack.address + k * bytes)
      executable.step()
      for (const { slot, bytes, stack } of collected)
        if (!isMade(slot)) memory.copy(values[slot]!.address, stack.address + k * bytes, bytes)
      if (moves.length > 0) move()
    }
  } catch (error) {
    for (const each of [...owned(), ...collected.map(({ stack }) => stack)]) memory.release(each)
    throw error
  }
  let next = 0
  const results = carries.map((to) => (to >= 0 ? values[to]! : collected[next++]!.stack))
  for (const each of owned()) if (!results.includes(each)) memory.release(each)
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

const NONE: readonly never[] = []

/** The keys of an iteration, among those of all. */
function keysAt(words: Uint32Array, count: number, iteration: number): readonly KeyWords[] {
  if (count === 0) return NONE
  return Array.from({ length: count }, (_, j): KeyWords => {
    const at = 2 * (iteration * count + j)
    return [words[at]!, words[at + 1]!]
  })
}
