import type { Tensor, Tree } from '@neurite/core'
import {
  addNodes,
  call,
  concatNodes,
  graph,
  input,
  multiplyNodes,
  residual,
  sequential,
  type Graph,
  type GraphNode,
  type InputNode,
  type Layer,
} from '@neurite/nn'

/** One application of a layer that is not made of layers. */
export interface Visit {
  readonly layer: Layer
  /** Where its params are: `[1][0]`. Empty for a model of one layer. */
  readonly path: string
  readonly params: Tree
  readonly input: Tensor
  readonly output: Tensor
}

/** The same model, which tells of each layer in it that it applies. Containers of other makes count as one layer. */
export function probed(model: Layer, visit: (visit: Visit) => void, path = ''): Layer {
  const parts = model.layers?.map((part, i) => probed(part, visit, `${path}[${i}]`))
  if (parts !== undefined && model.name === 'sequential') return sequential(parts)
  if (parts !== undefined && model.name === 'residual') return residual(parts[0]!)
  if (parts !== undefined && isGraph(model)) return rebuilt(model, parts)
  return {
    ...model,
    apply(params, x, options) {
      const output = model.apply(params, x, options)
      visit({ layer: model, path, params, input: x, output })
      return output
    },
  }
}

export const isGraph = (model: Layer): model is Graph & Layer => model.name === 'graph' && 'nodes' in model

function rebuilt(model: Graph, parts: readonly Layer[]): Graph {
  const made = new Map<GraphNode, GraphNode>()
  for (const node of model.nodes) {
    const from = node.inputs.map((source) => made.get(source)!)
    made.set(node, rebuild(node, from))
  }
  const source = model.nodes.find((node): node is InputNode => node.kind === 'input')!
  return graph({ inputs: made.get(source) as InputNode, outputs: made.get(model.nodes.at(-1)!)! })

  function rebuild(node: GraphNode, from: readonly GraphNode[]): GraphNode {
    switch (node.kind) {
      case 'input':
        return input(node.shape)
      case 'call':
        return call(parts[model.layers.indexOf(node.layer)]!, from[0]!)
      case 'add':
        return addNodes(...from)
      case 'multiply':
        return multiplyNodes(...from)
      case 'concat':
        return concatNodes(from, { axis: node.axis! })
    }
  }
}
