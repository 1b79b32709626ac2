// Functions of one number that Math lacks, for backends that compute in JavaScript: those of float64 and int32.

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
