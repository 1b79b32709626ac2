import { add, all, bits, choose, mul, mulAdd, sub } from './lanes'

@inline
const LOG2_HIGH: f32 = 0.693145751953125
@inline
const LOG2_LOW: f32 = 1.428606765330187e-6

/** Of sqrt(1/2): what is subtracted from the bits of x, so that the exponent that remains belongs to m in [sqrt(1/2), sqrt(2)). */
@inline
const SQRT_HALF_BITS = 0x3f3504f3

@inline
function mantissa(shifted: v128): v128 {
  return i32x4.add(v128.and(shifted, bits(0x007fffff)), bits(SQRT_HALF_BITS))
}

/**
 * k log 2 + c + log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)]. fdlibm, e_logf.c (Sun Microsystems 1993): with s = f / (2 + f),
 * log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)).
 */
@inline
function logOf(f: v128, k: v128, c: v128): v128 {
  const s = f32x4.div(f, add(f, all(2)))
  const z = mul(s, s)
  const w = mul(z, z)
  const odd = mul(z, mulAdd(w, all(0.28498786688), all(0.66666662693)))
  const even = mul(w, mulAdd(w, all(0.24279078841), all(0.40000972152)))
  const half = mul(mul(f, f), all(0.5))
  const small = add(mul(s, add(half, add(odd, even))), mulAdd(k, all(LOG2_LOW), c))
  return mulAdd(k, all(LOG2_HIGH), add(sub(small, half), f))
}

/** `value` for 0 < x < Infinity, and what log has elsewhere; x beyond them as it is for log(x). */
@inline
function special(x: v128, value: v128): v128 {
  const finite = choose(f32x4.lt(x, all(Infinity)), value, x)
  const positive = choose(f32x4.eq(x, all(0)), all(-Infinity), finite)
  return choose(f32x4.lt(x, all(0)), all(NaN), positive)
}

export function log_f32x4(x: v128): v128 {
  // Subnormal numbers are made normal.
  const tiny = f32x4.lt(x, all(1.1754943508222875e-38))
  const y = choose(tiny, mul(x, all(8388608)), x)
  const shifted = i32x4.sub(y, bits(SQRT_HALF_BITS))
  const k = i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(tiny, bits(23)))
  return special(x, logOf(sub(mantissa(shifted), all(1)), f32x4.convert_i32x4_s(k), all(0)))
}

/** log(u) with u = 1 + x, and what the rounding of u lost, over u. Where u needs no exponent, log(1 + x) itself. */
export function log1p_f32x4(x: v128): v128 {
  const u = add(x, all(1))
  const shifted = i32x4.sub(u, bits(SQRT_HALF_BITS))
  const k = i32x4.shr_s(shifted, 23)
  const direct = i32x4.eq(k, bits(0))
  const lost = choose(f32x4.gt(x, all(1)), sub(all(1), sub(u, x)), sub(x, sub(u, all(1))))
  const c = v128.andnot(f32x4.div(lost, u), direct)
  const f = choose(direct, x, sub(mantissa(shifted), all(1)))
  const value = logOf(f, f32x4.convert_i32x4_s(k), c)
  // -0 stays: its sign is that of x, for every x that has a logarithm.
  const zero = f32x4.eq(x, all(0))
  return choose(zero, x, special(u, value))
}
