import { timesExpOfSquare } from './exp'
import { add, all, choose, clamp, mul, mulAdd, sub } from './lanes'

/**
 * For a = |x| up to 1/2, 1 - (a + a P(a^2)); beyond, e^(-a^2) t F(t) with t = 1.5 / (1.5 + a), which does not fall faster than 1/a and so is a
 * polynomial's matter. Both are minimax polynomials, off by 2^-30 and 2^-27 of the result. Of a negative x it is 2 - erfc(a).
 */
export function erfc_f32x4(x: v128): v128 {
  // From 10.1 on it is 0.
  const a = clamp(f32x4.abs(x), 0, 11)
  const s = mul(a, a)
  let p = mulAdd(s, all(0.004656268016869083), all(-0.026722106371980903))
  p = mulAdd(p, s, all(0.11282155382911695))
  p = mulAdd(p, s, all(-0.3761256115849967))
  p = mulAdd(p, s, all(0.12837915630293134))
  const near = sub(all(1), mulAdd(p, a, a))
  const t = f32x4.div(all(1.5), add(a, all(1.5)))
  let f = mulAdd(t, all(0.16924034954554054), all(-0.6168853301073188))
  f = mulAdd(f, t, all(0.7733273787038726))
  f = mulAdd(f, t, all(-0.20122817297063395))
  f = mulAdd(f, t, all(-0.2680787112800778))
  f = mulAdd(f, t, all(-0.012554540128923035))
  f = mulAdd(f, t, all(0.10936237772508656))
  f = mulAdd(f, t, all(0.29498753878851747))
  f = mulAdd(f, t, all(0.375929057052363))
  f = mulAdd(f, t, all(0.37613297390722517))
  const far = timesExpOfSquare(mul(f, t), a)
  const value = choose(f32x4.lt(a, all(0.5)), near, far)
  return choose(f32x4.lt(x, all(0)), sub(all(2), value), value)
}
