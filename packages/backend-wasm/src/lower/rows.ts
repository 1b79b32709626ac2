import { BYTES_PER_ELEMENT, type DType } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import { accessesOf } from '../nest/nest.js'
import type { Rows } from '../nest/task.js'
import { Constants } from './constants.js'
import type { Linker } from './linker.js'
import { lowerNest } from './nest.js'
import type { Place } from './place.js'

/** Some rows: the locals that hold the first of them, and how many, at least 1. */
export interface Some {
  readonly first: number
  readonly count: number
}

/** Writes nests that go through their rows together, all or some: each finds its arrays where the row begins. */
export function lowerRows(
  f: FunctionWriter,
  linker: Linker,
  rows: Rows,
  placeOf: (slot: number) => Place,
  some?: Some,
): void {
  /** Of each array that moves from row to row: the local with its address, by slot and bytes between rows. */
  const pointers = new Map<string, { readonly local: number; readonly bytes: number }>()
  const inRow = (slot: number, stride: number, dtype: DType): Place => {
    const place = placeOf(slot)
    const bytes = stride * BYTES_PER_ELEMENT[dtype]
    const isReused = rows.reused.has(slot)
    if (bytes === 0 || (isReused && some === undefined)) return place
    const key = `${slot} ${bytes}`
    let pointer = pointers.get(key)
    if (pointer === undefined) {
      // Who takes some rows has the first of them for what needs one, and nobody else does.
      pointers.set(key, (pointer = { local: f.take('i32'), bytes: isReused ? 0 : bytes }))
      f.get(place.base).i32(place.offset).emit('i32.add')
      if (some !== undefined) f.get(some.first).i32(bytes).emit('i32.mul').emit('i32.add')
      f.set(pointer.local)
    }
    return { base: pointer.local, offset: 0 }
  }
  const nests = rows.nests.map(({ nest, operands, strides, out, outStride }) => {
    const dtypes = new Map(accessesOf(nest).map(({ operand, walk }) => [operand, walk.dtype]))
    return {
      nest,
      operands: operands.map((slot, i) => inRow(slot, strides[i]!, dtypes.get(i) ?? 'float32')),
      out: inRow(out, outStride, nest.store.dtype),
    }
  })
  const constants = new Constants(f, true)
  const row = (): void => {
    for (const { nest, operands, out } of nests) lowerNest(f, linker, nest, operands, out, false, constants)
    for (const { local, bytes } of pointers.values()) f.advance(local, bytes)
  }
  if (some === undefined) f.repeat(rows.count, row)
  else f.get(some.count).times(row)
  constants.finish()
  f.give(...[...pointers.values()].map(({ local }) => local))
}
