import { addRow } from '../movement/add'
import {
  BLOCK_COLUMNS,
  BLOCK_DEPTH,
  BLOCK_ROWS,
  LONG,
  PACKED,
  packedLeft,
  packedRight,
  SCRATCH,
  SUM_COLUMNS,
  SUM_ROWS,
  SUMS,
  TILE_COLUMNS,
  TILE_ROWS,
} from './blocks'
import { Operand, pack } from './operand'
import { tile } from './tile'

/** Bytes of scratch memory for {@link gemm}. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  return k > LONG ? SCRATCH : PACKED + packedLeft(m, k) + packedRight(n, k)
}

/**
 * out[i][j] = sum over d of left(i, d) * right(j, d), for m x n results in rows of n, and k products each. The contract's bound for a
 * product holds, see blocks.ts.
 */
export function gemm(out: i32, left: Operand, right: Operand, m: i32, n: i32, k: i32, scratch: i32): void {
  if (k <= LONG) {
    block(out, n * 4, left, right, 0, m, 0, n, 0, k, scratch)
    return
  }
  const sums = scratch + SUMS
  for (let i = 0; i < m; i += SUM_ROWS) {
    const rows = min(m - i, SUM_ROWS)
    for (let j = 0; j < n; j += SUM_COLUMNS) {
      const columns = min(n - j, SUM_COLUMNS)
      for (let d = 0; d < k; d += LONG) {
        block(sums, columns * 4, left, right, i, rows, j, columns, d, min(k - d, LONG), scratch)
        for (let row = 0; row < rows; row++) {
          const to = out + ((i + row) * n + j) * 4
          const from = sums + row * columns * 4
          if (d == 0) memory.copy(to, from, columns * 4)
          else addRow<f32>(to, from, columns * 4)
        }
      }
    }
  }
}

/** Rows [i, i + m) and columns [j, j + n), of k products from `start` on; at `out`, whose rows are outRow bytes apart. */
export function block(
  out: i32,
  outRow: i32,
  left: Operand,
  right: Operand,
  i: i32,
  m: i32,
  j: i32,
  n: i32,
  start: i32,
  k: i32,
  scratch: i32,
): void {
  const a = scratch + PACKED
  const b = a + packedLeft(m, k)
  for (let column = 0; column < n; column += BLOCK_COLUMNS) {
    const columns = min(n - column, BLOCK_COLUMNS)
    // Also for k = 0: sums of nothing are written too.
    let d = 0
    do {
      const depth = min(k - d, BLOCK_DEPTH)
      pack(right, b, TILE_COLUMNS, j + column, columns, start + d, depth)
      for (let row = 0; row < m; row += BLOCK_ROWS) {
        const rows = min(m - row, BLOCK_ROWS)
        pack(left, a, TILE_ROWS, i + row, rows, start + d, depth)
        tiles(out + row * outRow + column * 4, outRow, rows, columns, a, b, depth, d == 0, scratch)
      }
      d += BLOCK_DEPTH
    } while (d < k)
  }
}

function tiles(
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
  for (let j = 0; j < columns; j += TILE_COLUMNS) {
    for (let i = 0; i < rows; i += TILE_ROWS) {
      const height = min(rows - i, TILE_ROWS)
      const width = min(columns - j, TILE_COLUMNS)
      tile(out + i * outRow + j * 4, outRow, height, width, a + i * depth * 4, b + j * depth * 4, depth, first, scratch)
    }
  }
}
