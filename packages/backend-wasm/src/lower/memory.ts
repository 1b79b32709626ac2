import { BYTES_PER_ELEMENT, type DType } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import { narrowMask, widenMask, zero, type Lanes } from './lanes.js'

/** Elements along the nest's vector axis: where the first one lies, and how far apart they are. */
export interface Elements {
  readonly dtype: DType
  /** Leaves the address on the stack, without `offset`. */
  readonly address: () => void
  /** In bytes. */
  readonly offset: number
  /** In elements. */
  readonly stride: number
}

/**
 * Leaves `width` elements in the first lanes; what is in the others is unknown. Reads up to 15 bytes beyond them: every
 * storage ends at least that far before the memory does.
 */
export function load(
  f: FunctionWriter,
  { dtype, address, offset, stride }: Elements,
  width: number,
  lanes: Lanes,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype]
  if (stride === 0) {
    address()
    f.emit(dtype === 'bool' ? 'v128.load8_splat' : bytes === 8 ? 'v128.load64_splat' : 'v128.load32_splat', offset)
    if (dtype !== 'bool') return
    zero(f)
    f.emit('i8x16.ne')
    return
  }
  if (stride === 1 || width === 1) {
    address()
    if (dtype === 'bool') f.emit('v128.load32_zero', offset)
    else if (width === 1) f.emit(bytes === 8 ? 'v128.load64_zero' : 'v128.load32_zero', offset)
    else f.emit(bytes * lanes === 16 ? 'v128.load' : 'v128.load64_zero', offset)
  } else {
    for (let lane = 0; lane < width; lane++) address()
    zero(f)
    const op = bytes === 8 ? 'v128.load64_lane' : bytes === 4 ? 'v128.load32_lane' : 'v128.load8_lane'
    for (let lane = 0; lane < width; lane++) f.emit(op, offset + lane * stride * bytes, lane)
  }
  if (dtype === 'bool') {
    f.emit('i16x8.extend_low_i8x16_s').emit('i32x4.extend_low_i16x8_s')
    zero(f)
    f.emit('i32x4.ne')
    widenMask(f, lanes)
  }
}

/** Stores the first `width` lanes of what `value` leaves on the stack. */
export function store(
  f: FunctionWriter,
  { dtype, address, offset, stride }: Elements,
  width: number,
  lanes: Lanes,
  value: () => void,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype]
  if (dtype !== 'bool' && width === lanes && stride === 1) {
    address()
    value()
    if (bytes * lanes === 16) f.emit('v128.store', offset)
    else f.emit('v128.store64_lane', offset, 0)
    return
  }
  const local = f.take('v128')
  value()
  if (dtype === 'bool') maskToBytes(f, lanes)
  f.set(local)
  const put = (
    op: 'v128.store8_lane' | 'v128.store16_lane' | 'v128.store32_lane' | 'v128.store64_lane',
    at: number,
    lane: number,
  ) => {
    address()
    f.get(local).emit(op, offset + at * bytes, lane)
  }
  if (stride === 1 && bytes === 1 && width > 1) {
    if (width === 4) put('v128.store32_lane', 0, 0)
    else {
      put('v128.store16_lane', 0, 0)
      if (width === 3) put('v128.store8_lane', 2, 2)
    }
  } else if (stride === 1 && bytes === 4 && width > 1) {
    put('v128.store64_lane', 0, 0)
    if (width === 3) put('v128.store32_lane', 2, 2)
  } else {
    const op = bytes === 8 ? 'v128.store64_lane' : bytes === 4 ? 'v128.store32_lane' : 'v128.store8_lane'
    for (let lane = 0; lane < width; lane++) put(op, lane * stride, lane)
  }
  f.give(local)
}

/** A mask as bytes 0 and 1, in the first bytes. */
function maskToBytes(f: FunctionWriter, lanes: Lanes): void {
  narrowMask(f, lanes)
  const mask = f.take('v128')
  f.emit('local.tee', mask).get(mask)
  f.emit('i8x16.shuffle', 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)
  f.emit('v128.const', ...new Array<number>(16).fill(1)).emit('v128.and')
  f.give(mask)
}
