import { add } from '../ops/index.js'
import { namedScope } from '../program/active-trace.js'
import type { Tensor } from '../tensor/tensor.js'
import type { Tape } from './tape.js'

/**
 * The way back (reverse-mode differentiation, chapter 4.3.4): from the output's gradient, node by node in reverse
 * order, to every value the tape tracks. Where a value was used more than once its gradients add up.
 */
export function backward(
  tape: Tape,
  output: Tensor,
  upstream: Tensor,
  sources: readonly Tensor[],
): (Tensor | undefined)[] {
  const gradients = new Map<number, Tensor>([[output.id, upstream]])
  for (let i = tape.nodes.length - 1; i >= 0; i--) {
    const node = tape.nodes[i]!
    const arriving = gradients.get(node.output.id)
    if (arriving === undefined) continue
    const flow = (): void =>
      node.gradients(arriving).forEach((gradient, k) => {
        const input = node.inputs[k]!
        if (gradient === null || !tape.tracks(input)) return
        const before = gradients.get(input.id)
        const flowing = gradient()
        gradients.set(input.id, before === undefined ? flowing : add(before, flowing))
      })
    if (node.scope === '') flow()
    else namedScope(`gradient of ${node.scope}`, flow)
  }
  return sources.map((source) => gradients.get(source.id))
}
