import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import type { Gradients, Primitive } from '../primitive/primitive.js'
import { activeScope } from '../program/active-trace.js'
import { isFloating } from '../tensor/dtype.js'
import type { Tensor } from '../tensor/tensor.js'

/** One recorded step: what went in, what came out, and how a gradient of the output goes back to the inputs. */
export interface TapeNode {
  /** `custom`: a function whose gradient its author gave. */
  readonly primitive: PrimitiveName | 'custom'
  readonly params: object
  readonly inputs: readonly Tensor[]
  readonly output: Tensor
  readonly gradients: (upstream: Tensor) => Gradients
  /** The names of the scopes it happened in. */
  readonly scope: string
}

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

  /** Takes down one application of a primitive. */
  record<P extends PrimitiveName>(
    primitive: Primitive<P>,
    inputs: readonly Tensor[],
    params: PrimitiveParams[P],
    output: Tensor,
  ): void {
    this.#add(primitive.name, params, inputs, output, (own, result) => (upstream) => {
      return primitive.vjp({ inputs: own, params, output: result, upstream })
    })
  }

  /** Takes down a function whose gradient its author gave: see customGradient. */
  recordCustom(inputs: readonly Tensor[], output: Tensor, gradients: TapeNode['gradients']): void {
    this.#add('custom', {}, inputs, output, () => gradients)
  }

  #add(
    primitive: TapeNode['primitive'],
    params: object,
    inputs: readonly Tensor[],
    output: Tensor,
    gradients: (inputs: readonly Tensor[], output: Tensor) => TapeNode['gradients'],
  ): void {
    if (!isFloating(output.dtype) || !inputs.some((input) => this.tracks(input))) return
    this.#tracked.add(output.id)
    const own = inputs.map((input) => input.alias())
    const result = output.alias()
    const scope = activeScope()
    this.nodes.push({ primitive, params, inputs: own, output: result, gradients: gradients(own, result), scope })
  }

  dispose(): void {
    for (const { inputs, output } of this.nodes) {
      for (const input of inputs) input.dispose()
      output.dispose()
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
