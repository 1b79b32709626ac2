import { ELEMENTWISE } from '../primitive/elementwise.js'
import { sizeOf } from '../shape/index.js'
import type { TensorSpec } from '../tensor/dtype.js'
import { assignSlots, type Lifetime, type Making, type Slot } from './memory.js'
import { usesOf } from './passes.js'
import type { Instruction, Program, ValueId } from './program.js'

/** What a backend computes its own way: one step in place of an instruction, and of those that it alone needed. */
export interface Fusion {
  /** For the backend: what it is. */
  readonly name: string
  /** The instruction, by its place in the program, whose result the step makes. At a `reshape`, it makes a value of what was a view. */
  readonly at: number
  /** The values that the step reads. */
  readonly inputs: readonly ValueId[]
  /** Whether the result may be written over an input of its dtype and length. */
  readonly inPlace: boolean
  /** For the backend: plain data. */
  readonly params?: unknown
}

/**
 * What a backend fuses in a program. `uses` says how often each value is read, or comes out. What nothing reads any
 * more is not scheduled, so a fusion need not say what it replaces.
 */
export type Fuse<F extends Fusion> = (program: Program, uses: ReadonlyMap<ValueId, number>) => readonly F[]

/** One step of a schedule, in numbers. */
export interface Step {
  /** The instruction, by its place in the program, whose result it makes. */
  readonly at: number
  /** Which of the schedule's fusions makes it; -1: the instruction does. */
  readonly fusion: number
  /** What it reads, as values: the program's inputs, then its instructions, counted from 0. Their shapes are those of this use. */
  readonly values: readonly number[]
  /** Where these lie: slots, in the same order. */
  readonly operands: readonly number[]
  readonly out: number
  /** True if `out` is the slot of an operand. */
  readonly inPlace: boolean
  /** The slots, but those of inputs that were only lent, whose value nothing reads after this step. */
  readonly dies: readonly number[]
}

/** When a program computes what, and where each value lies: plain data, all that an executor needs. */
export interface Schedule<F extends Fusion = Fusion> {
  readonly program: Program
  readonly fusions: readonly F[]
  /** Slot i is input i of the program, as far as there are inputs. */
  readonly slots: readonly Slot[]
  /** Done once, in this order: what depends on no input and no key. */
  readonly constants: readonly Step[]
  /** Done at each run, in this order. */
  readonly steps: readonly Step[]
  /** The slots of the program's outputs. */
  readonly outputs: readonly number[]
  /** Inputs that were donated and that no output takes: the run gives them back. */
  readonly unreturned: readonly number[]
  /** The size of the arena in which constants and temporaries lie: what an executor keeps between runs. */
  readonly bytes: number
}

/**
 * Orders a program into steps and gives each value its place in memory: views are what they view, what no output needs
 * is left out, buffers are reused. For backends that run whole programs; {@link execute} runs it.
 *
 * @param options - `fuse`: what the backend computes its own way
 * @example
 * ```ts
 * import { exp, reshape, schedule, sum, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => sum(reshape(exp(x), [2, 1])))(tensor([1, 2]))
 * const { slots, steps } = schedule(program)
 * slots.map(({ kind }) => kind) // => ['input', 'temporary', 'output']
 * steps.map(({ operands, out }) => [...operands, out]) // => [[0, 1], [1, 2]]
 * ```
 */
