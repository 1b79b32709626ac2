/** Functions that a module has where it needs them. Each is a whole statement, and uses no other. */
export const HELPERS = {
  /** To float32. */
  f: 'const f = Math.fround',
  /** A cast to int32 saturates, and NaN is 0. */
  toInt: 'const toInt = (x) => (x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0)',
  /** The error function by its series, then by its continued fraction (Abramowitz & Stegun 7.1.6, 7.1.14). */
  erf: `function erf(x) {
  const a = Math.abs(x)
  if (!(a > 0)) return x
  if (a > 6) return Math.sign(x)
  const e = Math.exp(-a * a)
  if (a < 3) {
    let term = x
    let total = x
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) total += term *= (2 * a * a) / (2 * n + 1)
    return (2 / Math.sqrt(Math.PI)) * e * total
  }
  let fraction = 0
  for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction)
  return Math.sign(x) * (1 - e / ((a + fraction) * Math.sqrt(Math.PI)))
}`,
  /** Its complement, by the same: what 1 - erf loses below 2 are three digits of float64. */
  erfc: `function erfc(x) {
  const a = Math.abs(x)
  const e = Math.exp(-a * a)
  let y = 0
  if (a < 2) {
    let term = a
    let total = a
    for (let n = 1; term > 1e-17 * total; n++) total += term *= (2 * a * a) / (2 * n + 1)
    y = 1 - (2 / Math.sqrt(Math.PI)) * e * total
  } else {
    for (let k = 120; k > 0; k--) y = k / 2 / (a + y)
    y = e / ((a + y) * Math.sqrt(Math.PI))
  }
  return x < 0 ? 2 - y : y
}`,
  /** A power of whole numbers, with products that wrap around. */
  intPower: `function intPower(a, b) {
  let power = 1
  for (let n = Math.abs(b); n > 0; n = Math.floor(n / 2), a = Math.imul(a, a)) if (n % 2 === 1) power = Math.imul(power, a)
  return b >= 0 ? power : power === 0 ? 0 : (1 / power) | 0
}`,
  /** NaN counts as the largest. */
  larger: 'const larger = (a, b) => a > b || (a !== a && b === b)',
  /** NaN counts as the smallest. */
  smaller: 'const smaller = (a, b) => a < b || (a !== a && b === b)',
} as const

export type Helper = keyof typeof HELPERS
