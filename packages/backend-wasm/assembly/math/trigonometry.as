import { add, all, bits, choose, clamp, mul, mulAdd } from './lanes'
import { highHalf, lowHalf, lowWords, narrow, wideAdd, wideAll, wideMul, WIDE_ROUNDER, wideSub } from './wide'

// x = j pi / 2 + r with |r| <= pi / 4 (Cody & Waite 1980), in doubles. The first part of pi / 2 has 30 bits, so that its product with a j below
// 2^23 is exact, and with it |x| up to 1.3e7; what r is off by is then 2^-61, and no float32 is so near to a multiple of pi / 2 that it shows.
@inline
const HALF_PI_HIGH: f64 = 1.570796325802803
@inline
const HALF_PI_LOW: f64 = 9.920935796805404e-10
@inline
const TWO_OVER_PI: f64 = 0.63661977236758134308

@inline
function turns(x: v128): v128 {
  return wideAdd(wideMul(x, wideAll(TWO_OVER_PI)), wideAll(WIDE_ROUNDER))
}

@inline
function rest(x: v128, sum: v128): v128 {
  const j = wideSub(sum, wideAll(WIDE_ROUNDER))
  return wideSub(wideSub(x, wideMul(j, wideAll(HALF_PI_HIGH))), wideMul(j, wideAll(HALF_PI_LOW)))
}

/** The sine of x, turned by `quarters` of a circle. Polynomials of Cephes, sinf.c (Moshier 1992). */
@inline
function sine(x: v128, quarters: i32): v128 {
  const low = lowHalf(x)
  const high = highHalf(x)
  const lowTurns = turns(low)
  const highTurns = turns(high)
  // Beyond the reach of the reduction r is too large. NaN, also that of an infinite x, stays.
  const r = clamp(narrow(rest(low, lowTurns), rest(high, highTurns)), -0.7854, 0.7854)
  const j = i32x4.add(lowWords(lowTurns, highTurns), bits(quarters))
  const z = mul(r, r)
  const odd = mulAdd(mulAdd(z, all(-1.9515295891e-4), all(8.3321608736e-3)), z, all(-1.6666654611e-1))
  const sin = mulAdd(mul(r, z), odd, r)
  const even = mulAdd(mulAdd(z, all(2.443315711809948e-5), all(-1.388731625493765e-3)), z, all(4.166664568298827e-2))
  const cos = add(mulAdd(mul(z, z), even, mul(z, all(-0.5))), all(1))
  const value = choose(i32x4.shr_s(i32x4.shl(j, 31), 31), cos, sin)
  // The other half of the circle has the other sign.
  return v128.xor(value, v128.and(i32x4.shl(j, 30), bits(0x80000000)))
}

export function sin_f32x4(x: v128): v128 {
  // -0 stays.
  return choose(f32x4.eq(x, all(0)), x, sine(x, 0))
}

export function cos_f32x4(x: v128): v128 {
  return sine(x, 1)
}
