import { sizeOf } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import { hasFunction, isWide, type Nest, type Walk } from '../nest/nest.js'
import { Constants } from './constants.js'
import { Cursors } from './cursors.js'
import { Evaluation } from './evaluation.js'
import type { Lanes } from './lanes.js'
import type { Linker } from './linker.js'
import { store } from './memory.js'
import type { Place } from './place.js'
import { IDENTITY, reduceColumns, reduceRows } from './reduce.js'

/** All that the parts of one nest's code have in common. */
export interface Lowering {
  readonly f: FunctionWriter
  readonly linker: Linker
  readonly nest: Nest
  readonly lanes: Lanes
  readonly cursors: Cursors
  readonly constants: Constants
  readonly operands: readonly Place[]
  readonly out: Place
  readonly isWhole: boolean
}

/** From so many points on, what a loop needs is made before it. */
const LOOP = 16

/**
 * Writes the code of a nest: loops, and what they compute, in vectors along the last axis.
 *
 * @param isWhole - whether the nest makes all of the result: then what lies behind its last element may be written, too
 * @param around - what is made before a loop around the nest, if there is one
 */
export function lowerNest(
  f: FunctionWriter,
  linker: Linker,
  nest: Nest,
  operands: readonly Place[],
  out: Place,
  isWhole: boolean,
  around?: Constants,
): void {
  if (sizeOf(nest.extents) === 0) {
    const kept = nest.extents.flatMap((extent, axis) => (nest.store.strides[axis] === 0 ? [] : [extent]))
    if (nest.reduction !== undefined && sizeOf(kept) > 0) lowerNest(f, linker, nothing(nest, kept), operands, out, true)
    return
  }
  const constants = around ?? new Constants(f, sizeOf(nest.extents) >= LOOP)
  const lowering: Lowering = {
    f,
    linker,
    nest,
    lanes: isWide(nest) ? 2 : 4,
    cursors: new Cursors(f, nest),
    constants,
    operands,
    out,
    isWhole,
  }
  const last = nest.extents.length - 1
  if (nest.reduction === undefined) each(lowering)
  else if (last >= 0 && nest.store.strides[last] === 0) reduceRows(lowering)
  else if (nest.store.strides.every((stride) => stride !== 0))
    each({ ...lowering, nest: { ...nest, reduction: undefined } })
  else reduceColumns(lowering)
  lowering.cursors.give()
  if (around === undefined) constants.finish()
}

/** What is reduced is empty. */
function nothing({ nodes, store, reduction }: Nest, extents: readonly number[]): Nest {
  const { dtype } = nodes.at(-1)!
  return {
    extents,
    nodes: [{ kind: 'constant', value: dtype === 'int32' && reduction !== 'sum' ? 0 : IDENTITY[reduction!], dtype }],
    store: { ...store, strides: store.strides.filter((stride) => stride !== 0) },
  }
}

/** One result at each point. */
function each(lowering: Lowering): void {
  const { f, nest, cursors, isWhole } = lowering
  const { extents, store: to, nodes } = nest
  const last = extents.length - 1
  const body = (width: number, shift: number): void => {
    const evaluation = new Evaluation(lowering, width, shift)
    evaluation.stores()
    storeAt(lowering, to, width, shift, () => evaluation.last())
    evaluation.give()
  }
  if (last < 0) return body(1, 0)
  const divides = nodes.some((node) => node.kind === 'apply' && node.primitive === 'div')
  const unrolled = divides || hasFunction(nest) ? 1 : 4
  const walk = (axis: number): number => {
    if (axis === last) return vectors(lowering, axis, unrolled, isWhole && to.strides[axis] === 1 && last === 0, body)
    const extent = extents[axis]!
    f.repeat(extent, () => {
      const moved = walk(axis + 1)
      cursors.move([
        [axis, 1],
        [axis + 1, -moved],
      ])
    })
    return extent
  }
  walk(0)
}

/**
 * Goes along an axis in vectors, the last one of them not full, unless what lies behind the result may be written too. Returns by
 * how many elements the cursors have moved.
 */
export function vectors(
  { f, nest, lanes, cursors }: Lowering,
  axis: number,
  unrolled: number,
  beyond: boolean,
  body: (width: number, shift: number) => void,
): number {
  const extent = nest.extents[axis]!
  const full = beyond ? Math.ceil(extent / lanes) : Math.floor(extent / lanes)
  const rest = beyond ? 0 : extent % lanes
  const turns = full <= unrolled ? 0 : Math.floor(full / unrolled)
  f.repeat(turns, () => {
    for (let i = 0; i < unrolled; i++) body(lanes, i * lanes)
    cursors.move([[axis, unrolled * lanes]])
  })
  const left = full - turns * unrolled
  for (let i = 0; i < left; i++) body(lanes, i * lanes)
  if (rest > 0) body(rest, left * lanes)
  return turns * unrolled * lanes
}

/** Stores what `value` leaves, `shift` elements further along the last axis than the cursors say. */
export function storeAt(
  { f, lanes, cursors, out, nest }: Lowering,
  to: Walk,
  width: number,
  shift: number,
  value: () => void,
): void {
  const elements = cursors.elements(to, out, shift, nest.extents.length - 1)
  store(f, elements, width, lanes, value)
}
