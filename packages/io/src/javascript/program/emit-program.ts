import {
  NeuriteError,
  sizeOf,
  stridesOf,
  type DType,
  type Instruction,
  type PrimitiveName,
  type Program,
  type TensorSpec,
  type ValueId,
} from '@neurite/core'
import { Code } from '../code.js'
import { commentText, numberText } from '../text.js'
import { constant, plus, print, times, type Affine } from './affine.js'
import type { Emitter, Expression, Nest, View } from './emitter.js'
import type { Helper } from './helpers.js'
import { isContiguous } from './movement.js'
import { planProgram, type Plan } from './plan.js'
import { emitterOf } from './table.js'

/** A program as JavaScript: statements, and the names of the arrays that hold the outputs afterwards. */
export interface ProgramCode {
  /** Arrays, and what is computed once. */
  readonly once: Code
  readonly each: Code
  readonly outputs: readonly string[]
  readonly helpers: ReadonlySet<Helper>
}

export const ARRAYS: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  float64: 'Float64Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
}

/** Longer expressions get a name. */
const LONG = 64

/**
 * Writes a program: a nest of loops for each instruction that needs an array, with those in it that do not. Every
 * array is made once, and written over at each run.
 *
 * @param names - of the arrays that hold the inputs
 * @param varying - the inputs that change from run to run
 * @throws NeuriteError `NOT_SUPPORTED` for random numbers
 */
export function emitProgram(
  program: Program,
  names: ReadonlyMap<ValueId, string>,
  varying: ReadonlySet<ValueId>,
): ProgramCode {
  return new ProgramWriter(program, names, varying).write()
}

class ProgramWriter {
  readonly #program: Program
  readonly #plan: Plan
  readonly #instructions: ReadonlyMap<ValueId, Instruction>
  readonly #specs: ReadonlyMap<ValueId, TensorSpec>
  readonly #arrays = new Code()
  readonly #once = new Code()
  readonly #each = new Code()
  readonly #helpers = new Set<Helper>()
  /** Values that are one number everywhere. */
  readonly #literals = new Map<ValueId, number>()
  readonly #views = new Map<ValueId, View>()
  /** Names of values that this nest has computed. */
  readonly #computed = new Map<ValueId, string>()
  #made = 0
  #scope = ''

  constructor(program: Program, names: ReadonlyMap<ValueId, string>, varying: ReadonlySet<ValueId>) {
    this.#program = program
    this.#plan = planProgram(program, varying)
    this.#instructions = new Map(program.instructions.map((instruction) => [instruction.id, instruction]))
    this.#specs = new Map([...program.inputs, ...program.instructions].map((value) => [value.id, value]))
    for (const { id, shape } of program.inputs) {
      const name = names.get(id)
      if (name !== undefined) this.#views.set(id, viewOf(name, shape))
    }
  }

