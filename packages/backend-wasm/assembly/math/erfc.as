import { timesExpOfSquare } from './exp'
import { add, all, choose, clamp, mul, mulAdd, sub } from './lanes'

/**
 * For a = |x| up to 0.66, 1 - (a + a P(a^2)); beyond, e^(-a^2) t F(t - 11/32) with t = 1 / (1 + a): what remains falls no faster than 1/a, and so
 * is a polynomial's matter. Both are minimax polynomials, off by 2^-32 and 2^-27 of the result. Of a negative x it is 2 - erfc(a).
 */
export function erfc_f32x4(x: v128): v128 {
  // From 10.1 on it is 0.
  const a = clamp(f32x4.abs(x), 0, 11)
  const s = mul(a, a)
  let p = mulAdd(s, all(-0.0006965458290731084), all(0.005137445271795236))
  p = mulAdd(p, s, all(-0.026842784566855845))
  p = mulAdd(p, s, all(0.11283477146173806))
  p = mulAdd(p, s, all(-0.37612620232342014))
  p = mulAdd(p, s, all(0.1283791637629848))
  const near = sub(all(1), mulAdd(p, a, a))
  const t = f32x4.div(all(1), add(a, all(1)))
  const v = sub(t, all(0.34375))
  let f = mulAdd(v, all(-2.365948213773357), all(0.8971992371971911))
  f = mulAdd(f, v, all(0.9246837123075384))
  f = mulAdd(f, v, all(-0.9845948263873613))
  f = mulAdd(f, v, all(0.13611175529460912))
  f = mulAdd(f, v, all(0.5285454499547255))
  f = mulAdd(f, v, all(-0.42081040355817645))
  f = mulAdd(f, v, all(-0.26077009964146136))
  f = mulAdd(f, v, all(0.5796501403708975))
  f = mulAdd(f, v, all(0.7722528681732231))
  const far = timesExpOfSquare(mul(f, t), a)
  const value = choose(f32x4.lt(a, all(0.66)), near, far)
  return choose(f32x4.lt(x, all(0)), sub(all(2), value), value)
}
