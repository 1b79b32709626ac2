import { sizeOf } from '@neurite/core'
import { accessesOf, isFunction, sameWalk, walksOf, withWalks, type Nest } from './nest.js'
import type { Placed, Rows } from './task.js'

/** What threads can take parts of: rows, each computed alone, so that their bits do not depend on who takes how many; and what is left. */
export interface Shared {
  readonly rows: Rows
  readonly rest?: Placed | undefined
}

/** Work below which waking threads costs more than it saves, in values of a vectorized operation: some 60 microseconds. */
const WORTHWHILE = 2 ** 18

/** What a function such as exp takes, in other operations. */
const FUNCTION = 8

/** Points that stay together: what begins anew with each block is nothing beside them. */
const BLOCK = 2048

/** Elements of the last axis that stay together: a cache line of float32, and the columns that are summed side by side. */
const LINE = 16

/** A task in rows, if it is worth more than one thread, and may be cut. */
export function sharedRows(rows: Rows): Shared | undefined {
  const work = rows.nests.reduce((sum, { nest }) => sum + workOf(nest), 0)
  const isAlone = rows.nests.every(
    ({ nest, operands, strides, out, outStride }) =>
      isPure(nest) && operands.every((slot, i) => slot !== out || strides[i] === outStride),
  )
  return isAlone && rows.count * work >= WORTHWHILE ? { rows } : undefined
}

/** A nest in blocks along the longest axis of its result. */
export function sharedNest(placed: Placed): Shared | undefined {
  const { nest } = placed
  const { extents, store } = nest
  if (workOf(nest) < WORTHWHILE || !isPure(nest) || !staysInPlace(placed)) return undefined
  const kept = extents.map((_, axis) => axis).filter((axis) => store.strides[axis] !== 0)
  if (kept.length === 0) return undefined
  const axis = kept.reduce((longest, other) => (extents[other]! > extents[longest]! ? other : longest))
  const extent = extents[axis]!
  const unit = axis === extents.length - 1 ? LINE : 1
  const block = Math.ceil((BLOCK * extent) / sizeOf(extents) / unit) * unit
  const count = Math.floor(extent / block)
  const strides = stridesAlong(placed, axis)
  if (count < 2 || strides === undefined) return undefined
  const inner = { ...placed, nest: piece(nest, axis, 0, block), strides: strides.map((stride) => stride * block) }
  const rest = extent - count * block
  return {
    rows: { count, nests: [{ ...inner, outStride: store.strides[axis]! * block }], reused: new Set() },
    rest: rest > 0 ? { ...placed, nest: piece(nest, axis, count * block, rest) } : undefined,
  }
}

/** In operations on one value. */
function workOf({ extents, nodes }: Nest): number {
  return sizeOf(extents) * nodes.reduce((sum, node) => sum + (isFunction(node) ? FUNCTION : 1), 1)
}

/** Whether it is made of nothing but instructions, the same wherever it begins: threads cannot call JavaScript's functions. */
function isPure({ nodes }: Nest): boolean {
  return nodes.every((node) => node.kind !== 'count' && !(isFunction(node) && node.from !== 'float32'))
}

/** Whether what is written is read at the same point only. */
function staysInPlace({ nest, operands, out }: Placed): boolean {
  const written = [
    { slot: out, walk: nest.store },
    ...(nest.also ?? []).map(({ operand, walk }) => ({ slot: operands[operand]!, walk })),
  ]
  return accessesOf(nest).every(({ operand, walk }) =>
    written.every((other) => other.slot !== operands[operand] || sameWalk(walk, other.walk)),
  )
}

/** How far each operand moves along an axis, in elements; none if one moves in several ways. */
function stridesAlong({ nest, operands }: Placed, axis: number): readonly number[] | undefined {
  const strides = operands.map(() => new Set<number>())
  for (const { operand, walk } of accessesOf(nest)) strides[operand]!.add(walk.strides[axis]!)
  return strides.some(({ size }) => size > 1) ? undefined : strides.map(([stride = 0]) => stride)
}

/** Elements [first, first + count) of an axis. */
function piece(nest: Nest, axis: number, first: number, count: number): Nest {
  // No axis has extent 1.
  const isThere = (_: number, other: number): boolean => count > 1 || other !== axis
  return withWalks(
    nest,
    nest.extents.map((extent, other) => (other === axis ? count : extent)).filter(isThere),
    walksOf(nest).map((walk) => ({
      ...walk,
      offset: walk.offset + first * walk.strides[axis]!,
      strides: walk.strides.filter(isThere),
    })),
  )
}
