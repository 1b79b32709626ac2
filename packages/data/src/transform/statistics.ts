/** The values of each column of a row-major matrix that are not NaN: what is missing does not count. */
export function presentValues(data: Float64Array, width: number): Float64Array[] {
  const rows = width === 0 ? 0 : data.length / width
  return Array.from({ length: width }, (_, j) => {
    const values = new Float64Array(rows)
    let count = 0
    for (let i = j; i < data.length; i += width) {
      const value = data[i]!
      if (!Number.isNaN(value)) values[count++] = value
    }
    return values.subarray(0, count)
  })
}

/** NaN for no values. */
export function minimum(values: Float64Array): number {
  return values.length === 0 ? NaN : values.reduce((a, b) => Math.min(a, b))
}

/** NaN for no values. */
export function maximum(values: Float64Array): number {
  return values.length === 0 ? NaN : values.reduce((a, b) => Math.max(a, b))
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

/** The q-th quantile (0 <= q <= 1) of sorted values, between two of them by linear interpolation. NaN for no values. */
export function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] ?? NaN
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (position - below)
}

/** A spread to divide by: 1 for a constant column, whose spread is 0 up to rounding (scikit-learn's `_handle_zeros_in_scale`). */
export function divisor(spread: number): number {
  return spread < 10 * Number.EPSILON ? 1 : spread
}
