// Two doubles at a time, where float32 does not hold enough: the halves of four numbers.

@inline
export function wideAll(x: f64): v128 {
  return f64x2.splat(x)
}

@inline
export function wideAdd(a: v128, b: v128): v128 {
  return f64x2.add(a, b)
}

@inline
export function wideSub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b)
}

@inline
export function wideMul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b)
}

@inline
export function wideMulAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c)
}

/** The first two of four numbers as doubles. */
@inline
export function lowHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x)
}

/** The last two. */
@inline
export function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))
}

/** Both halves, rounded to float32. */
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
}

/** 1.5 * 2^52. Adding it leaves the nearest whole number in the low bits of the sum. */
@inline
export const WIDE_ROUNDER: f64 = 6755399441055744

/** The low 32 bits of four doubles. */
@inline
export function lowWords(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6)
}
