import { ELEMENTWISE } from '../primitive/elementwise.js'
import { sizeOf } from '../shape/index.js'
import { BYTES_PER_ELEMENT, type DType } from '../tensor/dtype.js'
import type { Instruction, Program, ValueId } from './program.js'

/**
 * One buffer of a planned program.
 * - `input`: comes with each call; a donated one may also hold an output, which overwrites it.
 * - `constant`: made once by a `full` or `arange` instruction, never overwritten.
 * - `temporary`: allocated once, reused by many values and by every run.
 * - `output`: allocated anew for each run, since the caller keeps it.
 */
export interface Slot {
  readonly kind: 'input' | 'constant' | 'temporary' | 'output'
  readonly dtype: DType
  /** Elements. Several values may share a temporary, so a value can be shorter than its slot. */
  readonly length: number
}

/** Which buffer each value of a program lives in. Slot i is input i for i < inputs.length. */
export interface MemoryPlan {
  readonly slots: readonly Slot[]
  readonly slotOf: ReadonlyMap<ValueId, number>
  /** Bytes of constants and temporaries: what an executable keeps between runs. */
  readonly bytes: number
}

interface Value {
  readonly length: number
  readonly dtype: DType
  /** Index of the last instruction that reads it; Infinity for outputs; -1 if nothing does. */
  lastUse: number
}

/**
 * Assigns buffers by liveness: a value takes a buffer whose last reader has run, an elementwise result may take the
 * buffer of an operand it is the last to read, and outputs take donated inputs of their size. Shapes are static, so
 * this is exact: a warm run allocates only the outputs that no donated input can hold. For backends that run whole
 * programs.
 *
 * @example
 * ```ts
 * import { exp, planMemory, sin, tanh, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => tanh(sin(exp(x))))(tensor([1, 2]))
 * planMemory(program).slots.map(({ kind }) => kind) // => ['input', 'temporary', 'output']
 * ```
 */
export function planMemory(program: Program): MemoryPlan {
  const root = resolveViews(program)
  const values = liveness(program, root)
  const donatedTo = assignDonated(program, root, values)
  const slots: { kind: Slot['kind']; dtype: DType; length: number }[] = []
  const slotOf = new Map<ValueId, number>()
  const free: number[] = []
  const newSlot = (kind: Slot['kind'], { dtype, length }: Value): number => slots.push({ kind, dtype, length }) - 1

  for (const input of program.inputs) slotOf.set(input.id, newSlot('input', values.get(input.id)!))

  program.instructions.forEach((instruction, time) => {
    const { id } = instruction
    if (root.get(id) !== id) {
      slotOf.set(id, slotOf.get(root.get(id)!)!)
      return
    }
    const value = values.get(id)!
    const dying = operandsOf(instruction, root).filter((operand) => values.get(operand)!.lastUse === time)
    let slot: number
    if (donatedTo.has(id)) slot = slotOf.get(donatedTo.get(id)!)!
    else if (value.lastUse === Infinity) slot = newSlot('output', value)
    else if (instruction.primitive === 'full' || instruction.primitive === 'arange') slot = newSlot('constant', value)
    else slot = inPlace(instruction, dying, value) ?? takeFree(value) ?? newSlot('temporary', value)
    slotOf.set(id, slot)
    // Freed only now: a kernel reads its operands while it writes its result.
    for (const operand of dying) {
      const freed = slotOf.get(operand)!
      if (slots[freed]!.kind === 'temporary' && freed !== slot) free.push(freed)
    }
    if (value.lastUse === -1 && slots[slot]!.kind === 'temporary') free.push(slot)
  })

  const kept = slots.filter(({ kind }) => kind === 'temporary' || kind === 'constant')
  return { slots, slotOf, bytes: kept.reduce((sum, { dtype, length }) => sum + length * BYTES_PER_ELEMENT[dtype], 0) }

  function inPlace(instruction: Instruction, dying: readonly ValueId[], value: Value): number | undefined {
    if (!ELEMENTWISE.has(instruction.primitive)) return undefined
    const operand = dying.find((candidate) => {
      const { kind, dtype } = slots[slotOf.get(candidate)!]!
      return kind === 'temporary' && dtype === value.dtype && values.get(candidate)!.length === value.length
    })
    return operand === undefined ? undefined : slotOf.get(operand)
  }

  /** The smallest free buffer that is long enough; else the longest, grown. */
  function takeFree({ dtype, length }: Value): number | undefined {
    let best: number | undefined
    for (const candidate of free) {
      if (slots[candidate]!.dtype !== dtype) continue
      if (best === undefined || better(slots[candidate]!.length, slots[best]!.length, length)) best = candidate
    }
    if (best === undefined) return undefined
    free.splice(free.indexOf(best), 1)
    slots[best]!.length = Math.max(slots[best]!.length, length)
    return best
  }
}

