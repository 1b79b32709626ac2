import type { DType } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'

/**
 * How many elements a vector of 128 bits holds in a nest: 4, or 2 as soon as float64 is among them. In a nest of 2, values of 32
 * bits take the lower half of their vector. A bool is a mask as wide as the nest's lanes: all bits or none.
 */
export type Lanes = 2 | 4

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

/** The number in every lane, as bytes. */
export function bytesOf(value: number, dtype: DType): number[] {
  const width = dtype === 'float64' ? 8 : 4
  if (dtype === 'float64') scratch.setFloat64(0, value, true)
  else if (dtype === 'float32') scratch.setFloat32(0, value, true)
  else scratch.setInt32(0, dtype === 'bool' ? -Number(value !== 0) : value, true)
  return Array.from({ length: 16 }, (_, i) => scratch.getUint8(i % width))
}

/** The number in every lane. */
export function constant(f: FunctionWriter, value: number, dtype: DType): void {
  f.emit('v128.const', ...bytesOf(value, dtype))
}

export function zero(f: FunctionWriter): void {
  f.emit('v128.const', ...new Array<number>(16).fill(0))
}

/** All bits of the first `width` of the lanes. */
export function firstLanes(f: FunctionWriter, width: number, lanes: Lanes): void {
  f.emit('v128.const', ...Array.from({ length: 16 }, (_, i) => (i < (16 / lanes) * width ? 0xff : 0)))
}

/** From a mask of 32-bit lanes to one of the nest's lanes. */
export function widenMask(f: FunctionWriter, lanes: Lanes): void {
  if (lanes === 2) f.emit('i64x2.extend_low_i32x4_s')
}

/** From a mask of the nest's lanes to one of 32-bit lanes. */
export function narrowMask(f: FunctionWriter, lanes: Lanes): void {
  if (lanes === 4) return
  const mask = f.take('v128')
  f.emit('local.tee', mask).get(mask)
  f.emit('i8x16.shuffle', 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11)
  f.give(mask)
}
