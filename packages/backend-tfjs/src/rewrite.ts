import {
  sameShape,
  sizeOf,
  usesOf,
  type Instruction,
  type PrimitiveName,
  type Program,
  type ValueId,
} from '@neurite/core'
import type { Traits } from './traits.js'

/** Learning rates and the like: what scales by one of these does not overflow. */
const SMALLEST_SCALE = 2 ** -24

/** Primitives of two operands that tfjs broadcasts in the kernel. */
const BROADCASTING: ReadonlySet<string> = new Set<PrimitiveName>([
  'add',
  'sub',
  'mul',
  'div',
  'equal',
  'less',
  'lessEqual',
])

/**
 * A program of fewer and smaller kernels that computes the same, up to rounding:
 * - what is repeated only to meet a larger operand is not: tfjs' kernels repeat as they read;
 * - `where` with a constant gets it repeated to the full shape, which is then made once;
 * - a matrix product that is scaled scales its smaller operand instead: (A B) c = A (B c), the step of plain descent.
 */
export function rewrite(program: Program, { launches }: Traits): Program {
  const defined = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
  const specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))
  const uses = usesOf(program)
  let nextId = 1 + Math.max(-1, ...specs.keys())
  const instructions: Instruction[] = []
  const shapeOf = (id: ValueId): readonly number[] => specs.get(id)!.shape

  const repeated = (id: ValueId, shape: readonly number[]): ValueId => {
    const constant = defined.get(id)
    if (constant?.primitive !== 'full' || sameShape(constant.shape, shape)) return id
    const { dtype } = constant
    instructions.push({ id: nextId, primitive: 'broadcastTo', inputs: [id], params: { shape }, shape, dtype })
    return nextId++
  }

  /** The product with its smaller operand scaled, if `scale` is a small constant and nothing else reads the product. */
  const scaled = (id: ValueId, product: ValueId, scale: ValueId): Instruction | undefined => {
    // There the scale is a part of the sum after it, or costs nothing beside the product.
    if (launches) return undefined
    const matmul = defined.get(product)
    const constant = defined.get(scale)
    if (matmul?.primitive !== 'matmul' || uses.get(product) !== 1 || constant?.primitive !== 'full') return undefined
    const size = Math.abs(constant.params.value)
    if (matmul.dtype !== 'float32' || constant.shape.length > 0 || size < SMALLEST_SCALE || size > 1) return undefined
    const [a, b] = matmul.inputs as [ValueId, ValueId]
    const smaller = sizeOf(shapeOf(b)) <= sizeOf(shapeOf(a)) ? b : a
    if (sizeOf(shapeOf(smaller)) >= sizeOf(matmul.shape)) return undefined
    const [shape, dtype] = [shapeOf(smaller), matmul.dtype]
    instructions.push({ id: nextId, primitive: 'mul', inputs: [smaller, scale], params: {}, shape, dtype })
    const factor = nextId++
    return { ...matmul, id, inputs: smaller === b ? [a, factor] : [factor, b] }
  }

  /** What a value is repeated from, if the other operand has the full shape anyway. */
  const source = (id: ValueId, other: ValueId): ValueId => {
    const repetition = defined.get(id)
    if (repetition?.primitive !== 'broadcastTo' || defined.get(other)?.primitive === 'broadcastTo') return id
    return sameShape(shapeOf(other), repetition.shape) ? repetition.inputs[0]! : id
  }

  for (const instruction of program.instructions) {
    const { id, primitive, inputs, shape } = instruction
    const [x, y, z] = inputs as [ValueId, ValueId, ValueId]
    if (primitive === 'where') {
      instructions.push({ ...instruction, inputs: [x, repeated(y, shape), repeated(z, shape)] })
      continue
    }
    const product = primitive === 'mul' ? (scaled(id, x, y) ?? scaled(id, y, x)) : undefined
    if (product !== undefined) instructions.push(product)
    else if (BROADCASTING.has(primitive)) instructions.push({ ...instruction, inputs: [source(x, y), source(y, x)] })
    else instructions.push(instruction)
  }
  return { ...program, instructions }
}
