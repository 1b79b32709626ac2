/** A matrix of doubles, row by row. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/**
 * The x that minimizes |A x - b|^2 + ridge |x|^2, by Householder's QR of [A; sqrt(ridge) I] (Golub & Van Loan,
 * "Matrix computations", 5.3, 6.1). The normal equations would square the condition number, which random features make large.
 */
export function leastSquares(a: Matrix, b: Float64Array, ridge: number): Float64Array {
  const { rows, columns: n } = a
  const m = rows + n
  // Column by column: every inner loop runs along a column.
  const q = new Float64Array(m * n)
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < rows; i++) q[j * m + i] = a.data[i * n + j]!
    q[j * m + rows + j] = Math.sqrt(ridge)
  }
  const y = new Float64Array(m)
  y.set(b)
  const diagonal = new Float64Array(n)
  for (let k = 0; k < n; k++) {
    const column = q.subarray(k * m, (k + 1) * m)
    let norm = 0
    for (let i = k; i < m; i++) norm += column[i]! * column[i]!
    norm = Math.sqrt(norm)
    if (norm === 0) continue
    const alpha = column[k]! > 0 ? -norm : norm
    diagonal[k] = alpha
    column[k]! -= alpha
    // The reflector is I - v v^T / (norm (norm + |x_k|)), v stored in the column.
    const scale = 1 / (norm * Math.abs(column[k]!))
    for (let j = k + 1; j < n; j++) reflect(column, q.subarray(j * m, (j + 1) * m), k, scale)
    reflect(column, y, k, scale)
  }
  const x = new Float64Array(n)
  for (let k = n - 1; k >= 0; k--) {
    let rest = y[k]!
    for (let j = k + 1; j < n; j++) rest -= q[j * m + k]! * x[j]!
    x[k] = diagonal[k] === 0 ? 0 : rest / diagonal[k]!
  }
  return x
}

function reflect(v: Float64Array, target: Float64Array, from: number, scale: number): void {
  let dot = 0
  for (let i = from; i < v.length; i++) dot += v[i]! * target[i]!
  dot *= scale
  for (let i = from; i < v.length; i++) target[i]! -= dot * v[i]!
}

/** The lower triangle of J^T J, and J^T r. */
export function normalEquations(
  { rows, columns: n, data }: Matrix,
  r: Float64Array,
): { readonly square: Float64Array; readonly right: Float64Array } {
  const square = new Float64Array(n * n)
  const right = new Float64Array(n)
  // Four rows at a time, so that the square is read and written a quarter as often. Rows beyond the last count as 0.
  for (let s = 0; s < rows; s += 4) {
    const [p, q, t, u] = [0, 1, 2, 3].map((k) => Math.min(s + k, rows - 1) * n) as [number, number, number, number]
    const [two, three, four] = [1, 2, 3].map((k) => (s + k < rows ? 1 : 0)) as [number, number, number]
    for (let a = 0; a < n; a++) {
      const w = data[p + a]!
      const x = data[q + a]! * two
      const y = data[t + a]! * three
      const z = data[u + a]! * four
      right[a]! += w * r[s]! + x * r[q / n]! + y * r[t / n]! + z * r[u / n]!
      const row = a * n
      for (let b = 0; b <= a; b++)
        square[row + b]! += w * data[p + b]! + x * data[q + b]! + y * data[t + b]! + z * data[u + b]!
    }
  }
  return { square, right }
}

/** The solution of (A + diag(damping)) x = b by Cholesky's L L^T, A symmetric with its lower triangle given; undefined if not positive definite. */
export function solveDamped(a: Float64Array, damping: Float64Array, b: Float64Array): Float64Array | undefined {
  const n = b.length
  const l = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const li = l.subarray(i * n, i * n + n)
    for (let j = 0; j <= i; j++) {
      const lj = l.subarray(j * n, j * n + n)
      let rest = a[i * n + j]! + (i === j ? damping[i]! : 0)
      for (let k = 0; k < j; k++) rest -= li[k]! * lj[k]!
      if (i === j) {
        if (!(rest > 0)) return undefined
        li[i] = Math.sqrt(rest)
      } else li[j] = rest / lj[j]!
    }
  }
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!
    x[i]! /= l[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!
    x[i]! /= l[i * n + i]!
  }
  return x
}
