import { add, all, bits, choose, clamp, exponent, mul, mulAdd, ROUNDER, sub, withSign } from './lanes'

// e^x = 2^k e^r with k the whole number next to x / log 2, and so |r| <= log(2) / 2 (Cody & Waite 1980). log 2 is
// LOG2_HIGH + LOG2_LOW, the first with 16 bits: its product with a k of 8 bits is exact.
@inline
const LOG2_HIGH: f32 = 0.693145751953125
@inline
const LOG2_LOW: f32 = 1.428606765330187e-6
@inline
const LOG2_E: f32 = 1.4426950408889634

/**
 * e^r - 1 for |r| <= log(2) / 2: r + r^2 P(r) with a minimax polynomial (Remez), off by 2^-28. r is high - low, of which the first is exact: only
 * as such it stands where its rounding would show.
 */
@inline
function lessOne(high: v128, low: v128): v128 {
  const r = sub(high, low)
  const p = mulAdd(r, all(0.16666518896664115), all(0.5000000095121948))
  const q = mulAdd(mulAdd(r, all(0.0013950476818406687), all(0.008368882433879486)), r, all(0.04166620601389749))
  const r2 = mul(r, r)
  return add(high, sub(mul(r2, mulAdd(r2, q, p)), low))
}

/** e^r - 1 with r = x - k log 2. */
@inline
function near(x: v128, k: v128): v128 {
  return lessOne(sub(x, mul(k, all(LOG2_HIGH))), mul(k, all(LOG2_LOW)))
}

/** e^x for every x. */
@inline
export function exp(x: v128): v128 {
  // Beyond, float32 has only Infinity and 0.
  const y = clamp(x, -104, 89)
  const sum = mulAdd(y, all(LOG2_E), all(ROUNDER + 254))
  const e = near(y, sub(sum, all(ROUNDER + 254)))
  // 2^k in two factors: k goes from -150, where results are subnormal, to 128. The low bits of the sum are k + 254: half of it is an exponent.
  const half = i32x4.shr_u(sum, 1)
  return mul(mul(add(e, all(1)), exponent(half)), exponent(i32x4.sub(sum, half)))
}

/** e^x for x in [-87, 88]. */
@inline
export function expNormal(x: v128): v128 {
  const sum = mulAdd(x, all(LOG2_E), all(ROUNDER + 127))
  const e = near(x, sub(sum, all(ROUNDER + 127)))
  const power = exponent(sum)
  return mulAdd(e, power, power)
}

/**
 * e^(-a^2) times a factor, for a in [0, 11]. The rounding of a^2 would show, so it is taken in two parts: the square of the upper 12 bits of a,
 * which is exact, and the rest.
 */
@inline
export function timesExpOfSquare(factor: v128, a: v128): v128 {
  const upper = v128.and(a, bits(0xfffff000))
  const rest = mul(sub(a, upper), add(a, upper))
  const sum = sub(all(ROUNDER + 254), mul(mul(a, a), all(LOG2_E)))
  const k = sub(sum, all(ROUNDER + 254))
  const high = sub(f32x4.neg(mul(upper, upper)), mul(k, all(LOG2_HIGH)))
  const e = lessOne(high, mulAdd(k, all(LOG2_LOW), rest))
  const half = i32x4.shr_u(sum, 1)
  return mul(mul(mulAdd(e, factor, factor), exponent(half)), exponent(i32x4.sub(sum, half)))
}

export function exp_f32x4(x: v128): v128 {
  return exp(x)
}

/** e^x for x <= 0, with the bits of {@link exp}: nothing is too large, so that one factor is always the same. */
export function expNonPositive_f32x4(x: v128): v128 {
  const y = f32x4.pmax(x, all(-104))
  const sum = mulAdd(y, all(LOG2_E), all(ROUNDER + 190))
  const e = near(y, sub(sum, all(ROUNDER + 190)))
  // The low bits of the sum are k + 190, the exponent of 2^(k + 63).
  return mul(mul(add(e, all(1)), exponent(sum)), all(1.0842021724855044e-19))
}

export function expm1_f32x4(x: v128): v128 {
  // Below -18 the result is -1. 2^k is halved on the way: k goes to 128.
  const y = clamp(x, -18, 89)
  const sum = mulAdd(y, all(LOG2_E), all(ROUNDER + 126))
  const e = near(y, sub(sum, all(ROUNDER + 126)))
  const half = exponent(sum)
  const value = mul(all(2), mulAdd(e, half, sub(half, all(0.5))))
  // Where x^2 is of no account, e^x - 1 = x, also for numbers too small to be halved.
  const small = f32x4.lt(f32x4.abs(x), all(1e-8))
  return withSign(choose(small, x, value), x)
}

/** 1 / (1 + e^-x), by a power that never overflows: for negative x, e^x / (1 + e^x). */
export function sigmoid_f32x4(x: v128): v128 {
  const e = exp(withSign(x, all(-0)))
  const sum = add(e, all(1))
  const value = f32x4.div(choose(f32x4.lt(x, all(0)), e, all(1)), sum)
  // What 1 + e lost by rounding.
  const lost = sub(e, sub(sum, all(1)))
  return sub(value, mul(value, lost))
}

/** 1 - 2 / (e^2x + 1), and near 0, where that cancels, x + x^3 P(x^2): a minimax polynomial (Remez), off by 2^-29. */
export function tanh_f32x4(x: v128): v128 {
  // From 10 on it is 1.
  const a = clamp(f32x4.abs(x), 0, 10)
  const far = sub(all(1), f32x4.div(all(2), add(expNormal(add(a, a)), all(1))))
  const s = mul(a, a)
  const p = mulAdd(s, all(0.13332586123586193), all(-0.33333317559141923))
  const q = mulAdd(mulAdd(s, all(-0.006274232910657164), all(0.02107167396715238)), s, all(-0.053852308540610634))
  const near = mulAdd(mul(a, s), mulAdd(mul(s, s), q, p), a)
  return withSign(choose(f32x4.lt(a, all(0.55)), near, far), x)
}
