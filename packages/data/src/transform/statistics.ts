/** The least (`Math.min`) or the greatest value (`Math.max`); NaN for no values. */
export function extreme(values: Float64Array, choose: (a: number, b: number) => number): number {
  return values.length === 0 ? NaN : values.reduce((a, b) => choose(a, b))
}

/**
 * Mean and population variance by the corrected two-pass algorithm: Chan, Golub & LeVeque (1983), "Algorithms for
 * computing the sample variance", equation 1.7. NaN for no values.
 */
export function moments(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const n = values.length
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / n
  let squares = 0
  let deviations = 0
  for (const value of values) {
    const deviation = value - mean
    squares += deviation * deviation
    deviations += deviation
  }
  return { mean, variance: (squares - (deviations * deviations) / n) / n }
}

/** Quantiles (each 0 <= q <= 1), between two values by linear interpolation. NaN for no values. */
export function quantiles<Q extends readonly number[]>(values: Float64Array, ...qs: Q): { [I in keyof Q]: number } {
  const sorted = values.slice().sort()
  const quantile = (q: number): number => {
    const position = q * (sorted.length - 1)
    const below = Math.floor(position)
    const low = sorted[below] ?? NaN
    const high = sorted[below + 1] ?? low
    return low + (high - low) * (position - below)
  }
  // map forgets how many there are.
  return qs.map(quantile) as { [I in keyof Q]: number }
}

/** Its square is all but 0 in float64; quotients by less would soon be infinite. */
const SMALLEST = 1e-150

/**
 * A spread to divide by: 1 for a constant column, whose spread is 0 up to rounding. As scikit-learn's `_handle_zeros_in_scale`, but
 * measured by the size of the values: a column of 1e-19 is none of zeros.
 */
export function divisor(spread: number, ...values: readonly number[]): number {
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return spread <= Math.max(SMALLEST, 10 * Number.EPSILON * size) ? 1 : spread
}
