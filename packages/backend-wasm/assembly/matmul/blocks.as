// A product is computed in blocks that stay in the caches (Goto & van de Geijn 2008, Anatomy of high-performance
// matrix multiplication): both operands are packed, a block at a time, into panels in which the innermost loop reads one
// number after the other.

/** Rows and columns of the tile that stays in registers: 8 sums of four lanes. */
@inline
export const TILE_ROWS = 4
@inline
export const TILE_COLUMNS = 8

/** Rows, columns and products of a block. */
@inline
export const BLOCK_ROWS = 128
@inline
export const BLOCK_COLUMNS = 512
@inline
export const BLOCK_DEPTH = 256

/**
 * Sums of more than LONG products are sums of sums of sums: 256 products in registers, up to 256 of those sums in a tile beside the
 * output, and those of the tiles in the output. So no number is part of more than 256 additions in a row up to 2^24 products.
 */
@inline
export const LONG = 65536

/** A tile beside the output. */
@inline
export const SUM_ROWS = 128
@inline
export const SUM_COLUMNS = 256

// Where things lie in the scratch memory, in bytes.
@inline
export const EDGE = 0
@inline
export const LEFT = EDGE + TILE_ROWS * TILE_COLUMNS * 4
@inline
export const RIGHT = LEFT + 128
@inline
export const PATCH = RIGHT + 128
@inline
export const PACKED = PATCH + 128
@inline
export const SUMS = PACKED + (BLOCK_ROWS + BLOCK_COLUMNS) * BLOCK_DEPTH * 4
@inline
export const SCRATCH = SUMS + SUM_ROWS * SUM_COLUMNS * 4

/** Bytes of the largest block of `lines` rows, packed in tiles, of k products. */
@inline
export function packedLeft(lines: i32, k: i32): i32 {
  return packed(min(lines, BLOCK_ROWS), TILE_ROWS, k)
}

/** The same for columns. */
@inline
export function packedRight(lines: i32, k: i32): i32 {
  return packed(min(lines, BLOCK_COLUMNS), TILE_COLUMNS, k)
}

function packed(lines: i32, width: i32, k: i32): i32 {
  return ((lines + width - 1) / width) * width * min(k, BLOCK_DEPTH) * 4
}