function better(candidate: number, best: number, wanted: number): boolean {
  if (candidate >= wanted) return best < wanted || candidate < best
  return best < wanted && candidate > best
}

/**
 * For each value of a program the one that owns its storage: itself, or what it is a reshape of. For backends that run
 * whole programs.
 *
 * @example
 * ```ts
 * import { exp, reshape, resolveViews, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => reshape(exp(x), [2, 1]))(tensor([1, 2]))
 * Array.from(resolveViews(program).values()) // => [0, 1, 1]
 * ```
 */
export function resolveViews(program: Program): ReadonlyMap<ValueId, ValueId> {
  const root = new Map<ValueId, ValueId>()
  for (const { id } of program.inputs) root.set(id, id)
  for (const { id, primitive, inputs } of program.instructions)
    root.set(id, primitive === 'reshape' ? root.get(inputs[0]!)! : id)
  return root
}

/** The distinct storages an instruction reads. */
function operandsOf(instruction: Instruction, root: ReadonlyMap<ValueId, ValueId>): ValueId[] {
  return [...new Set(instruction.inputs.map((operand) => root.get(operand)!))]
}

function liveness(program: Program, root: ReadonlyMap<ValueId, ValueId>): Map<ValueId, Value> {
  const values = new Map<ValueId, Value>()
  for (const { id, shape, dtype } of [...program.inputs, ...program.instructions]) {
    if (root.get(id) === id) values.set(id, { length: sizeOf(shape), dtype, lastUse: -1 })
  }
  program.instructions.forEach((instruction, time) => {
    // A view reads nothing itself; its readers count for its root.
    if (instruction.primitive !== 'reshape')
      for (const operand of operandsOf(instruction, root)) values.get(operand)!.lastUse = time
  })
  for (const id of program.outputs) values.get(root.get(id)!)!.lastUse = Infinity
  return values
}

/** Pairs outputs with donated inputs whose storage they may take: same dtype and length, last read before (or, elementwise, while) the output is written. */
function assignDonated(
  program: Program,
  root: ReadonlyMap<ValueId, ValueId>,
  values: ReadonlyMap<ValueId, Value>,
): ReadonlyMap<ValueId, ValueId> {
  const available = new Set(program.inputs.filter(({ donated }) => donated).map(({ id }) => id))
  const result = new Map<ValueId, ValueId>()
  const outputs = new Set(program.outputs)
  const definitions = program.instructions
    .map((instruction, time) => ({ instruction, time }))
    .filter(({ instruction }) => outputs.has(instruction.id))
  const assign = (id: ValueId, input: ValueId): void => {
    result.set(id, input)
    available.delete(input)
  }
  // Updates of a parameter in place come first: p - lr * g takes p's own storage.
  for (const { instruction, time } of definitions) {
    if (!ELEMENTWISE.has(instruction.primitive)) continue
    const own = operandsOf(instruction, root).find(
      (operand) => available.has(operand) && fits(operand, instruction.id) && values.get(operand)!.lastUse === time,
    )
    if (own !== undefined) assign(instruction.id, own)
  }
  for (const { instruction, time } of definitions) {
    if (result.has(instruction.id)) continue
    const spare = [...available].find((input) => fits(input, instruction.id) && values.get(input)!.lastUse < time)
    if (spare !== undefined) assign(instruction.id, spare)
  }
  return result

  function fits(input: ValueId, output: ValueId): boolean {
    return (
      values.get(input)!.dtype === values.get(output)!.dtype && values.get(input)!.length === values.get(output)!.length
    )
  }
}
