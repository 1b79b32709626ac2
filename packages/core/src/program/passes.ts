import type { PrimitiveName } from '../primitive/params.js'
import { sameShape, sizeOf } from '../shape/index.js'
import { ELEMENTWISE } from '../primitive/elementwise.js'
import { exactJson } from './exact-json.js'
import type { Instruction, Program, ValueId } from './program.js'

/**
 * Makes a traced program smaller without changing what it computes: folds constants, merges equal instructions, drops
 * what no output needs. What is left is numbered anew from 0, so equal functions give equal programs. `compile` does
 * this by itself.
 *
 * @example
 * ```ts
 * import { add, exp, mul, optimize, tensor, trace, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => {
 *   mul(x, 2)
 *   return add(exp(x), exp(x))
 * })(tensor([1, 2]))
 * program.instructions.length // => 5
 * optimize(program).instructions.map(({ primitive }) => primitive) // => ['exp', 'add']
 * ```
 */
export function optimize(program: Program): Program {
  return renumber(eliminateDeadCode(simplify(program)))
}

/** The passes that shorten what is needed; what they leave without a reader is still there. */
export function simplify(program: Program): Program {
  return eliminateCommonSubexpressions(foldConstants(program))
}

/** Rewrites instruction by instruction; a rewrite may also answer with an earlier value that takes the instruction's place. */
function rewrite(program: Program, step: (instruction: Instruction) => Instruction | ValueId): Program {
  const replaced = new Map<ValueId, ValueId>()
  const current = (id: ValueId): ValueId => replaced.get(id) ?? id
  const instructions: Instruction[] = []
  for (const instruction of program.instructions) {
    const result = step({ ...instruction, inputs: instruction.inputs.map(current) })
    if (typeof result === 'number') replaced.set(instruction.id, result)
    else instructions.push(result)
  }
  return { ...program, instructions, outputs: program.outputs.map(current) }
}

const FOLDED: Readonly<Partial<Record<PrimitiveName, (a: number, b: number) => number>>> = {
  neg: (a) => -a,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
}

/**
 * Removes reshapes and broadcasts to the shape that is already there, and computes what is known while tracing. Gradients
 * start from a 1 and pass through many constant fills, so this shortens every training step: uniform tensors stay one
 * number, elementwise operations take it as a 0-d operand, and x * 1 is x. Floats only, rounded as the backend would.
 */
export function foldConstants(program: Program): Program {
  const shapes = shapesOf(program)
  const uniform = new Map<ValueId, number>()
  const scalars = new Map<string, ValueId>()
  let nextId = 1 + Math.max(-1, ...shapes.keys())
  const added: Instruction[] = []
  const result = rewrite(program, (instruction) => {
    const { id, primitive, inputs, shape, dtype } = instruction
    /** Whether this operand is the result already, where the operation does nothing to it. */
    const isResult = (operand: number): boolean => sameShape(shapes.get(inputs[operand]!)!, shape)
    const moves = primitive === 'reshape' || primitive === 'broadcastTo'
    if (moves && isResult(0)) return inputs[0]!
    if (dtype !== 'float32' && dtype !== 'float64') return instruction
    const round = dtype === 'float32' ? Math.fround : (value: number) => value
    const values = inputs.map((input) => uniform.get(input))
    const known = values.length > 0 && values.every((value) => value !== undefined)
    let value: number | undefined
    if (instruction.primitive === 'full') value = round(instruction.params.value)
    else if (known && moves) value = values[0]
    else if (known && primitive === 'sum')
      value = round(values[0]! * (sizeOf(shapes.get(inputs[0]!)!) / Math.max(1, sizeOf(shape))))
    else if (known && FOLDED[primitive] !== undefined) value = round(FOLDED[primitive](values[0]!, values[1] ?? 0))
    // What becomes infinite on the way stays an instruction, so that findNonFinite can name it.
    if (value !== undefined && (primitive === 'full' || Number.isFinite(value)) && sizeOf(shape) > 0) {
      uniform.set(id, value)
      return { id, primitive: 'full', inputs: [], params: { shape, value, dtype }, shape, dtype }
    }
    if ((primitive === 'mul' || primitive === 'div') && values[1] === 1 && isResult(0)) return inputs[0]!
    if (primitive === 'mul' && values[0] === 1 && isResult(1)) return inputs[1]!
    // A uniform operand may shrink to 0-d where another operand alone already has the result's shape.
    if (inputs.length === 2 && ELEMENTWISE.has(primitive)) {
      const shrunk = inputs.map((input, i) =>
        values[i] !== undefined && shapes.get(input)!.length > 0 && isResult(1 - i) ? scalar(values[i], dtype) : input,
      )
      return { ...instruction, inputs: shrunk }
    }
    return instruction
  })
  return { ...result, instructions: [...added, ...result.instructions] }

  function scalar(value: number, dtype: Instruction['dtype']): ValueId {
    const key = `${dtype} ${Object.is(value, -0) ? '-0' : value}`
    let id = scalars.get(key)
    if (id === undefined) {
      id = nextId++
      scalars.set(key, id)
      shapes.set(id, [])
      uniform.set(id, value)
      added.push({ id, primitive: 'full', inputs: [], params: { shape: [], value, dtype }, shape: [], dtype })
    }
    return id
  }
}

/** Merges instructions that compute the same from the same. */
export function eliminateCommonSubexpressions(program: Program): Program {
  const seen = new Map<string, ValueId>()
  return rewrite(program, (instruction) => {
    const key = `${instruction.primitive}(${instruction.inputs.join(',')})${exactJson(instruction.params)}`
    const before = seen.get(key)
    if (before === undefined) seen.set(key, instruction.id)
    return before ?? instruction
  })
}

/** Drops instructions that no output depends on. Inputs stay: they are the signature. */
export function eliminateDeadCode(program: Program): Program {
  const uses = usesOf(program)
  return { ...program, instructions: program.instructions.filter(({ id }) => uses.has(id)) }
}

/**
 * How often each value of a program is read by what its outputs need, or comes out. A value that is not listed is of no
 * use. For backends that rewrite programs.
 *
 * @example
 * ```ts
 * import { exp, mul, tensor, trace, usesOf, type Tensor } from '@neurite/core'
 * const program = trace((x: Tensor) => mul(exp(x), exp(x)))(tensor([1, 2]))
 * Object.fromEntries(usesOf(program)) // => { 0: 2, 1: 1, 2: 1, 3: 1 }
 * ```
 */
export function usesOf({ instructions, outputs }: Program): ReadonlyMap<ValueId, number> {
  const uses = new Map<ValueId, number>()
  const use = (id: ValueId): void => void uses.set(id, (uses.get(id) ?? 0) + 1)
  outputs.forEach(use)
  for (const { id, inputs } of [...instructions].reverse()) if (uses.has(id)) inputs.forEach(use)
  return uses
}

/** Numbers values 0, 1, 2, ... in order: inputs first. */
export function renumber(program: Program): Program {
  const names = new Map<ValueId, ValueId>()
  for (const { id } of [...program.inputs, ...program.instructions]) names.set(id, names.size)
  const name = (id: ValueId): ValueId => names.get(id)!
  return {
    ...program,
    inputs: program.inputs.map((input) => ({ ...input, id: name(input.id) })),
    instructions: program.instructions.map((instruction) => ({
      ...instruction,
      id: name(instruction.id),
      inputs: instruction.inputs.map(name),
    })),
    outputs: program.outputs.map(name),
  }
}

function shapesOf(program: Program): Map<ValueId, readonly number[]> {
  return new Map([...program.inputs, ...program.instructions].map(({ id, shape }) => [id, shape]))
}
