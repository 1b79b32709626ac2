import {
  sameShape,
  sizeOf,
  type Fuse,
  type Fusion,
  type Instruction,
  type KernelParams,
  type Program,
  type ValueId,
} from '@neurite/core'
import type { Traits } from './traits.js'

/** What engines have one kernel for, and the contract two primitives; and reshape, which engines have a kernel for, too. */
export type TfjsFusion = Fusion &
  (
    | { readonly name: 'matmulBias'; readonly params: KernelParams<'matmul'> }
    | { readonly name: 'conv2dBias'; readonly params: KernelParams<'conv2d'> }
    /** inputs: x, factor (0-d), y; the result is x * factor + y. */
    | { readonly name: 'scaledSum' }
    | { readonly name: 'reshape' }
  )

/** What {@link fuse} finds, before it is said where. */
type Found = TfjsFusion extends infer F ? (F extends TfjsFusion ? Omit<F, 'at' | 'inPlace'> : never) : never

/** Factors beyond this, or below its reciprocal, are left alone: on its way through the kernel nothing overflows. */
const LARGEST_FACTOR = 2 ** 60

/** Every reshape is a step: where textures are packed it is work, which is not to be done at each use. */
const reshapes = ({ instructions }: Program): TfjsFusion[] =>
  instructions.flatMap(({ primitive, inputs }, at) =>
    primitive === 'reshape' ? [{ name: primitive, at, inputs, inPlace: false }] : [],
  )

/**
 * Each sum of a product and something else as one kernel: a product of matrices, or a convolution, with its bias; the
 * step of an optimizer, parameter + factor * gradient. A product that is read elsewhere stays one. Only where launches count.
 */
export const fuse =
  ({ launches, fusesUpTo }: Traits): Fuse<TfjsFusion> =>
  (program, uses) => {
    if (!launches) return reshapes(program)
    const defined = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
    const specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))

    const fused = ({ shape }: Instruction, product: ValueId, added: ValueId): Found | undefined => {
      const made = defined.get(product)
      if (made === undefined || uses.get(product) !== 1 || !sameShape(made.shape, shape)) return undefined
      const extents = specs.get(added)!.shape
      const inputs = [...made.inputs, added]
      const isBias = extents.length === 1 && extents[0] === shape.at(-1)
      if (made.primitive === 'matmul' && isBias && shape.length === 2) {
        return { name: 'matmulBias', inputs, params: made.params }
      }
      if (made.primitive === 'conv2d' && isBias) return { name: 'conv2dBias', inputs, params: made.params }
      // Single numbers stay on the host, where two operations cost nothing.
      const worthIt = sizeOf(shape) > 1 && sizeOf(shape) <= fusesUpTo
      if (made.primitive === 'mul' && sameShape(extents, shape) && worthIt) {
        const [x, y] = made.inputs as [ValueId, ValueId]
        const scaled = (value: ValueId, scale: ValueId): Found | undefined => {
          if (!isFactor(defined.get(scale)) || !sameShape(specs.get(value)!.shape, shape)) return undefined
          return { name: 'scaledSum', inputs: [value, scale, added] }
        }
        return scaled(x, y) ?? scaled(y, x)
      }
      return undefined
    }

    const sums = program.instructions.flatMap((instruction, at): TfjsFusion[] => {
      const { primitive, inputs, shape, dtype } = instruction
      if (primitive !== 'add' || dtype !== 'float32' || sizeOf(shape) === 0) return []
      const [x, y] = inputs as [ValueId, ValueId]
      const found = fused(instruction, x, y) ?? fused(instruction, y, x)
      return found === undefined ? [] : [{ ...found, at, inPlace: false }]
    })
    return [...reshapes(program), ...sums]
  }

/** True for a constant of no axes that scales without overflow. */
function isFactor(constant: Instruction | undefined): boolean {
  if (constant?.primitive !== 'full' || constant.shape.length > 0) return false
  const size = Math.abs(constant.params.value)
  return size <= LARGEST_FACTOR && size >= 1 / LARGEST_FACTOR
}
