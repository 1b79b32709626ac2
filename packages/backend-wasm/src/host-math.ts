// Functions of float64 that Math lacks: generated code calls them lane by lane.

/**
 * The error function: its series of positive terms near 0, its continued fraction beyond (Abramowitz & Stegun 7.1.6,
 * 7.1.14).
 */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (!(a > 0)) return x
  if (a > 6) return Math.sign(x)
  const e = Math.exp(-a * a)
  if (a < 3) {
    let term = x
    let total = x
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
      term *= (2 * a * a) / (2 * n + 1)
      total += term
    }
    return (2 / Math.sqrt(Math.PI)) * e * total
  }
  let fraction = 0
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction)
  return Math.sign(x) * (1 - e / ((a + fraction) * Math.sqrt(Math.PI)))
}

/** Without overflow for either sign. */
export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}

/** By squaring, with products that wrap around; a negative exponent divides 1 by the power, and 1 / 0 is 0. */
export function wholePower(a: number, b: number): number {
  let power = 1
  for (let factor = a, rest = Math.abs(b); rest > 0; factor = Math.imul(factor, factor), rest = Math.floor(rest / 2))
    if (rest % 2 === 1) power = Math.imul(power, factor)
  return b >= 0 ? power : power === 0 ? 0 : 1 / power
}
