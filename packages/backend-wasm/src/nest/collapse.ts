import { walksOf, withWalks, type Nest } from './nest.js'

/** Joins axes that every array walks through in one stride, and drops those of extent 1: fewer, longer loops. */
export function collapse(nest: Nest): Nest {
  const walks = walksOf(nest)
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
  return withWalks(
    nest,
    extents,
    walks.map((walk, k) => ({ ...walk, strides: strides[k]! })),
  )
}

/** The nest with its axis `axis` in two, the outer of which has this extent: a divisor. */
export function splitAxis(nest: Nest, axis: number, outer: number): Nest {
  const inner = nest.extents[axis]! / outer
  const split = (list: readonly number[], ...parts: number[]): number[] => [
    ...list.slice(0, axis),
    ...parts,
    ...list.slice(axis + 1),
  ]
  return withWalks(
    nest,
    split(nest.extents, outer, inner),
    walksOf(nest).map((walk) => {
      const stride = walk.strides[axis]!
      return { ...walk, strides: split(walk.strides, inner * stride, stride) }
    }),
  )
}
