// The error functions of a number, by the rational functions of W. J. Cody (1969), "Rational Chebyshev approximations for the error function",
// Mathematics of Computation 23, 631-637. The coefficient of the highest power comes first.

/** Up to here erf x = x R(x^2). */
const NEAR = 0.46875
const NEAR_ABOVE = [0.18577770618460315, 3.1611237438705656, 113.86415415105016, 377.485237685302, 3209.3775891384694]
const NEAR_BELOW = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171]

/** From there up to here erfc x = e^(-x^2) R(x). */
const MIDDLE = 4
const MIDDLE_ABOVE = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
]
const MIDDLE_BELOW = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
]

/** Beyond, erfc x = e^(-x^2) (1 / sqrt(pi) - R(1 / x^2) / x^2) / x. */
const FAR_ABOVE = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
]
const FAR_BELOW = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
]

function rational(x: number, above: readonly number[], below: readonly number[]): number {
  let numerator = 0
  let denominator = 0
  for (let i = 0; i < above.length; i++) {
    numerator = numerator * x + above[i]!
    denominator = denominator * x + below[i]!
  }
  return numerator / denominator
}

function nearZero(x: number): number {
  return x * rational(x * x, NEAR_ABOVE, NEAR_BELOW)
}

/** 1 - erf(a) for a >= NEAR. */
function complement(a: number): number {
  if (a > 28) return 0
  // The rounding of a^2 would be multiplied by a^2 in the exponential: what has few bits is squared exactly.
  const high = Math.trunc(a * 16) / 16
  return Math.exp(-high * high) * Math.exp((high - a) * (high + a)) * scaled(a)
}

/** e^(a^2) erfc(a) for a >= NEAR. */
function scaled(a: number): number {
  if (a <= MIDDLE) return rational(a, MIDDLE_ABOVE, MIDDLE_BELOW)
  const y = 1 / (a * a)
  return (1 / Math.sqrt(Math.PI) - y * rational(y, FAR_ABOVE, FAR_BELOW)) / a
}

/**
 * The error function of a number. For backends; of tensors, it is `erf`.
 *
 * @example
 * ```ts
 * import { errorFunction } from '@neurite/core'
 * errorFunction(0.5) // => 0.520499877813
 * ```
 */
export function errorFunction(x: number): number {
  const a = Math.abs(x)
  if (a <= NEAR) return nearZero(x)
  return Math.sign(x) * (1 - complement(a))
}

/**
 * The complementary error function of a number, 1 - erf x: off by at most four units of its last place, also far out, where `errorFunction` is 1.
 * For backends; of tensors, it is `erfc`.
 *
 * @example
 * ```ts
 * import { complementaryErrorFunction } from '@neurite/core'
 * complementaryErrorFunction(10) // => 2.088487583763e-45
 * ```
 */
export function complementaryErrorFunction(x: number): number {
  const a = Math.abs(x)
  if (a <= NEAR) return 1 - nearZero(x)
  return x < 0 ? 2 - complement(a) : complement(a)
}
