import { BLOCK_DEPTH, LONG } from './blocks'

// Products with few rows or columns, as those of a network that sees one example, read their large operand once: packing it would take longer than
// the product. Sums are sums of sums, as in blocks.ts.

/** Columns that are combined at a time. */
@inline
const COLUMNS = 16

/** The longest dot product: each of its 16 lanes adds 512 products in a row. */
@inline
const LONGEST = 8192

/** Whether {@link thin} takes it. */
export function isThin(m: i32, n: i32, k: i32, aRow: i32, aDepth: i32, bDepth: i32, bColumn: i32): bool {
  if (k > LONG) return false
  if (m < 4 && n >= COLUMNS && bColumn == 1) return true
  if (n == 1 && m >= COLUMNS && aRow == 1) return true
  return (m < 4 || n < 4) && aDepth == 1 && bDepth == 1 && k <= LONGEST
}

/**
 * The product, if it is a thin one whose operands lie well: few rows, which combine the rows of b; one column, which combines the columns of a; or
 * dot products. False if not. Arguments as those of matmul_f32.
 */
export function thin(
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
): bool {
  if (!isThin(m, n, k, aRow, aDepth, bDepth, bColumn)) return false
  if (m < 4 && n >= COLUMNS && bColumn == 1)
    for (let i = 0; i < m; i++) combine(out + i * n * 4, a + i * aRow * 4, aDepth * 4, b, bDepth * 4, n, k)
  else if (n == 1 && m >= COLUMNS && aRow == 1) combine(out, b, bDepth * 4, a, aDepth * 4, m, k)
  else {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++, out += 4) store<f32>(out, dot(a + i * aRow * 4, b + j * bColumn * 4, k))
    }
  }
  return true
}

/** The sum over d of the factor a[d] times row d of b, of `n` columns. */
function combine(out: i32, a: i32, aStep: i32, b: i32, bStep: i32, n: i32, k: i32): void {
  for (let j = 0; j < n; j += COLUMNS) {
    // The last columns may be some of those before once more.
    const at = min(j, n - COLUMNS) * 4
    combineColumns(out + at, a, aStep, b + at, bStep, k)
  }
}

function combineColumns(out: i32, a: i32, aStep: i32, b: i32, bStep: i32, k: i32): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  for (; k > 0; k -= BLOCK_DEPTH) {
    let t0 = f32x4.splat(0)
    let t1 = f32x4.splat(0)
    let t2 = f32x4.splat(0)
    let t3 = f32x4.splat(0)
    for (let d = min(k, BLOCK_DEPTH); d > 0; d--, a += aStep, b += bStep) {
      const x = v128.load_splat<f32>(a)
      t0 = f32x4.add(t0, f32x4.mul(x, v128.load(b)))
      t1 = f32x4.add(t1, f32x4.mul(x, v128.load(b, 16)))
      t2 = f32x4.add(t2, f32x4.mul(x, v128.load(b, 32)))
      t3 = f32x4.add(t3, f32x4.mul(x, v128.load(b, 48)))
    }
    s0 = f32x4.add(s0, t0)
    s1 = f32x4.add(s1, t1)
    s2 = f32x4.add(s2, t2)
    s3 = f32x4.add(s3, t3)
  }
  v128.store(out, s0)
  v128.store(out, s1, 16)
  v128.store(out, s2, 32)
  v128.store(out, s3, 48)
}

/** The sum over d of a[d] * b[d], both side by side. */
function dot(a: i32, b: i32, k: i32): f32 {
  let t0 = f32x4.splat(0)
  let t1 = f32x4.splat(0)
  let t2 = f32x4.splat(0)
  let t3 = f32x4.splat(0)
  for (; k >= 16; k -= 16, a += 64, b += 64) {
    t0 = f32x4.add(t0, f32x4.mul(v128.load(a), v128.load(b)))
    t1 = f32x4.add(t1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)))
    t2 = f32x4.add(t2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)))
    t3 = f32x4.add(t3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)))
  }
  let rest: f32 = 0
  for (; k > 0; k--, a += 4, b += 4) rest += load<f32>(a) * load<f32>(b)
  const t = f32x4.add(f32x4.add(t0, t1), f32x4.add(t2, t3))
  const left = f32x4.extract_lane(t, 0) + f32x4.extract_lane(t, 1)
  const right = f32x4.extract_lane(t, 2) + f32x4.extract_lane(t, 3)
  return left + right + rest
}
