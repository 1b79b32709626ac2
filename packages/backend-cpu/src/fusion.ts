import {
  sameShape,
  type Fuse,
  type Fusion,
  type Instruction,
  type PrimitiveName,
  type StepRun,
  type TypedArray,
  type ValueId,
} from '@neurite/core'

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

const loops = { addScaled, subScaled, scaleByRest, passAbove }

/** One loop instead of several instructions, over inputs a, b (of the result's shape) and c (0-d). */
export interface CpuFusion extends Fusion {
  readonly name: keyof typeof loops
  readonly inputs: readonly [a: ValueId, b: ValueId, c: ValueId]
}

/** Runs a fusion on n elements. */
export function runFused({ name }: CpuFusion, n: number): StepRun<TypedArray> {
  const loop = loops[name]
  return (out, a, b, c) => loop(n, out, a, b, c[0]!)
}

/** Puts one loop in place of the few sequences that every training step repeats. */
export const fuse: Fuse<CpuFusion> = ({ inputs, instructions }, uses) => {
  const specs = new Map([...inputs, ...instructions].map((value) => [value.id, value]))
  const definitions = new Map(instructions.map((instruction) => [instruction.id, instruction]))
  return instructions.flatMap((instruction, at) => {
    const found = find(instruction)
    return found === undefined ? [] : [{ ...found, at, inPlace: true }]
  })

  function find({ primitive, inputs: [x, y, z], shape }: Instruction): Pick<CpuFusion, 'name' | 'inputs'> | undefined {
    const full = (id: ValueId | undefined): id is ValueId => id !== undefined && sameShape(specs.get(id)!.shape, shape)
    /** Of float32, as then is what stands beside it. */
    const scalar = (id: ValueId | undefined): id is ValueId =>
      id !== undefined && specs.get(id)!.dtype === 'float32' && specs.get(id)!.shape.length === 0 && shape.length > 0
    /** The definition of an operand that nothing else reads. */
    const inner = (id: ValueId | undefined, name: PrimitiveName): Instruction | undefined => {
      const definition = id !== undefined && uses.get(id) === 1 ? definitions.get(id) : undefined
      return definition?.primitive === name && sameShape(definition.shape, shape) ? definition : undefined
    }
    const scaled = (name: 'addScaled' | 'subScaled', a: ValueId | undefined, product: Instruction | undefined) => {
      const [b, c] = product?.inputs ?? []
      return full(a) && full(b) && scalar(c) ? { name, inputs: [a, b, c] as const } : undefined
    }
    if (primitive === 'add') return scaled('addScaled', x, inner(y, 'mul')) ?? scaled('addScaled', y, inner(x, 'mul'))
    if (primitive === 'sub') return scaled('subScaled', x, inner(y, 'mul'))
    if (primitive === 'mul') {
      const [c, squared] = inner(y, 'sub')?.inputs ?? []
      const [b, again] = inner(squared, 'mul')?.inputs ?? []
      if (full(x) && full(b) && b === again && scalar(c)) return { name: 'scaleByRest', inputs: [x, b, c] }
    }
    if (primitive === 'where') {
      const [c, b] = inner(x, 'less')?.inputs ?? []
      if (full(y) && full(b) && scalar(c) && c === z) return { name: 'passAbove', inputs: [y, b, c] }
    }
    return undefined
  }
}
