import { BYTES_PER_ELEMENT, type DType } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import { accessesOf } from '../nest/nest.js'
import type { Rows } from '../nest/task.js'
import { Constants } from './constants.js'
import type { Linker } from './linker.js'
import { lowerNest } from './nest.js'
import type { Place } from './place.js'

/** Writes nests that go through their rows together: each finds its arrays where the row begins. */
export function lowerRows(f: FunctionWriter, linker: Linker, rows: Rows, placeOf: (slot: number) => Place): void {
  /** Of each array that moves from row to row: the local with its address, by slot and bytes between rows. */
  const pointers = new Map<string, { readonly local: number; readonly bytes: number }>()
  const inRow = (slot: number, stride: number, dtype: DType): Place => {
    const place = placeOf(slot)
    const bytes = stride * BYTES_PER_ELEMENT[dtype]
    if (bytes === 0 || rows.reused.has(slot)) return place
    const key = `${slot} ${bytes}`
    let pointer = pointers.get(key)
    if (pointer === undefined) {
      pointers.set(key, (pointer = { local: f.take('i32'), bytes }))
      f.get(place.base).i32(place.offset).emit('i32.add').set(pointer.local)
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
  f.repeat(rows.count, () => {
    for (const { nest, operands, out } of nests) lowerNest(f, linker, nest, operands, out, false, constants)
    for (const { local, bytes } of pointers.values()) f.advance(local, bytes)
  })
  constants.finish()
  f.give(...[...pointers.values()].map(({ local }) => local))
}
