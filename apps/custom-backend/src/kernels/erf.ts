/** The error function: Taylor series near 0, continued fraction beyond (Abramowitz & Stegun 7.1.5 and 7.1.14). */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (Number.isNaN(x) || x === 0) return x
  if (size > 6) return Math.sign(x)
  return size < 2.5 ? series(x) : Math.sign(x) * (1 - fraction(size))
}

/** 1 - erf(x): by the continued fraction also where that would be 0. */
export function erfc(x: number): number {
  return x >= 1.5 ? fraction(x) : 1 - erf(x)
}

function series(x: number): number {
  let term = x
  let total = x
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n
    total += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * total
}

function fraction(x: number): number {
  let below = 0
  for (let k = 80; k >= 1; k--) below = k / 2 / (x + below)
  return Math.exp(-x * x) / ((x + below) * Math.sqrt(Math.PI))
}
