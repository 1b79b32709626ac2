// tanh as a quotient of two polynomials, fitted to float32: the coefficients are those of Eigen's `generic_fast_tanh_float`. Off by a few units in
// the last place.

@inline
function all(x: f32): v128 {
  return f32x4.splat(x)
}

@inline
function mulAdd(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), f32x4.splat(c))
}

@inline
export function tanh(value: v128): v128 {
  // Beyond, it is 1 in float32.
  const x = f32x4.pmax(f32x4.pmin(value, all(7.90531110763549805)), all(-7.90531110763549805))
  const s = f32x4.mul(x, x)
  let p = mulAdd(s, all(-2.76076847742355e-16), 2.00018790482477e-13)
  p = mulAdd(s, p, -8.60467152213735e-11)
  p = mulAdd(s, p, 5.12229709037114e-8)
  p = mulAdd(s, p, 1.48572235717979e-5)
  p = mulAdd(s, p, 6.37261928875436e-4)
  p = mulAdd(s, p, 4.89352455891786e-3)
  let q = mulAdd(s, all(1.19825839466702e-6), 1.18534705686654e-4)
  q = mulAdd(s, q, 2.26843463243900e-3)
  q = mulAdd(s, q, 4.89352518554385e-3)
  return f32x4.div(f32x4.mul(x, p), q)
}
