import { BYTES_PER_ELEMENT, sizeOf } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import type { Nest } from '../nest/nest.js'
import type { Linker } from './linker.js'
import { pointerTo, type Place } from './place.js'

/** Up to here loops that are written out are as fast. */
const SMALL = 64

interface Transposition {
  readonly batch: number
  readonly rows: number
  readonly columns: number
}

/** The transposition of matrices that a nest is, if it is one and nothing else. */
function transpositionOf({ extents, nodes, store, reduction }: Nest): Transposition | undefined {
  const [load, ...others] = nodes
  if (load?.kind !== 'load' || others.length > 0 || reduction !== undefined) return undefined
  if (store.offset !== 0 || load.walk.offset !== 0 || sizeOf(extents) <= SMALL) return undefined
  const [columns, rows] = extents.slice(-2) as [number, number]
  const [batch = 1, ...more] = extents.slice(0, -2)
  const strides = batch === 1 ? [] : [rows * columns]
  const matches = (own: readonly number[], wanted: readonly number[]): boolean =>
    own.length === wanted.length && own.every((stride, axis) => stride === wanted[axis])
  const fits =
    more.length === 0 &&
    matches(store.strides, [...strides, rows, 1]) &&
    matches(load.walk.strides, [...strides, 1, columns])
  return fits ? { batch, rows, columns } : undefined
}

export function isTransposition(nest: Nest): boolean {
  return transpositionOf(nest) !== undefined
}

/** Calls the kernel for a nest that only transposes matrices; says false, and writes nothing, for any other. */
export function lowerTransposition(
  f: FunctionWriter,
  linker: Linker,
  nest: Nest,
  [x]: readonly Place[],
  out: Place,
): boolean {
  const found = transpositionOf(nest)
  if (found === undefined) return false
  const numbers = [found.batch, found.rows, found.columns].map((value) => () => void f.i32(value))
  linker.callKernel(f, `transpose_${BYTES_PER_ELEMENT[nest.store.dtype]}`, [
    pointerTo(f, out),
    pointerTo(f, x!),
    ...numbers,
  ])
  return true
}
