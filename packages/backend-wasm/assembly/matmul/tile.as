import { EDGE, TILE_COLUMNS, TILE_ROWS } from './blocks'

/**
 * One tile of a product: sums over d of a[d][row] * b[d][column], from two packed panels. They replace (`first`) or are added to
 * `rows` x `columns` elements at `out`, whose rows are `outRow` bytes apart.
 */
export function tile(
  out: i32,
  outRow: i32,
  rows: i32,
  columns: i32,
  a: i32,
  b: i32,
  depth: i32,
  first: bool,
  scratch: i32,
): void {
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let c0 = f32x4.splat(0)
  let c1 = f32x4.splat(0)
  let d0 = f32x4.splat(0)
  let d1 = f32x4.splat(0)
  for (const end = a + depth * (TILE_ROWS * 4); a != end; a += TILE_ROWS * 4, b += TILE_COLUMNS * 4) {
    const left = v128.load(b)
    const right = v128.load(b, 16)
    let x = v128.load_splat<f32>(a)
    a0 = f32x4.add(a0, f32x4.mul(x, left))
    a1 = f32x4.add(a1, f32x4.mul(x, right))
    x = v128.load_splat<f32>(a, 4)
    b0 = f32x4.add(b0, f32x4.mul(x, left))
    b1 = f32x4.add(b1, f32x4.mul(x, right))
    x = v128.load_splat<f32>(a, 8)
    c0 = f32x4.add(c0, f32x4.mul(x, left))
    c1 = f32x4.add(c1, f32x4.mul(x, right))
    x = v128.load_splat<f32>(a, 12)
    d0 = f32x4.add(d0, f32x4.mul(x, left))
    d1 = f32x4.add(d1, f32x4.mul(x, right))
  }
  // At an edge, by way of a whole tile.
  const whole = rows == TILE_ROWS && columns == TILE_COLUMNS
  let to = whole ? out : scratch + EDGE
  const row = whole ? outRow : TILE_COLUMNS * 4
  const add = whole && !first
  put(to, a0, a1, add)
  put((to += row), b0, b1, add)
  put((to += row), c0, c1, add)
  put((to += row), d0, d1, add)
  if (whole) return
  let from = scratch + EDGE
  for (let i = 0; i < rows; i++, out += outRow, from += TILE_COLUMNS * 4) {
    for (let j = 0; j < columns * 4; j += 4) {
      const value = load<f32>(from + j)
      store<f32>(out + j, first ? value : load<f32>(out + j) + value)
    }
  }
}

@inline
function put(to: i32, left: v128, right: v128, add: bool): void {
  if (add) {
    left = f32x4.add(left, v128.load(to))
    right = f32x4.add(right, v128.load(to, 16))
  }
  v128.store(to, left)
  v128.store(to, right, 16)
}
