// Functions of one number that Math lacks, for backends that compute in JavaScript: those of float64 and int32.

/**
 * The error function of a number: its series of positive terms near 0, its continued fraction beyond (Abramowitz & Stegun 7.1.6, 7.1.14). For
 * backends; of tensors, it is `erf`.
 *
 * @example
 * ```ts
 * import { errorFunction } from '@neurite/core'
 * errorFunction(0.5) // => 0.520499877813
 * ```
 */
export function errorFunction(x: number): number {
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

/**
 * 1 / (1 + e^-x) of a number, without overflow for either sign. For backends; of tensors, it is `sigmoid`.
 *
 * @example
 * ```ts
 * import { logistic } from '@neurite/core'
 * logistic(-800) // => 0
 * logistic(0) // => 0.5
 * ```
 */
export function logistic(x: number): number {
  const e = Math.exp(-Math.abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}

/**
 * a^b of int32, by squaring, with products that wrap around; a negative exponent divides 1 by the power, and 1 / 0 is 0. What is stored is
 * rounded toward 0. For backends; of tensors, it is `pow`.
 *
 * @example
 * ```ts
 * import { wholePower } from '@neurite/core'
 * wholePower(3, 4) // => 81
 * wholePower(2, 32) // => 0
 * wholePower(0, -1) // => 0
 * ```
 */
export function wholePower(a: number, b: number): number {
  let power = 1
  for (let factor = a, rest = Math.abs(b); rest > 0; factor = Math.imul(factor, factor), rest = Math.floor(rest / 2))
    if (rest % 2 === 1) power = Math.imul(power, factor)
  return b >= 0 ? power : power === 0 ? 0 : 1 / power
}
