import {
  sameShape,
  sizeOf,
  type Instruction,
  type KernelParams,
  type Program,
  type TensorSpec,
  type ValueId,
} from '@neurite/core'
import { needed, usesOf } from './rewrite.js'
import type { Traits } from './traits.js'

/** What engines have one kernel for, and the contract two primitives. */
export type Fusion = TensorSpec & { readonly id: ValueId; readonly inputs: readonly ValueId[] } & (
    | { readonly primitive: 'matmulBias'; readonly params: KernelParams<'matmul'> }
    | { readonly primitive: 'conv2dBias'; readonly params: KernelParams<'conv2d'> }
    /** inputs: x, factor (0-d), y; the result is x * factor + y. */
    | { readonly primitive: 'scaledSum' }
  )

const FUSIONS: ReadonlySet<string> = new Set<Fusion['primitive']>(['matmulBias', 'conv2dBias', 'scaledSum'])

export function isFusion(instruction: Instruction | Fusion): instruction is Fusion {
  return FUSIONS.has(instruction.primitive)
}

/** Factors beyond this, or below its reciprocal, are left alone: on its way through the kernel nothing overflows. */
const LARGEST_FACTOR = 2 ** 60

/**
 * The instructions of a program with each sum of a product and something else as one kernel: a product of matrices, or a
 * convolution, with its bias; the step of an optimizer, parameter + factor * gradient. A product that is read elsewhere
 * stays one.
 */
export function fuse(program: Program, { fusesUpTo }: Traits): (Instruction | Fusion)[] {
  const defined = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
  const specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))
  const uses = usesOf(program)

  const fused = ({ id, shape, dtype }: Instruction, product: ValueId, added: ValueId): Fusion | undefined => {
    const made = defined.get(product)
    if (made === undefined || uses.get(product) !== 1 || !sameShape(made.shape, shape)) return undefined
    const extents = specs.get(added)!.shape
    const inputs = [...made.inputs, added]
    const isBias = extents.length === 1 && extents[0] === shape.at(-1)
    if (made.primitive === 'matmul' && isBias && shape.length === 2) {
      return { id, primitive: 'matmulBias', inputs, params: made.params, shape, dtype }
    }
    if (made.primitive === 'conv2d' && isBias) {
      return { id, primitive: 'conv2dBias', inputs, params: made.params, shape, dtype }
    }
    // Single numbers stay on the host, where two operations cost nothing.
    const worthIt = sizeOf(shape) > 1 && sizeOf(shape) <= fusesUpTo
    if (made.primitive === 'mul' && sameShape(extents, shape) && worthIt) {
      const [x, y] = made.inputs as [ValueId, ValueId]
      const scaled = (value: ValueId, scale: ValueId): Fusion | undefined => {
        if (!isFactor(defined.get(scale)) || !sameShape(specs.get(value)!.shape, shape)) return undefined
        return { id, primitive: 'scaledSum', inputs: [value, scale, added], shape, dtype }
      }
      return scaled(x, y) ?? scaled(y, x)
    }
    return undefined
  }

  const instructions = program.instructions.map((instruction): Instruction | Fusion => {
    const { primitive, inputs, shape, dtype } = instruction
    if (primitive !== 'add' || dtype !== 'float32' || sizeOf(shape) === 0) return instruction
    const [x, y] = inputs as [ValueId, ValueId]
    return fused(instruction, x, y) ?? fused(instruction, y, x) ?? instruction
  })
  return needed(instructions, program.outputs)
}

/** True for a constant of no axes that scales without overflow. */
function isFactor(constant: Instruction | undefined): boolean {
  if (constant?.primitive !== 'full' || constant.shape.length > 0) return false
  const size = Math.abs(constant.params.value)
  return size <= LARGEST_FACTOR && size >= 1 / LARGEST_FACTOR
}
