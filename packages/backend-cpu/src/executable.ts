import {
  allocate,
  fillRandom,
  planMemory,
  resolveKey,
  sizeOf,
  type Executable,
  type Instruction,
  type KeyWords,
  type Program,
  type TensorSpec,
  type TypedArray,
} from '@neurite/core'
import { fuse } from './fusion.js'
import { planners } from './kernels.js'
import type { AnyPlanner, Run } from './plan.js'

/** Where outputs come from, and where donated inputs go that no output took. */
export interface Memory {
  allocate(spec: TensorSpec): TypedArray
  release(storage: TypedArray): void
}

/** One planned kernel, and the slots of its result and its operands. */
interface Step {
  readonly run: Run
  readonly out: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly more: readonly number[]
}

const NOTHING = /* @__PURE__ */ new Uint8Array(0)

/**
 * A program as a list of planned kernels over slots of memory, planned as well. Temporaries and constants are made here;
 * a run makes nothing but those outputs that no donated input can hold.
 */
export function createExecutable(traced: Program, memory: Memory): Executable<TypedArray> {
  const { program, runs } = fuse(traced)
  const plan = planMemory(program)
  const slotOf = (id: number): number => plan.slotOf.get(id)!
  const specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))
  const slots = plan.slots.map(({ kind, dtype, length }) =>
    kind === 'temporary' || kind === 'constant' ? allocate(dtype, length) : NOTHING,
  )
  const results = program.outputs.map(slotOf)
  const made = program.outputs
    .map((id) => ({ spec: specs.get(id)!, slot: slotOf(id) }))
    .filter(({ slot }) => plan.slots[slot]!.kind === 'output')
  // Slot i is input i.
  const unreturned = program.inputs.flatMap(({ donated }, i) => (donated && !results.includes(i) ? [i] : []))
  let words: readonly KeyWords[] = []

  const steps: Step[] = []
  for (const instruction of program.instructions) {
    if (instruction.primitive === 'reshape') continue
    const operands = instruction.inputs.map((id) => specs.get(id)!)
    const run =
      runs.get(instruction.id) ??
      (instruction.primitive === 'random' ? planRandom(instruction, () => words) : planStep(instruction, operands))
    const out = slotOf(instruction.id)
    const [a = out, b = out, c = out, ...more] = instruction.inputs.map(slotOf)
    if (plan.slots[out]!.kind === 'constant') run(slots[out]!, slots[out]!, slots[out]!, slots[out]!)
    else steps.push({ run, out, a, b, c, more })
  }

  return {
    run(inputs, keys) {
      words = keys
      for (let i = 0; i < inputs.length; i++) slots[i] = inputs[i]!
      for (let i = 0; i < made.length; i++) slots[made[i]!.slot] = memory.allocate(made[i]!.spec)
      for (let i = 0; i < steps.length; i++) {
        const { run, out, a, b, c, more } = steps[i]!
        if (more.length === 0) run(slots[out]!, slots[a]!, slots[b]!, slots[c]!)
        else run(slots[out]!, slots[a]!, slots[b]!, slots[c]!, ...more.map((slot) => slots[slot]!))
      }
      for (let i = 0; i < unreturned.length; i++) memory.release(inputs[unreturned[i]!]!)
      const outputs = new Array<TypedArray>(results.length)
      for (let i = 0; i < results.length; i++) outputs[i] = slots[results[i]!]!
      // What is the caller's is not held on to.
      for (let i = 0; i < inputs.length; i++) slots[i] = NOTHING
      for (let i = 0; i < made.length; i++) slots[made[i]!.slot] = NOTHING
      return outputs
    },
    dispose() {
      slots.fill(NOTHING)
    },
  }
}

function planStep(
  instruction: Exclude<Instruction, { primitive: 'random' | 'reshape' }>,
  operands: readonly TensorSpec[],
): Run {
  const plan: AnyPlanner = planners[instruction.primitive]
  return plan(operands, instruction.params, instruction)
}

/** Keys come with each run. */
function planRandom(
  { params, shape }: Extract<Instruction, { primitive: 'random' }>,
  words: () => readonly KeyWords[],
): Run {
  const n = sizeOf(shape)
  return (out) => fillRandom(params.distribution, resolveKey(params.key, words()), out, n)
}
