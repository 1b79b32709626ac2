import { aBoolean, optional, or, whole } from '@neurite/core/arguments'
import type { NetworkEdge, NetworkGraph, NetworkNode } from './network-graph.js'

/** What of a graph is drawn. */
export interface Drawn {
  /** Column by column, top to bottom; a number stands for so many nodes that are left out. */
  readonly columns: readonly (readonly (NetworkNode | number)[])[]
  readonly edges: readonly NetworkEdge[]
}

/** Nodes that are drawn of a layer that has too many, from its start and its end. */
const FIRST = 10
const LAST = 4

/** Readers of the options that say how much of a network is drawn. */
export const extentReaders = {
  maxNodes: /* @__PURE__ */ or(40, /* @__PURE__ */ whole(FIRST + LAST + 1)),
  weights: /* @__PURE__ */ optional(aBoolean),
}

/** The nodes of each layer in order, the input '1' last; of a layer beyond `maxNodes` only its first and last ones. */
export function collapse(graph: NetworkGraph, maxNodes: number): Drawn {
  const columns = graph.layers.map((_, layer): (NetworkNode | number)[] => {
    const all = graph.nodes.filter((node) => node.layer === layer)
    const nodes = all.filter(({ kind }) => kind !== 'bias')
    const hidden = nodes.length - FIRST - LAST
    return [
      ...(nodes.length <= maxNodes ? nodes : [...nodes.slice(0, FIRST), hidden, ...nodes.slice(-LAST)]),
      ...all.filter(({ kind }) => kind === 'bias'),
    ]
  })
  const visible = new Set(columns.flat().flatMap((node) => (typeof node === 'number' ? [] : [node.id])))
  return { columns, edges: graph.edges.filter(({ from, to }) => visible.has(from) && visible.has(to)) }
}
