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

/** Functions whose results are good once rounded to float32, several times as fast as those of `Math`. */
interface Float32Math {
  readonly exp: (x: number) => number
  readonly tanh: (x: number) => number
  readonly sigmoid: (x: number) => number
}

/** One closure, made once, so that the engine knows the table when it inlines the functions. */
function createFloat32Math(): Float32Math {
  // e^x = 2^k e^r with k the whole number next to x / log(2), and so |r| <= log(2) / 2. Beyond +-104, float32 has only
  // Infinity and 0.
  const powers = Float64Array.from({ length: 303 }, (_, i) => 2 ** (i - 151))
  const clamp = (x: number): number => (x > 104 ? 104 : x < -104 ? -104 : x)
  const exponent = (x: number): number => (x * 1.4426950408889634 + 151.5) | 0
  const rest = (x: number, k: number): number => x - (k - 151) * 0.6931471805599453
  /** e^r - 1 by its Taylor polynomial, paired so that few products wait for one another. Relative error below 5e-8. */
  const near = (r: number): number => {
    const r2 = r * r
    const high = 0.008333333333333333 + r * 0.001388888888888889 + r2 * 0.0001984126984126984
    return r * (1 + r * 0.5 + r2 * (0.16666666666666666 + r * 0.041666666666666664 + r2 * high))
  }
  const exp = (x: number): number => {
    const y = clamp(x)
    const k = exponent(y)
    return powers[k]! + powers[k]! * near(rest(y, k))
  }
  // With m = e^2x - 1, which does not cancel near 0, tanh x = m / (m + 2).
  const tanh = (x: number): number => {
    if (x < 1e-4 && x > -1e-4) return x
    const y = 2 * (x > 10 ? 10 : x < -10 ? -10 : x)
    const k = exponent(y)
    const m = powers[k]! * near(rest(y, k)) + (powers[k]! - 1)
    return m / (m + 2)
  }
  return { exp, tanh, sigmoid: (x) => 1 / (1 + exp(-x)) }
}

export const float32 = /* @__PURE__ */ createFloat32Math()

/** NaN counts as the largest. */
export function larger(a: number, b: number): boolean {
  return a > b || (a !== a && b === b)
}

/** NaN counts as the smallest. */
export function smaller(a: number, b: number): boolean {
  return a < b || (a !== a && b === b)
}
