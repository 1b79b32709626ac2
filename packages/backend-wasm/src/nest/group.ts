import {
  sameShape,
  sizeOf,
  stridesOf,
  type DType,
  type Fusion,
  type Instruction,
  type PrimitiveName,
  type Program,
  type TensorSpec,
  type ValueId,
} from '@neurite/core'
import { collapse } from './collapse.js'
import type { Elementwise, Nest, Node, Reduction, Walk } from './nest.js'

/** What the compiler computes in loops of its own: one result, and what it alone needed. */
export interface Group extends Fusion {
  readonly name: 'nests'
  /** One after the other: most results take one, a padded or joined one several. */
  readonly nests: readonly Nest[]
}

const ELEMENTWISE: ReadonlySet<PrimitiveName> = /* @__PURE__ */ new Set<PrimitiveName>([
  ...([
    'neg',
    'abs',
    'sign',
    'floor',
    'exp',
    'expm1',
    'log',
    'log1p',
    'sqrt',
    'sin',
    'cos',
    'tanh',
    'sigmoid',
  ] as const),
  ...(['relu', 'erf', 'erfc', 'logicalNot', 'cast', 'add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum'] as const),
  ...(['equal', 'less', 'lessEqual', 'logicalAnd', 'logicalOr', 'where'] as const),
])
const REDUCTIONS: ReadonlySet<PrimitiveName> = /* @__PURE__ */ new Set<PrimitiveName>(['sum', 'max', 'min'])
/** What only says where elements lie. */
const VIEWS: ReadonlySet<PrimitiveName> = /* @__PURE__ */ new Set<PrimitiveName>(['broadcastTo', 'transpose', 'slice'])
const MADE_OF_NESTS: ReadonlySet<PrimitiveName> = /* @__PURE__ */ new Set<PrimitiveName>([
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...VIEWS,
  ...(['full', 'arange', 'pad', 'concat'] as const),
])

/**
 * Which instructions are computed together. Each group makes one value. An elementwise instruction joins its reader's group if
 * nothing outside reads it and the reader walks through as many points: nothing is computed twice. Views join as the way in which
 * the group walks through what they view, and constants as numbers.
 */
export function group(program: Program): readonly Group[] {
  const { instructions, outputs } = program
  const definitions = new Map(instructions.map((instruction) => [instruction.id, instruction]))
  const readers = new Map<ValueId, Instruction[]>()
  for (const instruction of instructions)
    for (const id of new Set(instruction.inputs)) readers.set(id, [...(readers.get(id) ?? []), instruction])
  const kept = new Set(outputs)

  /** The instruction whose group each one belongs to. */
  const rootOf = new Map<ValueId, ValueId>()
  const points = (root: ValueId): number => {
    const { primitive, inputs, shape } = definitions.get(root)!
    return sizeOf(REDUCTIONS.has(primitive) ? specOf(inputs[0]!).shape : shape)
  }
  const specs = new Map<ValueId, TensorSpec>([...program.inputs, ...instructions].map((value) => [value.id, value]))
  const specOf = (id: ValueId): TensorSpec => specs.get(id)!

  for (const instruction of [...instructions].reverse()) {
    const { id, primitive } = instruction
    if (!MADE_OF_NESTS.has(primitive)) continue
    rootOf.set(id, id)
    const reading = readers.get(id) ?? []
    if (kept.has(id) || reading.length === 0) continue
    const roots = new Set(reading.map((reader) => rootOf.get(reader.id)))
    const [root] = roots
    if (roots.size !== 1 || root === undefined) continue
    const computed = (reader: Instruction): boolean =>
      ELEMENTWISE.has(reader.primitive) || REDUCTIONS.has(reader.primitive)
    const joins = ELEMENTWISE.has(primitive)
      ? reading.every(computed) && sizeOf(instruction.shape) === points(root)
      : VIEWS.has(primitive) && reading.every((reader) => computed(reader) || VIEWS.has(reader.primitive))
    if (joins) rootOf.set(id, root)
  }

  return instructions.flatMap((instruction, at) => {
    const { id, primitive } = instruction
    if (rootOf.get(id) !== id || primitive === 'reshape') return []
    const inputs: ValueId[] = []
    const builder = new NestBuilder(definitions, specOf, (inner) => rootOf.get(inner) === id, inputs)
    const nests = builder.build(instruction).map(collapse)
    return [{ name: 'nests', at, inputs, nests, inPlace: mayOverwrite(nests, inputs.map(specOf), instruction) }]
  })
}

/** Whether each element is read before it is written over, and by nobody after: then operands of the result's length may be. */
function mayOverwrite(nests: readonly Nest[], operands: readonly TensorSpec[], result: TensorSpec): boolean {
  const [nest] = nests
  if (nests.length !== 1 || nest!.reduction !== undefined) return false
  return nest!.nodes.every((node) => {
    if (node.kind !== 'load' || sizeOf(operands[node.operand]!.shape) !== sizeOf(result.shape)) return true
    return node.walk.offset === 0 && node.walk.strides.every((stride, axis) => stride === nest!.store.strides[axis])
  })
}

/** Where the elements of a value lie in another one. */
interface View {
  readonly of: ValueId
  readonly shape: readonly number[]
  readonly offset: number
  readonly strides: readonly number[]
}

class NestBuilder {
  private readonly nodes: Node[] = []
  private readonly made = new Map<ValueId, number>()

  constructor(
    private readonly definitions: ReadonlyMap<ValueId, Instruction>,
    private readonly specOf: (id: ValueId) => TensorSpec,
    private readonly isInner: (id: ValueId) => boolean,
    private readonly operands: ValueId[],
  ) {}

