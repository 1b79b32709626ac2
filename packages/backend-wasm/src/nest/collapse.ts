import type { Nest, Node, Walk } from './nest.js'

/** Joins axes that every array walks through in one stride, and drops those of extent 1: fewer, longer loops. */
export function collapse(nest: Nest): Nest {
  const walks = [nest.store, ...nest.nodes.flatMap((node) => (node.kind === 'load' ? [node.walk] : []))]
  const extents: number[] = []
  const strides: number[][] = walks.map(() => [])
  for (let axis = nest.extents.length - 1; axis >= 0; axis--) {
    const extent = nest.extents[axis]!
    if (extent === 1) continue
    const joins = extents.length > 0 && walks.every((walk, k) => walk.strides[axis] === strides[k]![0]! * extents[0]!)
    if (joins) extents[0]! *= extent
    else {
      extents.unshift(extent)
      strides.forEach((own, k) => own.unshift(walks[k]!.strides[axis]!))
    }
  }
  let next = 1
  const again = (walk: Walk, k: number): Walk => ({ ...walk, strides: strides[k]! })
  return {
    ...nest,
    extents,
    store: again(nest.store, 0),
    nodes: nest.nodes.map((node): Node => (node.kind === 'load' ? { ...node, walk: again(node.walk, next++) } : node)),
  }
}
