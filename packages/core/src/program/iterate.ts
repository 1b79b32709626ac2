import type { Executable, Loop } from '../backend/v1.js'
import type { KeyWords } from '../random/key.js'
import { sizeOf } from '../shape/index.js'
import type { TensorSpec } from '../tensor/dtype.js'
import { drop, NONE, runStep, type Bound, type Current } from './bound.js'
import type { PlannedDevice } from './execute.js'
import type { Program } from './program.js'
import type { Schedule } from './schedule.js'

type Device<S extends object> = Required<Pick<PlannedDevice<S>, 'allocate' | 'release' | 'stacks'>>

/**
 * `runMany` in planned memory: what is carried stays where it is, or moves from slot to slot, and an iteration is its steps and
 * little else.
 */
export function iterate<S extends object>(
  { program, slots, outputs }: Schedule,
  values: (S | undefined)[],
  current: Current,
  steps: readonly Bound<S>[],
  { allocate, release, stacks }: Device<S>,
): NonNullable<Executable<S>['runMany']> {
  const { inputs: given } = program
  const specs = outputSpecs(program)
  const random = draws(program)
  const passing = slots.flatMap(({ offset }, slot) => (offset < 0 ? [slot] : []))
  /** What a loop means for the slots. */
  const planOf = (loop: Loop) => {
    const { stacked, carries } = loop
    const sliced = given.flatMap(({ shape }, input) => (stacked[input]! ? [{ input, length: sizeOf(shape) }] : []))
    // Outputs whose slot is not that of the input which they become.
    const moves = carries.flatMap((to, i) =>
      to >= 0 && outputs[i] !== to ? [{ from: outputs[i]!, to, spec: specs[i]! }] : [],
    )
    return { loop, sliced, moves, anew: moves.filter(({ from }) => slots[from]!.kind === 'output') }
  }
  let plan: ReturnType<typeof planOf> | undefined
  return (loop, count, inputs, keys) => {
    // The same loop at each call, mostly.
    if (plan?.loop !== loop) plan = planOf(loop)
    const { sliced, moves, anew } = plan
    const { carries } = loop
    const collected: { slot: number; length: number; stack: S }[] = []
    current.keys = NONE
    for (let i = 0; i < given.length; i++) values[i] = inputs[i]
    try {
      for (const [i, to] of carries.entries()) {
        if (to >= 0) continue
        const spec = specs[i]!
        collected.push({ slot: outputs[i]!, length: sizeOf(spec.shape), stack: allocate(stackOf(spec, count)) })
        // Where it is made each time, on its way into the stack.
        if (slots[outputs[i]!]!.kind === 'output') values[outputs[i]!] = allocate(spec)
      }
      for (let k = 0; k < count; k++) {
        if (random) current.keys = keysAt(program, keys, k)
        for (const { input, length } of sliced) values[input] = stacks.slice(inputs[input]!, k * length, length)
        for (const { from, spec } of anew) values[from] = allocate(spec)
        for (let i = 0; i < steps.length; i++) runStep(values, steps[i]!)
        for (const { slot, length, stack } of collected) stacks.put(values[slot]!, stack, k * length)
        if (moves.length > 0) move(moves)
      }
    } catch (error) {
      for (const slot of passing) {
        if (given[slot]?.donated === false) values[slot] = undefined
        drop(values, slot, release)
      }
      for (const { stack } of collected) release(stack)
      throw error
    }
    let next = 0
    const results = carries.map((to) => (to >= 0 ? values[to]! : collected[next++]!.stack))
    for (const { slot } of collected) if (slot >= given.length) drop(values, slot, release)
    for (const slot of passing) values[slot] = undefined
    return results
  }

  /** Lets each value take the place of its input, at once; what nobody carries on is given back. */
  function move(moves: readonly { readonly from: number; readonly to: number }[]): void {
    const carried = moves.map(({ from }) => values[from]!)
    for (const { to } of moves) if (!carried.includes(values[to]!)) release(values[to]!)
    for (const { from } of moves) values[from] = undefined
    moves.forEach(({ to }, i) => (values[to] = carried[i]))
  }
}

/** What the outputs of a program are. */
export function outputSpecs({ instructions, outputs }: Program): readonly TensorSpec[] {
  const specs = new Map(instructions.map(({ id, shape, dtype }) => [id, { shape, dtype }]))
  return outputs.map((id) => specs.get(id)!)
}

/** Many values of a spec, one after another. */
export function stackOf({ shape, dtype }: TensorSpec, count: number): TensorSpec {
  return { shape: [count, ...shape], dtype }
}

/** Whether a program draws random numbers: mostly a training step has a key, and no dropout that needs it. */
export function draws({ instructions }: Program): boolean {
  return instructions.some(({ primitive }) => primitive === 'random')
}

/** The keys of an iteration, among those of all. */
export function keysAt({ keys }: Program, words: Uint32Array, iteration: number): readonly KeyWords[] {
  return Array.from({ length: keys }, (_, j): KeyWords => {
    const at = 2 * (iteration * keys + j)
    return [words[at]!, words[at + 1]!]
  })
}