  build(root: Instruction): Nest[] {
    const { primitive, inputs, params, shape, dtype } = root
    const store: Walk = { dtype, offset: 0, strides: stridesOf(shape) }
    switch (primitive) {
      case 'full':
        return [{ extents: shape, nodes: [{ kind: 'constant', value: params.value, dtype }], store }]
      case 'arange': {
        const { start, step } = params
        return [{ extents: shape, nodes: [{ kind: 'count', start, step, dtype }], store }]
      }
      case 'sum':
      case 'max':
      case 'min':
        return [this.reduce(primitive, inputs[0]!, params.axes, store)]
      case 'pad': {
        const [input] = inputs
        const { shape: inner } = this.specOf(input!)
        const offset = params.paddings.reduce((total, [before], axis) => total + before * store.strides[axis]!, 0)
        const filled: Nest = { extents: shape, nodes: [{ kind: 'constant', value: params.value, dtype }], store }
        return [filled, this.copy(input!, { ...store, offset }, inner)]
      }
      case 'concat': {
        let offset = 0
        return inputs.map((input) => {
          const { shape: part } = this.specOf(input)
          const nest = this.copy(input, { ...store, offset }, part)
          offset += part[params.axis]! * store.strides[params.axis]!
          return nest
        })
      }
      default: {
        this.value(root.id, shape)
        return [{ extents: shape, nodes: this.nodes, store }]
      }
    }
  }

  private reduce(reduction: Reduction, input: ValueId, axes: readonly number[], store: Walk): Nest {
    const { shape } = this.specOf(input)
    const own = stridesOf(shape.filter((_, axis) => !axes.includes(axis)))
    let next = 0
    const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : own[next++]!))
    this.value(input, shape)
    return { extents: shape, nodes: this.nodes, store: { ...store, strides }, reduction }
  }

  /** One array into a part of another, as it is: never fused, so that parts may come from anywhere. */
  private copy(input: ValueId, store: Walk, extents: readonly number[]): Nest {
    const { shape, dtype } = this.specOf(input)
    const walk: Walk = { dtype, offset: 0, strides: stridesOf(shape) }
    return { extents, nodes: [{ kind: 'load', operand: this.operand(input), walk, dtype }], store }
  }

  /** The node of a value at each point of a space, which its shape broadcasts to. */
  private value(id: ValueId, space: readonly number[]): number {
    const known = this.made.get(id)
    if (known !== undefined) return known
    const node = this.node(id, space)
    const index = this.nodes.push(node) - 1
    this.made.set(id, index)
    return index
  }

  private node(id: ValueId, space: readonly number[]): Node {
    const { dtype } = this.specOf(id)
    const definition = this.definitions.get(id)
    if (definition !== undefined && this.isInner(id) && ELEMENTWISE.has(definition.primitive)) {
      const inputs = definition.inputs.map((input) => this.value(input, space))
      // The last one: of `where`, the first is the condition.
      const from: DType = this.specOf(definition.inputs.at(-1)!).dtype
      const primitive = this.isExpOfDistance(definition) ? 'expNonPositive' : (definition.primitive as Elementwise)
      return { kind: 'apply', primitive, inputs, from, dtype }
    }
    const view = this.view(id)
    const viewed = this.definitions.get(view.of)
    if (viewed?.primitive === 'full') return { kind: 'constant', value: viewed.params.value, dtype }
    const lead = space.length - view.shape.length
    const strides = space.map((_, axis) =>
      axis < lead || view.shape[axis - lead] === 1 ? 0 : view.strides[axis - lead]!,
    )
    return { kind: 'load', operand: this.operand(view.of), walk: { dtype, offset: view.offset, strides }, dtype }
  }

  /** Whether it is exp(x - max(x)), as in softmax: of numbers that are at most 0. */
  private isExpOfDistance({ primitive, inputs }: Instruction): boolean {
    const distance = this.definitions.get(inputs[0]!)
    if (primitive !== 'exp' || distance?.primitive !== 'sub' || distance.dtype !== 'float32') return false
    const [x, subtracted] = distance.inputs as [ValueId, ValueId]
    const { shape } = this.specOf(subtracted)
    let largest = this.definitions.get(subtracted)
    // With the axes that it lost, and no others, it is subtracted from what it is the maximum of.
    while (largest?.primitive === 'reshape') largest = this.definitions.get(largest.inputs[0]!)
    if (largest?.primitive !== 'max' || largest.inputs[0] !== x) return false
    const { axes } = largest.params
    const kept = this.specOf(x).shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    return sizeOf(shape) === 1 || sameShape(shape, kept)
  }

  private view(id: ValueId): View {
    const { shape } = this.specOf(id)
    const definition = this.definitions.get(id)
    const whole: View = { of: id, shape, offset: 0, strides: stridesOf(shape) }
    if (definition === undefined || !this.isInner(id)) return whole
    const viewed = (): View => this.view(definition.inputs[0]!)
    switch (definition.primitive) {
      case 'transpose': {
        const { of, offset, strides } = viewed()
        return { of, offset, shape, strides: definition.params.axes.map((axis) => strides[axis]!) }
      }
      case 'slice': {
        const { of, offset, strides } = viewed()
        const begin = definition.params.begin.reduce((total, n, axis) => total + n * strides[axis]!, 0)
        return { of, offset: offset + begin, shape, strides }
      }
      case 'broadcastTo': {
        const { of, offset, strides, shape: own } = viewed()
        const lead = shape.length - own.length
        const wide = shape.map((_, axis) => (axis < lead || own[axis - lead] === 1 ? 0 : strides[axis - lead]!))
        return { of, offset, shape, strides: wide }
      }
      default:
        return whole
    }
  }

  private operand(id: ValueId): number {
    const found = this.operands.indexOf(id)
    return found >= 0 ? found : this.operands.push(id) - 1
  }
}
