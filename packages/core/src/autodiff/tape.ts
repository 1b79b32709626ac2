import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import { isFloating } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'

/** One recorded application of a primitive. */
export type PrimitiveNode = {
  readonly [P in PrimitiveName]: {
    readonly primitive: P
    readonly inputs: readonly Tensor[]
    readonly params: PrimitiveParams[P]
    readonly output: Tensor
  }
}[PrimitiveName]

/** A function whose gradient its author gave: see customGradient. */
export interface CustomNode {
  readonly primitive: 'custom'
  readonly inputs: readonly Tensor[]
  readonly output: Tensor
  readonly pullback: (upstream: Tensor) => readonly Tensor[]
}

export type TapeNode = PrimitiveNode | CustomNode

/**
 * The record of what happened to the values it watches (a Wengert list). It holds handles of its own on every input and
 * output, so that `tidy` and `dispose` inside the recorded function do not take away what the way back needs.
 */
export class Tape {
  readonly nodes: TapeNode[] = []
  readonly #tracked = new Set<number>()

  watch(tensor: Tensor): void {
    this.#tracked.add(tensor.id)
  }

  /** Whether the value depends on a watched one. */
  tracks(tensor: Tensor): boolean {
    return this.#tracked.has(tensor.id)
  }

  record(node: TapeNode): void {
    if (!isFloating(node.output.dtype) || !node.inputs.some((input) => this.tracks(input))) return
    this.#tracked.add(node.output.id)
    this.nodes.push({ ...node, inputs: node.inputs.map((input) => input.alias()), output: node.output.alias() })
  }

  dispose(): void {
    for (const { inputs, output } of this.nodes) {
      for (const input of inputs) if (!input.isSymbolic) input.dispose()
      if (!output.isSymbolic) output.dispose()
    }
    this.nodes.length = 0
  }
}

// Every tape that is listening now. Nested gradients nest tapes: the way back of the inner one is recorded by the outer.
let active: readonly Tape[] = []

export function activeTapes(): readonly Tape[] {
  return active
}

/** Runs `f` with one more tape listening, or with none at all. */
export function withTapes<T>(tapes: readonly Tape[], f: () => T): T {
  const before = active
  active = tapes
  try {
    return f()
  } finally {
    active = before
  }
}
