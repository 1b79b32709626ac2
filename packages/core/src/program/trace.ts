import type { Backend } from '../backend/v1.js'
import { NeuriteError } from '../errors/index.js'
import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import { Key } from '../random/key.js'
import type { TensorSpec } from '../tensor/dtype.js'
import { Tensor } from '../tensor/tensor.js'
import { activeScope } from './active-trace.js'
import type { Instruction, ProgramInput, ValueId } from './program.js'

/** Collects the instructions of a function that runs on symbolic tensors. */
export class Trace {
  readonly backend: Backend
  readonly inputs: ProgramInput[] = []
  readonly instructions: Instruction[] = []
  /** Tensors the function closed over, in the order of their inputs; handles of the trace's own. */
  readonly captured: Tensor[] = []
  keys = 0
  readonly #values = new Map<number, ValueId>()
  #nextValue: ValueId = 0

  constructor(backend: Backend) {
    this.backend = backend
  }

  addInput(spec: TensorSpec, donated: boolean): Tensor {
    return this.#input(spec, 'argument', donated)
  }

  addKey(): Key {
    return new Key({ input: this.keys++, folds: [] })
  }

  append<P extends PrimitiveName>(
    primitive: P,
    inputs: readonly Tensor[],
    params: PrimitiveParams[P],
    { shape, dtype }: TensorSpec,
  ): Tensor {
    const ids = inputs.map((input) => this.valueOf(input))
    const id = this.#nextValue++
    // The mapped union Instruction cannot be built from a generic P; name and params come in together, so they fit.
    const scope = activeScope()
    this.instructions.push({ id, primitive, inputs: ids, params, shape, dtype, ...(scope && { scope }) } as Instruction)
    return this.#symbol({ shape, dtype }, id)
  }

  /** The program's name for a tensor; a concrete one becomes a hidden input. */
  valueOf(tensor: Tensor): ValueId {
    const known = this.#values.get(tensor.id)
    if (known !== undefined) return known
    if (tensor.isSymbolic) {
      throw new NeuriteError(
        'SYMBOLIC_ESCAPE',
        `${tensor.describe()} belongs to another trace; a traced value cannot leave the function that compile or trace runs: return it instead.`,
      )
    }
    this.captured.push(tensor.alias())
    const symbol = this.#input(tensor, 'captured', false)
    const id = this.#values.get(symbol.id)!
    this.#values.set(tensor.id, id)
    return id
  }

  #input({ shape, dtype }: TensorSpec, role: ProgramInput['role'], donated: boolean): Tensor {
    const id = this.#nextValue++
    this.inputs.push({ id, role, shape, dtype, donated })
    return this.#symbol({ shape, dtype }, id)
  }

  #symbol(spec: TensorSpec, id: ValueId): Tensor {
    const symbol = new Tensor(spec, this.backend, undefined)
    this.#values.set(symbol.id, id)
    return symbol
  }
}
