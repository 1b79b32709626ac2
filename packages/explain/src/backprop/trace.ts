import type { NestedArray } from '@neurite/core'

/** How a node depends on one of its inputs. */
export interface TraceInput {
  /** The id of the node it comes from. */
  readonly from: number
  /** The local gradient as LaTeX: d node / d input. For a matrix product and the like, what is done to the upstream gradient, which stands as `\cdot`. */
  readonly localFormula: string
  /**
   * Its numbers. Of an operation that works element by element, for an input of the node's shape: in that shape. Else the
   * Jacobian, of shape [...node, ...input], where it has at most 1024 elements. Null otherwise, and where nothing flows.
   */
  readonly local: NestedArray | null
  /** The downstream gradient as LaTeX, from the node's upstream gradient. Null where nothing flows, as to a constant. */
  readonly downstreamFormula: string | null
  /** Its numbers, in the input's shape: upstream times local, of this use of the input alone. */
  readonly downstream: NestedArray | null
}

/** A value on the way from the inputs to the loss. */
export interface TraceNode {
  /** Its place in `nodes`. */
  readonly id: number
  readonly kind: 'input' | 'constant' | 'operation'
  /** LaTeX; unique in a trace, but for constants that are numbers. */
  readonly name: string
  /** Whether the caller gave the name: what is not named can be left out of the steps. */
  readonly named: boolean
  /** What was done, for an operation: one of core's primitives, or `custom`. */
  readonly primitive: string | null
  /** Its parameters, plain data. */
  readonly params: Readonly<Record<string, unknown>>
  /** As LaTeX, in the names of its inputs; for an input or a constant, its name. */
  readonly formula: string
  readonly shape: readonly number[]
  readonly value: NestedArray
  /** The upstream gradient: that of the loss by this value, of the value's shape. Null for constants. */
  readonly gradient: NestedArray | null
  readonly inputs: readonly TraceInput[]
}

/** A computation and its way back, as plain data: it survives JSON. Nodes stand in evaluation order, inputs and constants before what uses them. */
export interface BackpropTrace {
  readonly nodes: readonly TraceNode[]
  /** The id of the loss. */
  readonly output: number
}
