/**
 * Which power of two is just below the largest of some numbers. Divided by it, they lose no digit, and neither their squares nor
 * their sums leave the range of float64.
 */
export function exponentOf(numbers: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]!))
  return largest === 0 ? 0 : Math.min(1023, Math.floor(Math.log2(largest)))
}

/** value * 2 ** exponent, in two steps, since the power alone may be out of range. */
export function scaledBack(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return value * 2 ** half * 2 ** (exponent - half)
}

/** Weights, of which only the proportions count, near 1. */
export function rescaled(weights: ArrayLike<number> | undefined): Float64Array | undefined {
  if (weights === undefined) return undefined
  const scale = 2 ** exponentOf(weights)
  return Float64Array.from(weights, (weight) => weight / scale)
}

/** The mean of terms, `width` of which share a weight. */
export function weightedMean(terms: Float64Array, weights: ArrayLike<number> | undefined, width = 1): number {
  const exponent = exponentOf(terms)
  const scale = 2 ** exponent
  let sum = 0
  let mass = 0
  for (let i = 0; i < terms.length; i++) {
    const weight = weights === undefined ? 1 : weights[Math.floor(i / width)]!
    // What does not count may be infinite.
    if (weight === 0) continue
    sum += weight * (terms[i]! / scale)
    mass += weight
  }
  return scaledBack(sum / mass, exponent)
}
