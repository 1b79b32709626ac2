import { expNormal } from './exp'
import { all, choose, clamp, mul, mulAdd, sub, withSign } from './lanes'

/**
 * Near 0, x + x P(x^2); beyond, 1 - erfc(x) with erfc(x) = e^(x Q(x)). Both are minimax polynomials (Remez), off by 2^-31 and 2^-30 of the result:
 * a logarithm is fitted since erfc falls faster than any polynomial.
 */
export function erf_f32x4(x: v128): v128 {
  // From 4 on it is 1.
  const a = clamp(f32x4.abs(x), 0, 4)
  const s = mul(a, a)
  let p = mulAdd(s, all(8.333191399324734e-5), all(-0.0008133943666055227))
  p = mulAdd(p, s, all(0.005200257434240599))
  p = mulAdd(p, s, all(-0.026859084706637473))
  p = mulAdd(p, s, all(0.11283689808260293))
  p = mulAdd(p, s, all(-0.37612633361890047))
  p = mulAdd(p, s, all(0.12837916659819956))
  let q = mulAdd(a, all(-1.1795731316603985e-5), all(0.0003284043488088665))
  q = mulAdd(q, a, all(-0.0036650155051964786))
  q = mulAdd(q, a, all(0.02380928420315783))
  q = mulAdd(q, a, all(-0.10629110524218569))
  q = mulAdd(q, a, all(-0.6351189012983441))
  q = mulAdd(q, a, all(-1.128656377658259))
  const far = sub(all(1), expNormal(mul(q, a)))
  return withSign(choose(f32x4.lt(a, all(0.9275)), mulAdd(a, p, a), far), x)
}
