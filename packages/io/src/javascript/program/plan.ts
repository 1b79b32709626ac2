import { sizeOf, type Instruction, type Program, type TensorSpec, type ValueId } from '@neurite/core'
import { emitterOf } from './table.js'

/** What is computed when, and which values need no array. */
export interface Plan {
  /** Values that are computed in the loop that reads them, the one place where they are read. */
  readonly inlined: ReadonlySet<ValueId>
  /** Values that are the same at every run. */
  readonly constant: ReadonlySet<ValueId>
  /** How often a value is read by instructions; a square reads its operand twice. */
  readonly reads: ReadonlyMap<ValueId, number>
}

/** @param varying - the inputs that change from run to run */
export function planProgram({ inputs, instructions, outputs }: Program, varying: ReadonlySet<ValueId>): Plan {
  const specs = new Map<ValueId, TensorSpec>([...inputs, ...instructions].map((value) => [value.id, value]))
  const constant = new Set(inputs.map(({ id }) => id).filter((id) => !varying.has(id)))
  for (const { id, inputs: read } of instructions) if (read.every((from) => constant.has(from))) constant.add(id)
  const reads = new Map<ValueId, number>()
  for (const { inputs: read } of instructions) for (const id of read) reads.set(id, (reads.get(id) ?? 0) + 1)

  /** The loop in which a value is computed, by its name. */
  const home = new Map<ValueId, string>()
  /** The loops in which it is read; undefined for one that needs an array. */
  const readIn = new Map<ValueId, Set<string | undefined>>()
  const readAt = (id: ValueId, place: string | undefined): void => {
    readIn.set(id, (readIn.get(id) ?? new Set()).add(place))
  }
  for (const id of outputs) readAt(id, undefined)
  const inlined = new Set<ValueId>()
  for (const instruction of [...instructions].reverse()) {
    const { id } = instruction
    const places = [...(readIn.get(id) ?? [])]
    const [place] = places
    const { kind } = emitterOf(instruction.primitive)
    if (places.length === 1 && place !== undefined && (kind === 'elementwise' || kind === 'element')) {
      inlined.add(id)
      home.set(id, place)
    } else home.set(id, `${id}`)
    instruction.inputs.forEach((from, operand) => readAt(from, placeOf(instruction, from, operand)))
  }
  return { inlined, constant, reads }

  /** Where an instruction reads each element of an operand once, if it does. */
  function placeOf(reader: Instruction, from: ValueId, operand: number): string | undefined {
    const emitter = emitterOf(reader.primitive)
    // What is the same at every run is not computed again at each.
    if (constant.has(from) !== constant.has(reader.id)) return undefined
    if (emitter.kind === 'elementwise') {
      return sizeOf(specs.get(from)!.shape) === sizeOf(reader.shape) ? home.get(reader.id) : undefined
    }
    const streams = 'streams' in emitter ? emitter.streams : undefined
    return streams === 'all' || (streams === 'first' && operand === 0) ? `${reader.id}:${operand}` : undefined
  }
}
