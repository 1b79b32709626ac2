import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import type { DType, TensorSpec } from '../tensor/dtype.js'

/** The name of a value in a Program: whole numbers, each assigned once (SSA). */
export type ValueId = number

/** One input of a Program. `argument`: given at each call; `captured`: a tensor the traced function closed over. */
export interface ProgramInput extends TensorSpec {
  readonly id: ValueId
  readonly role: 'argument' | 'captured'
  /** The executable may overwrite and keep this storage. */
  readonly donated: boolean
}

/** `id = primitive(inputs, params)`. */
export type Instruction = {
  readonly [P in PrimitiveName]: {
    readonly id: ValueId
    readonly primitive: P
    readonly inputs: readonly ValueId[]
    readonly params: PrimitiveParams[P]
    readonly shape: readonly number[]
    readonly dtype: DType
    /** The names of the scopes it was traced in, for people; an encoded program has none. See `namedScope`. */
    readonly scope?: string
  }
}[PrimitiveName]

/**
 * A traced computation as plain data: it can be printed, compared, sent to a worker, exported. Shapes are static.
 * Instructions stand in an order in which each value is defined before it is used. Outputs name instructions, each
 * once, and never a `reshape`: core resolves views before a backend sees a program's outputs.
 */
export interface Program {
  readonly inputs: readonly ProgramInput[]
  /** How many random keys a call brings; `random` instructions refer to them by index and path. */
  readonly keys: number
  readonly instructions: readonly Instruction[]
  readonly outputs: readonly ValueId[]
}
