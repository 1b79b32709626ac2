import type { TypedArray } from '@neurite/core'

/** A product of strided matrices, the result among them: a transpose is another pair of strides. */
export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly aRow: number
  readonly aDepth: number
  readonly bColumn: number
  readonly bDepth: number
  readonly outRow: number
  readonly outColumn: number
}

/** The same product, seen as its transpose: (AB)^T = B^T A^T. */
export function transposed({ m, n, k, aRow, aDepth, bColumn, bDepth, outRow, outColumn }: Product): Product {
  return {
    m: n,
    n: m,
    k,
    aRow: bColumn,
    aDepth: bDepth,
    bColumn: aRow,
    bDepth: aDepth,
    outRow: outColumn,
    outColumn: outRow,
  }
}

/** Multiplies without packing, a row by eight columns at a time, then four: for products too small or too thin for packing to pay. */
export function multiplyDirectly(
  { m, n, k, aRow, aDepth, bColumn, bDepth, outRow, outColumn }: Product,
  out: TypedArray,
  start: number,
  a: TypedArray,
  aStart: number,
  b: TypedArray,
  bStart: number,
): void {
  const b2 = 2 * bColumn
  const b3 = 3 * bColumn
  const b4 = 4 * bColumn
  for (let row = 0; row < m; row++) {
    let o = start + row * outRow
    let column = 0
    let j = bStart
    for (; column + 8 <= n; column += 8, j += 8 * bColumn) {
      let c0 = 0
      let c1 = 0
      let c2 = 0
      let c3 = 0
      let c4 = 0
      let c5 = 0
      let c6 = 0
      let c7 = 0
      for (let depth = 0, p = aStart, q = j; depth < k; depth++, p = (p + aDepth) | 0, q = (q + bDepth) | 0) {
        const x = a[p]!
        const r = (q + b4) | 0
        c0 += x * b[q]!
        c1 += x * b[(q + bColumn) | 0]!
        c2 += x * b[(q + b2) | 0]!
        c3 += x * b[(q + b3) | 0]!
        c4 += x * b[r]!
        c5 += x * b[(r + bColumn) | 0]!
        c6 += x * b[(r + b2) | 0]!
        c7 += x * b[(r + b3) | 0]!
      }
      out[o] = c0
      out[o + outColumn] = c1
      out[o + 2 * outColumn] = c2
      out[o + 3 * outColumn] = c3
      out[o + 4 * outColumn] = c4
      out[o + 5 * outColumn] = c5
      out[o + 6 * outColumn] = c6
      out[o + 7 * outColumn] = c7
      o += 8 * outColumn
    }
    for (; column + 4 <= n; column += 4, j += 4 * bColumn) {
      let c0 = 0
      let c1 = 0
      let c2 = 0
      let c3 = 0
      for (let depth = 0, p = aStart, q = j; depth < k; depth++, p = (p + aDepth) | 0, q = (q + bDepth) | 0) {
        const x = a[p]!
        c0 += x * b[q]!
        c1 += x * b[(q + bColumn) | 0]!
        c2 += x * b[(q + b2) | 0]!
        c3 += x * b[(q + b3) | 0]!
      }
      out[o] = c0
      out[o + outColumn] = c1
      out[o + 2 * outColumn] = c2
      out[o + 3 * outColumn] = c3
      o += 4 * outColumn
    }
    for (; column < n; column++, j += bColumn, o += outColumn) {
      let total = 0
      for (let depth = 0, p = aStart, q = j; depth < k; depth++, p = (p + aDepth) | 0, q = (q + bDepth) | 0)
        total += a[p]! * b[q]!
      out[o] = total
    }
    aStart += aRow
  }
}
