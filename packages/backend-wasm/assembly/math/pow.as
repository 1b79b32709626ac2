import { all, bits, choose } from './lanes'
import { highHalf, lowHalf, narrow, wideAdd, wideAll, wideMul, wideMulAdd, WIDE_ROUNDER, wideSub } from './wide'

/** Of sqrt(1/2), as in log.ts, for the high word of a double. */
@inline
const SQRT_HALF_BITS: i64 = 0x3fe6a09e00000000

/** log2(x) for finite x > 0 that were float32, off by 2^-43: with s = (m - 1) / (m + 1), log m = s P(s^2), a minimax polynomial (Remez). */
@inline
function log2(x: v128): v128 {
  const shifted = i64x2.sub(x, i64x2.splat(SQRT_HALF_BITS))
  const m = i64x2.add(v128.and(shifted, i64x2.splat(0x000fffffffffffff)), i64x2.splat(SQRT_HALF_BITS))
  // The exponent as a double: put in the low bits of WIDE_ROUNDER. 2048 keeps it positive, for a shift without sign.
  const biased = i64x2.shr_u(i64x2.add(shifted, i64x2.splat(0x4000000000000000)), 52)
  const rounder = v128.or(biased, wideAll(WIDE_ROUNDER))
  const k = wideSub(rounder, wideAll(WIDE_ROUNDER + 1024))
  const s = f64x2.div(wideSub(m, wideAll(1)), wideAdd(m, wideAll(1)))
  const z = wideMul(s, s)
  let p = wideMulAdd(z, wideAll(0.2829584939225069), wideAll(0.3199017630077069))
  p = wideMulAdd(p, z, wideAll(0.41220934445248014))
  p = wideMulAdd(p, z, wideAll(0.5770779414937611))
  p = wideMulAdd(p, z, wideAll(0.9617966941161958))
  p = wideMulAdd(p, z, wideAll(2.8853900817778486))
  return wideMulAdd(s, p, k)
}

/** 2^x, off by 2^-40, for any x: float32 has Infinity or 0 for what is beyond 1000. */
@inline
function exp2(x: v128): v128 {
  const y = f64x2.pmax(f64x2.pmin(x, wideAll(1000)), wideAll(-1000))
  const sum = wideAdd(y, wideAll(WIDE_ROUNDER))
  const r = wideSub(y, wideSub(sum, wideAll(WIDE_ROUNDER)))
  let p = wideMulAdd(r, wideAll(1.3263128733220755e-6), wideAll(1.5310021245514544e-5))
  p = wideMulAdd(p, r, wideAll(0.00015403417384204996))
  p = wideMulAdd(p, r, wideAll(0.0013333450851576263))
  p = wideMulAdd(p, r, wideAll(0.009618129216328701))
  p = wideMulAdd(p, r, wideAll(0.05550410940785175))
  p = wideMulAdd(p, r, wideAll(0.24022650695569597))
  p = wideMulAdd(p, r, wideAll(0.6931471805461152))
  const power = i64x2.shl(i64x2.add(sum, i64x2.splat(1023)), 52)
  return wideMul(wideMulAdd(p, r, wideAll(1)), power)
}

@inline
function power(x: v128, y: v128): v128 {
  return exp2(wideMul(y, log2(x)))
}

/**
 * x^y = 2^(y log2 |x|), in doubles: float32 would lose as many bits as the exponent has before its point. The special cases are those of
 * x ** y in JavaScript.
 */
export function pow_f32x4(x: v128, y: v128): v128 {
  const a = f32x4.abs(x)
  const finite = narrow(power(lowHalf(a), lowHalf(y)), power(highHalf(a), highHalf(y)))
  // 0 and Infinity have no logarithm here; their powers are one of them, 1, or NaN for an exponent that is.
  const zero = f32x4.eq(a, all(0))
  const infinite = f32x4.eq(a, all(Infinity))
  const grows = v128.xor(zero, f32x4.gt(y, all(0)))
  const limit = f32x4.add(v128.and(grows, all(Infinity)), v128.andnot(y, f32x4.eq(y, y)))
  let value = choose(v128.or(zero, infinite), limit, finite)
  // Of a negative x (-0 is one) odd powers are negative, and those by what is no whole number are none.
  const half = f32x4.mul(y, all(0.5))
  const whole = f32x4.eq(f32x4.nearest(y), y)
  const odd = v128.andnot(whole, f32x4.eq(f32x4.nearest(half), half))
  value = v128.xor(value, v128.and(v128.and(odd, x), bits(0x80000000)))
  const none = v128.andnot(f32x4.lt(x, all(0)), v128.or(whole, infinite))
  value = v128.or(value, v128.or(none, f32x4.ne(x, x)))
  return choose(f32x4.eq(y, all(0)), all(1), value)
}
