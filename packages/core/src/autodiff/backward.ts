import { checkArgument, NeuriteError } from '../errors/index.js'
import { add } from '../ops/index.js'
import { formatShape, sameShape } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'
import type { PrimitiveNode, Tape, TapeNode } from './tape.js'
import { vjps } from './vjps.js'

/**
 * The way back (reverse-mode differentiation, chapter 4.3.4): from the output's gradient, node by node in reverse
 * order, to every value the tape tracks. Where a value was used more than once its gradients add up.
 */
export function backward(tape: Tape, output: Tensor, upstream: Tensor, sources: readonly Tensor[]): (Tensor | undefined)[] {
  const gradients = new Map<number, Tensor>([[output.id, upstream]])
  for (let i = tape.nodes.length - 1; i >= 0; i--) {
    const node = tape.nodes[i]!
    const arriving = gradients.get(node.output.id)
    if (arriving === undefined) continue
    downstream(node, arriving).forEach((gradient, k) => {
      const input = node.inputs[k]!
      if (gradient === null || !tape.tracks(input)) return
      const before = gradients.get(input.id)
      const flowing = gradient()
      gradients.set(input.id, before === undefined ? flowing : add(before, flowing))
    })
  }
  return sources.map((source) => gradients.get(source.id))
}

function downstream(node: TapeNode, upstream: Tensor): readonly ((() => Tensor) | null)[] {
  if (node.primitive !== 'custom') return primitiveVjp(node, upstream)
  const gradients = node.pullback(upstream)
  checkArgument(Array.isArray(gradients) && gradients.length === node.inputs.length, () => `customGradient: the pullback must return ${node.inputs.length} gradients, one per input.`)
  return gradients.map((gradient, k) => {
    const { shape } = node.inputs[k]!
    if (!sameShape(gradient.shape, shape)) {
      throw new NeuriteError('SHAPE_MISMATCH', `customGradient: gradient ${k} has shape ${formatShape(gradient.shape)}, its input has ${formatShape(shape)}.`)
    }
    return () => gradient
  })
}

function primitiveVjp(node: PrimitiveNode, upstream: Tensor): readonly ((() => Tensor) | null)[] {
  // The table is keyed by the node's own primitive: rule and params belong together.
  const rule = vjps[node.primitive]
  return (rule as (call: object) => readonly ((() => Tensor) | null)[])({ ...node, upstream })
}
