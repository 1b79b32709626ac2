import type { NetworkEdge, NetworkGraph, NetworkNode } from '@neurite/explain'

export interface Placed {
  readonly node: NetworkNode
  readonly x: number
  readonly y: number
}

export interface Routed {
  readonly edge: NetworkEdge
  readonly from: Placed
  readonly to: Placed
  /** An SVG path from disc to disc. */
  readonly path: string
  /** A place on the way, t from 0 to 1. */
  readonly at: (t: number) => readonly [x: number, y: number]
}

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly radius: number
}

/** How far the ends of neighbouring edges are apart on a disc, and all of them together at most. */
const [APART, SPREAD] = [0.42, 1.9]

/**
 * A network graph as it is drawn in labs: layers are columns from left to right, nodes stand evenly around the middle, an edge leaves its disc
 * to the right and ends at its own place on the next one.
 */
export function layoutNetwork(
  { nodes, edges, layers }: NetworkGraph,
  { left, right, top, bottom, radius }: Box,
): { readonly placed: readonly Placed[]; readonly routed: readonly Routed[]; readonly columns: readonly number[] } {
  const columns = layers.map((_, i) =>
    layers.length === 1 ? (left + right) / 2 : left + ((right - left) * i) / (layers.length - 1),
  )
  const byLayer = layers.map((_, layer) => {
    const own = nodes.filter((node) => node.layer === layer)
    // The input '1' stands below the others.
    return [...own.filter(({ kind }) => kind !== 'bias'), ...own.filter(({ kind }) => kind === 'bias')]
  })
  const rows = Math.max(1, ...byLayer.map(({ length }) => length))
  const placed = byLayer.flatMap((own, layer) =>
    own.map((node, i): Placed => {
      // A column of few takes more room than its share, but never all of it.
      const step = (bottom - top) / (own.length === rows ? rows : Math.max(own.length, 0.6 * rows))
      return { node, x: columns[layer]!, y: (top + bottom) / 2 + (i - (own.length - 1) / 2) * step }
    }),
  )
  const place = new Map(placed.map((at) => [at.node.id, at]))
  const routed = edges.map((edge): Routed => {
    const [from, to] = [place.get(edge.from)!, place.get(edge.to)!]
    const arriving = edges.filter((other) => other.to === edge.to).map((other) => place.get(other.from)!)
    const rank = arriving.filter(({ y }) => y < from.y).length - (arriving.length - 1) / 2
    const angle = rank * Math.min(APART, SPREAD / Math.max(1, arriving.length - 1))
    const start = [from.x + radius, from.y] as const
    const end = [to.x - (radius + 2) * Math.cos(angle), to.y + (radius + 2) * Math.sin(angle)] as const
    const bend = 0.45 * (end[0] - start[0])
    const [c1, c2] = [
      [start[0] + bend, start[1]],
      [end[0] - bend * Math.cos(angle), end[1] + bend * Math.sin(angle) * 0.5],
    ] as const
    const cubic = (t: number, axis: 0 | 1): number => {
      const s = 1 - t
      return s * s * s * start[axis] + 3 * s * s * t * c1[axis] + 3 * s * t * t * c2[axis] + t * t * t * end[axis]
    }
    return {
      edge,
      from,
      to,
      path: `M${start.join(' ')}C${c1.join(' ')} ${c2.join(' ')} ${end.join(' ')}`,
      at: (t) => [cubic(t, 0), cubic(t, 1)],
    }
  })
  return { placed, routed, columns }
}
