import { aNetwork } from '../readers.js'
import { readOptions } from '@neurite/core/arguments'
import { shortNumber } from '../drawing/text.js'
import { collapse, extentReaders } from './collapse.js'
import type { NetworkGraph, NetworkNode } from './network-graph.js'

/** Options of {@link toDot}. */
export interface DotOptions {
  /** A layer with more nodes shows its first and last ones only. Default 40. */
  readonly maxNodes?: number
  /** Writes each weight at its edge. Default: if the graph has at most 60 edges. */
  readonly weights?: boolean
}

/**
 * A network graph in the DOT language, for Graphviz.
 *
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { networkGraph, toDot } from '@neurite/explain'
 * import { dense } from '@neurite/nn'
 * const dot = toDot(await networkGraph(dense(1), { weight: tensor([[0.5]]), bias: tensor([2]) }))
 * dot.includes('"0-0" -> "1-0" [label="0.5"]') // => true
 * ```
 */
export function toDot(graph: NetworkGraph, options: DotOptions = {}): string {
  const { maxNodes, ...read } = readOptions('toDot', options, extentReaders)
  aNetwork('toDot', 'graph', graph)
  const { columns, edges } = collapse(graph, maxNodes)
  const weights = read.weights ?? edges.length <= MANY_EDGES
  const lines = columns.map((nodes, layer) =>
    [
      `  subgraph ${quote(`layer ${layer}`)} {`,
      '    rank=same',
      ...nodes.map((node) =>
        typeof node === 'number'
          ? `    ${quote(`${layer}-more`)} [label=${quote(`${node} more`)}, shape=plaintext]`
          : `    ${quote(node.id)} [label=${quote(labelOf(node))}, shape=${node.kind === 'layer' ? 'box' : 'circle'}${node.kind === 'bias' ? ', style=dashed' : ''}]`,
      ),
      '  }',
    ].join('\n'),
  )
  const arrows = edges.map(({ from, to, weight }) => {
    const label = weights && weight !== undefined ? ` [label=${quote(shortNumber(weight, 3).replace('−', '-'))}]` : ''
    return `  ${quote(from)} -> ${quote(to)}${label}`
  })
  return ['digraph network {', '  rankdir=LR', ...lines, ...arrows, '}', ''].join('\n')
}

/** Beyond this many edges their weights are not legible. */
export const MANY_EDGES = 60

function labelOf({ label, bias, activation, kind }: NetworkNode): string {
  if (kind !== 'neuron') return label
  return [
    activation === undefined || activation === 'identity' ? label : activation,
    ...(bias === undefined ? [] : [`b ${shortNumber(bias, 3).replace('−', '-')}`]),
  ].join('\n')
}

/** A DOT string. A line break in it is \n, as DOT has it. */
const quote = (text: string): string => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\r?\n/g, '\\n')}"`
