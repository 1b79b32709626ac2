/** Writes four rows of four elements, `fromRow` bytes apart, as columns: rows at `to`, `toRow` bytes apart. */
@inline
export function transpose(to: i32, toRow: i32, from: i32, fromRow: i32): void {
  transposeRows(to, toRow, from, from + fromRow, from + 2 * fromRow, from + 3 * fromRow)
}

/** The same for rows that lie anywhere. */
@inline
export function transposeRows(to: i32, toRow: i32, from0: i32, from1: i32, from2: i32, from3: i32): void {
  const a = v128.load(from0)
  const b = v128.load(from1)
  const c = v128.load(from2)
  const d = v128.load(from3)
  // Pairs first: a0 b0 a1 b1, and so on.
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2))
  v128.store(to + toRow, v128.shuffle<i64>(ab, cd, 1, 3))
  v128.store(to + 2 * toRow, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
  v128.store(to + 3 * toRow, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
}
