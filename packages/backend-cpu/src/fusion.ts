import {
  sameShape,
  sizeOf,
  type Instruction,
  type PrimitiveName,
  type Program,
  type TypedArray,
  type ValueId,
} from '@neurite/core'
import type { Run } from './plan.js'

/** Elementwise over two arrays and one number. */
type Loop = (n: number, out: TypedArray, a: TypedArray, b: TypedArray, c: number) => void

// Each rounds where the instructions it stands for do: a compiled function gives the bits of the plain one.
const { fround } = Math

/** a + b c, a step of an optimizer or of its averages. */
const addScaled: Loop = (n, out, a, b, c) => {
  for (let i = 0; i < n; i++) out[i] = a[i]! + fround(b[i]! * c)
}

const subScaled: Loop = (n, out, a, b, c) => {
  for (let i = 0; i < n; i++) out[i] = a[i]! - fround(b[i]! * c)
}

/** a (c - b^2), the gradient of tanh. */
const scaleByRest: Loop = (n, out, a, b, c) => {
  for (let i = 0; i < n; i++) out[i] = a[i]! * fround(c - fround(b[i]! * b[i]!))
}

/** a where b > c, else c: the gradient of relu, with c = 0. */
const passAbove: Loop = (n, out, a, b, c) => {
  for (let i = 0; i < n; i++) out[i] = c < b[i]! ? a[i]! : c
}

/** What one loop can do instead of several instructions: over inputs a, b (of the result's shape) and c (0-d). */
interface Fusion {
  readonly loop: Loop
  readonly inputs: readonly [a: ValueId, b: ValueId, c: ValueId]
  readonly replaced: readonly Instruction[]
}

/** A program with some instructions in place of several, and how to run those. */
export interface Fused {
  readonly program: Program
  readonly runs: ReadonlyMap<ValueId, Run>
}

/**
 * Puts one loop in place of the few sequences that every training step repeats. For the planning of memory a fused instruction
 * is a `where`: elementwise, of three operands.
 */
export function fuse(program: Program): Fused {
  const specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))
  const definitions = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
  const uses = new Map<ValueId, number>()
  for (const id of [...program.instructions.flatMap(({ inputs }) => inputs), ...program.outputs]) {
    uses.set(id, (uses.get(id) ?? 0) + 1)
  }

  const find = ({ primitive, inputs: [x, y, z], shape }: Instruction): Fusion | undefined => {
    const full = (id: ValueId | undefined): id is ValueId =>
      id !== undefined && specs.get(id)!.dtype === 'float32' && sameShape(specs.get(id)!.shape, shape)
    const scalar = (id: ValueId | undefined): id is ValueId =>
      id !== undefined && specs.get(id)!.dtype === 'float32' && specs.get(id)!.shape.length === 0 && shape.length > 0
    /** The definition of an operand that nothing else reads. */
    const inner = (id: ValueId | undefined, name: PrimitiveName): Instruction | undefined => {
      const definition = id !== undefined && uses.get(id) === 1 ? definitions.get(id) : undefined
      return definition?.primitive === name && sameShape(definition.shape, shape) ? definition : undefined
    }
    const scaled = (loop: Loop, a: ValueId | undefined, product: Instruction | undefined): Fusion | undefined => {
      const [b, c] = product?.inputs ?? []
      return full(a) && full(b) && scalar(c) ? { loop, inputs: [a, b, c], replaced: [product!] } : undefined
    }
    if (primitive === 'add') return scaled(addScaled, x, inner(y, 'mul')) ?? scaled(addScaled, y, inner(x, 'mul'))
    if (primitive === 'sub') return scaled(subScaled, x, inner(y, 'mul'))
    if (primitive === 'mul') {
      const rest = inner(y, 'sub')
      const [c, squared] = rest?.inputs ?? []
      const square = inner(squared, 'mul')
      const [b, again] = square?.inputs ?? []
      if (full(x) && full(b) && b === again && scalar(c))
        return { loop: scaleByRest, inputs: [x, b, c], replaced: [rest!, square!] }
    }
    if (primitive === 'where') {
      const less = inner(x, 'less')
      const [c, b] = less?.inputs ?? []
      if (full(y) && full(b) && scalar(c) && c === z) return { loop: passAbove, inputs: [y, b, c], replaced: [less!] }
    }
    return undefined
  }

  const runs = new Map<ValueId, Run>()
  const replaced = new Set<Instruction>()
  const instructions = program.instructions.map((instruction): Instruction => {
    const fusion = find(instruction)
    if (fusion === undefined || fusion.replaced.some((each) => runs.has(each.id))) return instruction
    const { id, shape, dtype } = instruction
    const n = sizeOf(shape)
    runs.set(id, (out, a, b, c) => fusion.loop(n, out, a, b, c[0]!))
    for (const each of fusion.replaced) replaced.add(each)
    return { id, primitive: 'where', inputs: fusion.inputs, params: {}, shape, dtype }
  })
  return {
    program: { ...program, instructions: instructions.filter((_, i) => !replaced.has(program.instructions[i]!)) },
    runs,
  }
}
