/** Repeatable numbers in [-1, 1): a linear congruential generator (Numerical Recipes, "ranqd1"). */
export function numbers(n: number, seed: number): number[] {
  let state = seed
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** The product of a [m, k] and b [k, n], as the definition says; either may be stored transposed. */
export function naiveProduct(
  [m, n, k]: readonly [number, number, number],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { transposeA, transposeB }: { readonly transposeA: boolean; readonly transposeB: boolean },
): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) {
        out[i * n + j]! += a[transposeA ? p * m + i : i * k + p]! * b[transposeB ? j * k + p : p * n + j]!
      }
    }
  }
  return out
}

/** The largest difference between two arrays. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN))
    // NaN, of a hole or a result, is no distance at all.
    largest = difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference
  }
  return largest
}
