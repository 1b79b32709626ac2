/**
 * The error function. Near 0 a series of positive terms, erf x = 2/sqrt(pi) e^(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!
 * (Abramowitz & Stegun 7.1.6); beyond 3 by its complement's continued fraction (7.1.14).
 */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (Number.isNaN(x) || x === 0) return x
  if (a >= 3) return Math.sign(x) * (1 - complement(a))
  let term = a
  let total = a
  for (let n = 1; n < 200; n++) {
    term *= (2 * a * a) / (2 * n + 1)
    total += term
  }
  return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * total
}

/** 1 - erf(x), with its digits also where that would be 0. */
export function erfc(x: number): number {
  return x >= 1.25 ? complement(x) : 1 - erf(x)
}

/** 1 - erf(a) for a >= 1. */
function complement(a: number): number {
  let fraction = 0
  for (let k = 150; k >= 1; k--) fraction = k / 2 / (a + fraction)
  // What the rounding of a^2 loses would be multiplied by a^2: a float32 next to a is squared exactly.
  const near = Math.fround(Math.min(a, 28))
  return (Math.exp(-near * near) * Math.exp((near - a) * (near + a))) / ((a + fraction) * Math.sqrt(Math.PI))
}

/** The standard normal distribution function, for x <= 0, with small relative error far out as well. */
function normalBelow(x: number): number {
  const a = -x * Math.SQRT1_2
  return a >= 1 ? complement(a) / 2 : (1 - erf(a)) / 2
}

/** The x <= 0 at which the normal distribution function reaches p <= 1/2, by bisection: slow, and plainly right. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  // 53 bits of probability reach no further than 9 standard deviations.
  let low = -9
  let high = 0
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (normalBelow(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
