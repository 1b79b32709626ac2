import { BYTES_PER_ELEMENT, type DType } from '../tensor/dtype.js'
import type { ProgramInput } from './program.js'

/**
 * One buffer of a scheduled program.
 * - `input`: comes with each call; a donated one may also hold an output, which overwrites it.
 * - `constant`: made once, when the program is made ready, and never overwritten.
 * - `temporary`: reused by many values and by every run.
 * - `output`: new for each run, since the caller keeps it.
 */
export interface Slot {
  readonly kind: 'input' | 'constant' | 'temporary' | 'output'
  readonly dtype: DType
  /** Elements. Several values may share a temporary, so a value can be shorter than its slot. */
  readonly length: number
  /** Where a constant or temporary begins in the one arena of both, in bytes: a multiple of 16. Inputs and outputs: -1. */
  readonly offset: number
}

/** A value that needs storage of its own. */
export interface Lifetime {
  readonly dtype: DType
  readonly length: number
  /** The time of its last reader; Infinity for outputs; -1 if nothing reads it. */
  lastUse: number
}

/** What happens at one time: a value is made from others, and may overwrite one of them or not. */
export interface Making {
  readonly result: number
  readonly operands: ReadonlySet<number>
  readonly mayOverwrite: boolean
}

/** Wide enough for vectors of 128 bits and for every dtype. */
const ALIGNMENT = 16

/**
 * Assigns buffers by liveness: a value takes a buffer whose last reader has run, a result that may overwrite takes that
 * of an operand it is the last to read, and outputs take donated inputs of their size. Shapes are static, so this is
 * exact: a warm run allocates only the outputs that no donated input can hold.
 *
 * @param outputs - which of the values come out, in order
 * @param constants - how many of the makings, the first, happen only once
 */
export function assignSlots(
  inputs: readonly ProgramInput[],
  outputs: readonly number[],
  values: readonly Lifetime[],
  makings: readonly Making[],
  constants: number,
): { readonly slots: Slot[]; readonly slotOf: readonly number[]; readonly bytes: number } {
  const donatedTo = assignDonated(inputs, outputs, values, makings)
  const slots: { kind: Slot['kind']; dtype: DType; length: number }[] = []
  const slotOf: number[] = []
  const free: number[] = []
  const newSlot = (kind: Slot['kind'], { dtype, length }: Lifetime): number => slots.push({ kind, dtype, length }) - 1

  // Slot i is input i.
  inputs.forEach((_, i) => (slotOf[i] = newSlot('input', values[i]!)))
  makings.forEach(({ result, operands, mayOverwrite }, time) => {
    const value = values[result]!
    const dying = [...operands].filter((operand) => values[operand]!.lastUse === time)
    let slot = donatedTo.get(result)
    if (slot === undefined) {
      if (value.lastUse === Infinity) slot = newSlot('output', value)
      else if (time < constants && value.lastUse >= constants) slot = newSlot('constant', value)
      else slot = (mayOverwrite ? inPlace(dying, value) : undefined) ?? takeFree(value) ?? newSlot('temporary', value)
    }
    slotOf[result] = slot
    // Freed only now: a kernel reads its operands while it writes its result.
    for (const operand of dying) {
      const freed = slotOf[operand]!
      if (slots[freed]!.kind === 'temporary' && freed !== slot) free.push(freed)
    }
  })

  let bytes = 0
  const placed = slots.map(({ kind, dtype, length }): Slot => {
    if (kind === 'input' || kind === 'output') return { kind, dtype, length, offset: -1 }
    const offset = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    bytes = offset + length * BYTES_PER_ELEMENT[dtype]
    return { kind, dtype, length, offset }
  })
  return { slots: placed, slotOf, bytes }

  function inPlace(dying: readonly number[], value: Lifetime): number | undefined {
    const operand = dying.find((candidate) => {
      const { kind, dtype } = slots[slotOf[candidate]!]!
      return kind === 'temporary' && dtype === value.dtype && values[candidate]!.length === value.length
    })
    return operand === undefined ? undefined : slotOf[operand]
  }

  /** The smallest free buffer that is long enough; else the longest, grown. */
  function takeFree({ dtype, length }: Lifetime): number | undefined {
    const candidates = free
      .filter((slot) => slots[slot]!.dtype === dtype)
      .sort((a, b) => slots[a]!.length - slots[b]!.length)
    const best = candidates.find((slot) => slots[slot]!.length >= length) ?? candidates.at(-1)
    if (best === undefined) return undefined
    free.splice(free.indexOf(best), 1)
    slots[best]!.length = Math.max(slots[best]!.length, length)
    return best
  }
}

/**
 * Pairs outputs with donated inputs of their dtype and length whose storage they may take. The n-th output gets that of the n-th
 * donated input where it can: what a program returns anew mostly stands in the order in which it came, and then stays where it is,
 * iteration after iteration. Of the others, first those that they may overwrite while they read them, so that p - lr * g takes p's
 * own; then those that were read for the last time before.
 */
function assignDonated(
  inputs: readonly ProgramInput[],
  outputs: readonly number[],
  values: readonly Lifetime[],
  makings: readonly Making[],
): ReadonlyMap<number, number> {
  const donated = inputs.flatMap((input, i) => (input.donated ? [i] : []))
  const available = new Set(donated)
  const taken = new Map<number, number>()
  for (const which of ['its own', 'overwritten', 'free'] as const) {
    makings.forEach(({ result, operands, mayOverwrite }, time) => {
      const { dtype, length, lastUse } = values[result]!
      if (lastUse !== Infinity || taken.has(result)) return
      const own = donated[outputs.indexOf(result)]
      const input = [...available].find((each) => {
        const value = values[each]!
        if (value.dtype !== dtype || value.length !== length) return false
        const overwritten = mayOverwrite && operands.has(each) && value.lastUse === time
        if (which === 'its own') return each === own && (overwritten || value.lastUse < time)
        return which === 'overwritten' ? overwritten : value.lastUse < time
      })
      if (input === undefined) return
      taken.set(result, input)
      available.delete(input)
    })
  }
  return taken
}
