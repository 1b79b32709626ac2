import { NeuriteError, type ArrayData } from '@neurite/core'
import { activationName, type ActivationName } from './activations.js'
import type { GraphNode } from './containers/nodes.js'
import type { Layer } from './layer.js'

// What a model made of parts takes and gives, as its first and its last part say.

/**
 * The activation that a model ends with, looking past what only reshapes or drops; undefined where no layer says so: after a
 * sum of branches, or for a function without a name.
 *
 * @example
 * ```ts
 * import { dense, flatten, outputActivation, sequential } from '@neurite/nn'
 * outputActivation(sequential([dense(8, { activation: 'relu' }), dense(2, { activation: 'softmax' }), flatten()])) // => 'softmax'
 * outputActivation(dense(1)) // => 'identity'
 * ```
 */
export function outputActivation(model: Layer): ActivationName | undefined {
  const { layers, wiring, activation } = model
  if (activation !== undefined) return activationName(activation)
  if (wiring === 'chain') {
    const last = [...layers!].reverse().find((part) => !passes(part))
    return last && outputActivation(last)
  }
  const nodes = nodesOf(model)
  let node = nodes.at(-1)
  while (node?.kind === 'call' && passes(node.layer)) node = node.inputs[0]
  return node?.kind === 'call' ? outputActivation(node.layer) : undefined
}

/**
 * How many things a model's inputs are indices of, where they are: those of its first layer's `indices`, or the fewest where
 * several layers read the input; undefined where it takes any numbers.
 *
 * @example
 * ```ts
 * import { dense, embedding, flatten, inputIndices, sequential } from '@neurite/nn'
 * inputIndices(sequential([embedding(100, 8), flatten(), dense(1)])) // => 100
 * inputIndices(dense(1)) // => undefined
 * ```
 */
export function inputIndices(model: Layer): number | undefined {
  const { layers, wiring, indices } = model
  if (indices !== undefined) return indices
  if (wiring === 'shortcut') return inputIndices(layers![0]!)
  if (wiring === 'chain') {
    const first = layers!.find((part) => !passes(part))
    return first && inputIndices(first)
  }
  const input = new Set<GraphNode>()
  let fewest: number | undefined
  for (const node of nodesOf(model)) {
    if (node.kind === 'input') input.add(node)
    if (node.kind !== 'call' || !input.has(node.inputs[0])) continue
    if (passes(node.layer)) input.add(node)
    const own = inputIndices(node.layer)
    if (own !== undefined) fewest = Math.min(own, fewest ?? own)
  }
  return fewest
}

/**
 * Refuses inputs that are no indices, by row.
 *
 * @param indices - how many there are, as {@link inputIndices} says
 * @throws NeuriteError `INVALID_ARGUMENT`
 */
export function checkIndices(where: string, { shape, data }: ArrayData, indices: number): void {
  const at = data.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < indices))
  if (at < 0) return
  const row = Math.floor((at * shape[0]!) / data.length)
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${where}: row ${row} holds ${data[at]}, but the model takes indices: whole numbers from 0 to ${indices - 1}; number things from 0, as labelEncoder does, or make the embedding larger.`,
    { row, value: data[at] },
  )
}

/** Whether its numbers go through as they come. */
function passes({ map, activation }: Layer): boolean {
  return (map === 'identity' || map === 'reshape') && activation === undefined
}

function nodesOf(model: Layer): readonly GraphNode[] {
  return model.wiring === 'graph' && 'nodes' in model ? (model.nodes as readonly GraphNode[]) : []
}