export function schedule<F extends Fusion = never>(
  program: Program,
  { fuse }: { readonly fuse?: Fuse<F> } = {},
): Schedule<F> {
  const { inputs, instructions } = program
  const fusions = fuse?.(program, usesOf(program)) ?? []
  const fusionAt = new Map(fusions.map(({ at }, i) => [at, i]))
  const place = new Map<ValueId, number>()
  for (const { id } of [...inputs, ...instructions]) place.set(id, place.size)
  /** Each value's own storage, or that of what it is a view of. */
  const root = inputs.map((_, i) => i)
  const operations = instructions.map(({ primitive, inputs: read }, at) => {
    const fusion = fusionAt.get(at) ?? -1
    const values = (fusions[fusion]?.inputs ?? read).map((id) => place.get(id)!)
    const result = inputs.length + at
    const isView = primitive === 'reshape' && fusion < 0
    root.push(isView ? root[values[0]!]! : result)
    const operands = new Set(values.map((value) => root[value]!))
    return {
      at,
      fusion,
      values,
      result,
      isView,
      operands,
      mayOverwrite: fusions[fusion]?.inPlace ?? ELEMENTWISE.has(primitive),
    }
  })
  const outputs = program.outputs.map((id) => root[place.get(id)!]!)

  const needed = new Set(outputs)
  for (const { result, isView, operands } of [...operations].reverse()) {
    if (!isView && needed.has(result)) for (const operand of operands) needed.add(operand)
  }
  const constant = new Set<number>()
  const once: typeof operations = []
  const each: typeof operations = []
  for (const operation of operations) {
    const { at, result, isView, operands } = operation
    if (isView || !needed.has(result)) continue
    const varies = instructions[at]!.primitive === 'random' || outputs.includes(result)
    if (varies || [...operands].some((operand) => !constant.has(operand))) each.push(operation)
    else {
      constant.add(result)
      once.push(operation)
    }
  }
  const ordered = [...once, ...each]

  const lifetimes = [...inputs, ...instructions].map(({ shape, dtype }): Lifetime => ({
    dtype,
    length: sizeOf(shape),
    lastUse: -1,
  }))
  ordered.forEach(({ operands }, time) => {
    for (const operand of operands) lifetimes[operand]!.lastUse = time
  })
  for (const output of outputs) lifetimes[output]!.lastUse = Infinity

  const { slots, slotOf, bytes } = assignSlots(
    inputs,
    outputs,
    lifetimes,
    ordered satisfies readonly Making[],
    once.length,
  )
  const steps = ordered.map(({ at, fusion, values, result, operands }, time): Step => {
    const from = values.map((value) => slotOf[root[value]!]!)
    const out = slotOf[result]!
    const dying = [...operands].filter(
      (operand) => lifetimes[operand]!.lastUse === time && inputs[operand]?.donated !== false,
    )
    return {
      at,
      fusion,
      values,
      operands: from,
      out,
      inPlace: from.includes(out),
      dies: dying.map((operand) => slotOf[operand]!),
    }
  })
  const results = outputs.map((value) => slotOf[value]!)
  return {
    program,
    fusions,
    slots,
    constants: steps.slice(0, once.length),
    steps: steps.slice(once.length),
    outputs: results,
    unreturned: inputs.flatMap(({ donated }, i) => (donated && !results.includes(i) ? [i] : [])),
    bytes,
  }
}

/** What a step computes, in words: a backend makes it ready from this. */
export interface Operation<F extends Fusion = Fusion> {
  readonly instruction: Instruction
  /** If the backend said so, in place of the instruction, whose shape and dtype remain those of the result. */
  readonly fusion: F | undefined
  readonly inputs: readonly TensorSpec[]
}

/**
 * The operation of a step.
 *
 * @example
 * ```ts
 * import { exp, operationOf, schedule, tensor, trace, type Tensor } from '@neurite/core'
 * const plan = schedule(trace((x: Tensor) => exp(x))(tensor([1, 2])))
 * operationOf(plan, plan.steps[0]!).instruction.primitive // => 'exp'
 * ```
 */
export function operationOf<F extends Fusion>(
  { program: { inputs, instructions }, fusions }: Schedule<F>,
  { at, fusion, values }: Step,
): Operation<F> {
  return {
    instruction: instructions[at]!,
    fusion: fusions[fusion],
    inputs: values.map((value) => inputs[value] ?? instructions[value - inputs.length]!),
  }
}
