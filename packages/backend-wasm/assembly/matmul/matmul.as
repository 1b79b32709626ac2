import { LEFT, RIGHT, SCRATCH } from './blocks'
import { gemm, gemmScratch } from './gemm'
import { strided } from './strided'
import { isThin, thin } from './thin'

export { gemmScratch } from './gemm'

/** Bytes of scratch memory that suffice for every product and convolution. */
export function mostScratch(): i32 {
  return SCRATCH
}

/** Bytes of scratch memory for {@link matmul_f32}, whose sizes and strides these are. */
export function matmulScratch(
  m: i32,
  n: i32,
  k: i32,
  aRow: i32,
  aDepth: i32,
  bDepth: i32,
  bColumn: i32,
): i32 {
  return isThin(m, n, k, aRow, aDepth, bDepth, bColumn) ? 0 : gemmScratch(m, n, k)
}

/**
 * out[i * n + j] = sum over d of a[i * aRow + d * aDepth] * b[d * bDepth + j * bColumn]. The strides read an operand as it is,
 * transposed or broadcast.
 */
export function matmul_f32(
  out: i32,
  a: i32,
  b: i32,
  m: i32,
  n: i32,
  k: i32,
  aRow: i32,
  aDepth: i32,
  bDepth: i32,
  bColumn: i32,
  scratch: i32,
): void {
  if (thin(out, a, b, m, n, k, aRow, aDepth, bDepth, bColumn)) return
  gemm(out, strided(scratch + LEFT, a, aRow, aDepth), strided(scratch + RIGHT, b, bColumn, bDepth), m, n, k, scratch)
}

/** The same for float64, plainly. */
export function matmul_f64(
  out: i32,
  a: i32,
  b: i32,
  m: i32,
  n: i32,
  k: i32,
  aRow: i32,
  aDepth: i32,
  bDepth: i32,
  bColumn: i32,
  _scratch: i32,
): void {
  memory.fill(out, 0, m * n * 8)
  for (let i = 0; i < m; i++, out += n * 8) {
    for (let d = 0; d < k; d++) {
      const x = load<f64>(a + (i * aRow + d * aDepth) * 8)
      let from = b + d * bDepth * 8
      for (let j = 0; j < n; j++, from += bColumn * 8)
        store<f64>(out + j * 8, load<f64>(out + j * 8) + x * load<f64>(from))
    }
  }
}
