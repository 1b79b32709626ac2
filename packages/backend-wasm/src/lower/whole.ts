import type { FunctionWriter } from '../encode/function.js'
import { constant, zero } from './lanes.js'
import type { Linker } from './linker.js'

/**
 * int32 / int32 in each lane, rounded towards 0. There is no division of whole numbers in SIMD; doubles hold both exactly.
 * x / 0 is 0, and the one quotient beyond int32, that of -2^31 by -1, wraps around.
 */
export function divideWhole(f: FunctionWriter, a: () => void, b: () => void): void {
  const x = f.take('v128')
  const y = f.take('v128')
  a()
  b()
  f.set(y).set(x)
  f.get(x).emit('i32x4.neg')
  for (const half of ['low', 'high'] as const) {
    for (const operand of [x, y]) {
      f.get(operand)
      if (half === 'high') f.get(operand).emit('i8x16.shuffle', ...HIGH_FIRST)
      f.emit('f64x2.convert_low_i32x4_s')
    }
    f.emit('f64x2.div').emit('i32x4.trunc_sat_f64x2_s_zero')
  }
  f.emit('i8x16.shuffle', ...JOIN_LOW)
  f.get(y)
  constant(f, -1, 'int32')
  f.emit('i32x4.eq').emit('v128.bitselect')
  f.get(y)
  zero(f)
  f.emit('i32x4.ne').emit('v128.and')
  f.give(x, y)
}

const HIGH_FIRST = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]
const JOIN_LOW = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]

/** Powers of whole numbers, which are rare: the host's, lane by lane. */
export function wholePower(f: FunctionWriter, linker: Linker, a: () => void, b: () => void, width: number): void {
  const x = f.take('v128')
  const y = f.take('v128')
  a()
  b()
  f.set(y).set(x)
  for (let lane = 0; lane < width; lane++) {
    const inputs = [x, y].map((operand) => () => void f.get(operand).emit('i32x4.extract_lane', lane))
    linker.callHost(f, 'wholePower', inputs, { params: ['i32', 'i32'], results: ['i32'] })
    if (lane === 0) f.emit('i32x4.splat')
    else f.emit('i32x4.replace_lane', lane)
  }
  f.give(x, y)
}
