/** The error function in doubles: its series of positive terms near 0, its continued fraction beyond (Abramowitz & Stegun 7.1.6, 7.1.14). */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (!(a > 0)) return x
  if (a > 6) return Math.sign(x)
  const e = Math.exp(-a * a) / Math.sqrt(Math.PI)
  if (a > 3) {
    let fraction = 0
    for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction)
    return Math.sign(x) * (1 - e / (a + fraction))
  }
  let term = x
  let total = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * a * a) / (2 * n + 1)
    total += term
  }
  return 2 * e * total
}

/** 1 - erf(x), with its digits far out as well. */
export function erfc(x: number): number {
  if (!(x > 2)) return 1 - erf(x)
  let fraction = 0
  for (let k = 120; k >= 1; k--) fraction = k / 2 / (x + fraction)
  return Math.exp(-x * x) / ((x + fraction) * Math.sqrt(Math.PI))
}