  write(): ProgramCode {
    const { instructions, outputs } = this.#program
    for (const instruction of instructions) if (!this.#plan.inlined.has(instruction.id)) this.#define(instruction)
    const names = outputs.map((output) => {
      const view = this.#views.get(output)
      const isWhole = view?.offset === 0 && isContiguous(view) && sizeOf(view.shape) === view.length
      return (isWhole ? view : this.#copy(output)).name
    })
    this.#arrays.append(this.#once)
    return { once: this.#arrays, each: this.#each, outputs: names, helpers: this.#helpers }
  }

  #define<P extends PrimitiveName>(instruction: Extract<Instruction, { primitive: P }>): void {
    const { id, shape, dtype } = instruction
    const params = instruction.params as Nest<P>['params']
    const emitter = emitterOf<PrimitiveName>(instruction.primitive) as Emitter<P>
    if (emitter.kind === 'refused') {
      const { primitive, scope = 'the model' } = instruction
      const message = `toJavaScript: ${scope} has the primitive '${primitive}': ${emitter.why}.`
      throw new NeuriteError('NOT_SUPPORTED', message, { primitive })
    }
    if (emitter.kind === 'literal') this.#literals.set(id, emitter.value(params))
    else if (emitter.kind === 'view') {
      const [from] = instruction.inputs as readonly [ValueId]
      const literal = this.#literals.get(from)
      if (literal === undefined) {
        const see = (view: View): View | undefined => emitter.see(view, params, shape)
        this.#views.set(id, see(this.#views.get(from)!) ?? see(this.#copy(from))!)
      } else this.#literals.set(id, literal)
    } else {
      const view = this.#array(shape, dtype)
      this.#views.set(id, view)
      const code = this.#codeOf(id)
      this.#nest(code, this.#scopesOf(instruction), () => {
        if (emitter.kind === 'whole')
          emitter.write(this.#nestOf(instruction, code), (index) => element(view, index), view.name)
        else
          code.loops(shape, (index) => code.line(`${element(view, index)} = ${this.#expression(id, index, code).text}`))
      })
    }
  }

  /** What the instructions of one nest belong to, for people. */
  #scopesOf(instruction: Instruction): string {
    const scopes = new Set<string>()
    const seen = new Set<ValueId>()
    const visit = ({ id, inputs, scope }: Instruction): void => {
      if (seen.has(id)) return
      seen.add(id)
      for (const from of inputs) if (this.#plan.inlined.has(from)) visit(this.#instructions.get(from)!)
      if (scope !== undefined) scopes.add(scope)
    }
    visit(instruction)
    return [...scopes].join(', ')
  }

  /** A value in an array of its own, in order. */
  #copy(id: ValueId): View {
    const { shape, dtype } = this.#specs.get(id)!
    const view = this.#array(shape, dtype)
    const code = this.#codeOf(id)
    this.#nest(code, '', () =>
      code.loops(shape, (index) => code.line(`${element(view, index)} = ${this.#read(id, index, code)}`)),
    )
    return view
  }

  #nest(code: Code, scope: string, write: () => void): void {
    if (scope !== '' && scope !== this.#scope) code.line(`// ${commentText(scope)}`)
    this.#scope = scope
    this.#computed.clear()
    code.apart(write)
  }

  #array(shape: readonly number[], dtype: DType): View {
    const view = viewOf(`v${this.#made++}`, shape)
    this.#arrays.line(`const ${view.name} = new ${ARRAYS[dtype]}(${view.length})`)
    return view
  }

  #codeOf(id: ValueId): Code {
    return this.#plan.constant.has(id) ? this.#once : this.#each
  }

  #nestOf<P extends PrimitiveName>(instruction: Extract<Instruction, { primitive: P }>, code: Code): Nest<P> {
    const { inputs, params, shape, dtype } = instruction
    return {
      code,
      params: params as Nest<P>['params'],
      inputs: inputs.map((id) => this.#specs.get(id)!),
      output: { shape, dtype },
      read: (operand, index) => this.#read(inputs[operand]!, index, code),
      help: (helper) => this.#help(helper),
    }
  }

  /** What an element of a value is, where nothing is read from an array of it. */
  #expression(id: ValueId, index: readonly Affine[], code: Code): Expression {
    const instruction = this.#instructions.get(id)!
    const emitter = emitterOf<PrimitiveName>(instruction.primitive)
    const nest = this.#nestOf(instruction, code)
    if (emitter.kind === 'element') return emitter.write(nest, index)
    if (emitter.kind !== 'elementwise') throw new TypeError(`${instruction.primitive} has no elements of its own`)
    const operands = nest.inputs.map(({ shape }, operand) => {
      const lead = index.length - shape.length
      return nest.read(
        operand,
        shape.map((extent, axis) => (extent === 1 ? constant(0) : index[lead + axis]!)),
      )
    })
    return emitter.write(nest, operands)
  }

  /** An element as part of an expression: what its dtype holds. */
  #read(id: ValueId, index: readonly Affine[], code: Code): string {
    const literal = this.#literals.get(id)
    if (literal !== undefined)
      return literal < 0 || Object.is(literal, -0) ? `(${numberText(literal)})` : numberText(literal)
    const view = this.#views.get(id)
    if (view !== undefined) return element(view, index)
    const before = this.#computed.get(id)
    if (before !== undefined) return before
    const expression = this.#expression(id, index, code)
    const text = this.#rounded(expression, this.#specs.get(id)!.dtype)
    if (this.#plan.reads.get(id) === 1 && text.length <= LONG) return text
    const name = code.fresh('t')
    code.line(`const ${name} = ${expression.exact ? expression.text : text}`)
    this.#computed.set(id, name)
    return name
  }

  #rounded({ text, exact, alone }: Expression, dtype: DType): string {
    if (!exact && dtype === 'float32') return `${this.#help('f')}(${text})`
    return alone ? text : `(${text})`
  }

  #help(helper: Helper): string {
    this.#helpers.add(helper)
    return helper
  }
}

/** All of an array. */
function viewOf(name: string, shape: readonly number[]): View {
  return { name, length: sizeOf(shape), shape, strides: stridesOf(shape), offset: 0 }
}

/** An element of a view's array. */
function element({ name, strides, offset }: View, index: readonly Affine[]): string {
  return `${name}[${print(index.reduce((sum, i, axis) => plus(sum, times(i, strides[axis]!)), constant(offset)))}]`
}
