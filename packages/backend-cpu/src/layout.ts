import { sizeOf, stridesOf } from '@neurite/core'

/**
 * How a loop walks through several arrays at once: extents, outermost first, and for each array what one step along
 * each axis means. At least two axes, so that every walk is blocks of `rows` x `columns`.
 */
export interface Layout {
  readonly extents: readonly number[]
  readonly strides: readonly (readonly number[])[]
}

/** What a loop body gets: where its block starts in each array. */
export type Body = (o: number, i: number, j: number, k: number) => void

/** Joins axes that every array walks through in one stride, and drops those of extent 1: fewer, longer loops. */
export function collapse(extents: readonly number[], strides: readonly (readonly number[])[]): Layout {
  const joined: number[] = []
  const steps: number[][] = strides.map(() => [])
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    const extent = extents[axis]!
    if (extent === 1) continue
    if (joined.length > 0 && strides.every((each, k) => each[axis] === steps[k]![0]! * joined[0]!)) joined[0]! *= extent
    else {
      joined.unshift(extent)
      steps.forEach((each, k) => each.unshift(strides[k]![axis]!))
    }
  }
  while (joined.length < 2) {
    joined.unshift(1)
    for (const each of steps) each.unshift(0)
  }
  return { extents: joined, strides: steps }
}

/** Strides that read an array of `shape` as one of the shape it broadcasts to. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(shape)
  const lead = to.length - shape.length
  return to.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead]!))
}

/** The walk of an elementwise operation: the output first, then each operand. */
export function broadcastLayout(
  output: readonly number[],
  inputs: readonly { readonly shape: readonly number[] }[],
): Layout {
  return collapse(output, [stridesOf(output), ...inputs.map(({ shape }) => broadcastStrides(shape, output))])
}

/** Calls `body` for each block of the last two axes. */
export function eachBlock({ extents, strides: [p, q = ZEROS, r = ZEROS, s = ZEROS] }: Layout, body: Body): void {
  const visit = (axis: number, o: number, i: number, j: number, k: number): void => {
    if (axis === extents.length - 2) return body(o, i, j, k)
    for (let n = 0; n < extents[axis]!; n++) {
      visit(axis + 1, o, i, j, k)
      o += p![axis]!
      i += q[axis] ?? 0
      j += r[axis] ?? 0
      k += s[axis] ?? 0
    }
  }
  visit(0, 0, 0, 0, 0)
}

const ZEROS: readonly number[] = []

/** A shape seen along one axis: `outer` x `extent` x `inner`. */
export function along(
  shape: readonly number[],
  axis: number,
  rank = 1,
): { outer: number; extent: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    extent: sizeOf(shape.slice(axis, axis + rank)),
    inner: sizeOf(shape.slice(axis + rank)),
  }
}
