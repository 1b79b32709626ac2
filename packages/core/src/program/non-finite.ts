import type { Backend, Operand } from '../backend/v1.js'
import type { KeyWords } from '../random/key.js'
import { stridesOf } from '../shape/index.js'
import { isFloating } from '../tensor/dtype.js'
import { runInstruction } from './interpret.js'
import { resolveViews } from './memory.js'
import type { Program, ValueId } from './program.js'

/** The first value of a program that is not finite. */
export interface NonFinite {
  /** The primitive that made it, or `input` if it came in. */
  readonly primitive: string
  /** Its place in `program.instructions`, or in `program.inputs`. */
  readonly position: number
  readonly shape: readonly number[]
  /** The first element that is not finite. */
  readonly index: readonly number[]
  readonly value: number
}

/** Runs a program instruction by instruction, reading every result, until one is not finite. Inputs are only read. */
export async function findNonFinite(
  program: Program,
  backend: Backend,
  inputs: readonly object[],
  keys: readonly KeyWords[],
): Promise<NonFinite | undefined> {
  const values = new Map<ValueId, Operand>()
  const root = resolveViews(program)
  const made: object[] = []
  try {
    for (const [position, { id, shape, dtype }] of program.inputs.entries()) {
      const operand = { storage: inputs[position]!, shape, dtype }
      values.set(id, operand)
      const found = await firstNonFinite(backend, operand)
      if (found !== undefined) return { primitive: 'input', position, shape, ...found }
    }
    for (const [position, instruction] of program.instructions.entries()) {
      const result = runInstruction(backend, instruction, values, keys)
      values.set(instruction.id, result)
      if (root.get(instruction.id) !== instruction.id) continue
      made.push(result.storage)
      const found = await firstNonFinite(backend, result)
      // An infinite literal that the program itself asked for is no accident.
      if (found !== undefined && instruction.primitive !== 'full')
        return { primitive: instruction.primitive, position, shape: instruction.shape, ...found }
    }
    return undefined
  } finally {
    for (const storage of made) backend.release(storage)
  }
}

async function firstNonFinite(
  backend: Backend,
  { storage, shape, dtype }: Operand,
): Promise<{ index: readonly number[]; value: number } | undefined> {
  if (!isFloating(dtype)) return undefined
  const data = await backend.read(storage, { shape, dtype })
  const flat = data.findIndex((value) => !Number.isFinite(value))
  if (flat < 0) return undefined
  const index = stridesOf(shape).map((stride, axis) => Math.floor(flat / stride) % shape[axis]!)
  return { index, value: data[flat]! }
}
