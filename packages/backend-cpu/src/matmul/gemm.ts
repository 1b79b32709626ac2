import type { TypedArray } from '@neurite/core'

/**
 * Writes rows [row, row + rows) and depths [depth, depth + depths) of a matrix into lanes: row i goes to lane
 * i % lanes.length, at floor(i / lanes.length) * depths. The right operand is packed the same way, by its columns.
 */
export type Pack = (lanes: readonly Float64Array[], row: number, rows: number, depth: number, depths: number) => void

// Blocks as in Goto & van de Geijn (2008), "Anatomy of high-performance matrix multiplication": five lanes of one tile
// stay in the first cache, the left block in the second. Doubles, so that sums of float32 products are rounded once a
// block. The tile is 2 x 3 because JavaScript engines keep six sums in registers, and spill more.
const DEPTH = 256
const ROWS = 64
const COLUMNS = 240
/** Deeper products are added up in parts, in doubles: the contract allows 1024 roundings in a row. */
const DEEPEST = 512 * DEPTH

type AddBlock = (rows: number, columns: number, depths: number, out: TypedArray, start: number, stride: number) => void

const { left, right, addBlock } = /* @__PURE__ */ createKernel()

/** The [m, n] product of what `packLeft` and `packRight` read, over a depth of k, into out at `start`, row-major. */
export function gemm(
  m: number,
  n: number,
  k: number,
  packLeft: Pack,
  packRight: Pack,
  out: TypedArray,
  start: number,
): void {
  if (k <= DEEPEST) return addUp(m, n, 0, k, packLeft, packRight, out, start)
  const totals = new Float64Array(m * n)
  for (let depth = 0; depth < k; depth += DEEPEST) {
    addUp(m, n, depth, Math.min(depth + DEEPEST, k), packLeft, packRight, out, start)
    for (let i = 0; i < totals.length; i++) totals[i]! += out[start + i]!
  }
  out.set(totals, start)
}

/** The part of the product from one depth to another. */
function addUp(
  m: number,
  n: number,
  from: number,
  to: number,
  packLeft: Pack,
  packRight: Pack,
  out: TypedArray,
  start: number,
): void {
  out.fill(0, start, start + m * n)
  for (let column = 0; column < n; column += COLUMNS) {
    const columns = Math.min(COLUMNS, n - column)
    for (let depth = from; depth < to; depth += DEPTH) {
      const depths = Math.min(DEPTH, to - depth)
      packRight(right, column, columns, depth, depths)
      for (let row = 0; row < m; row += ROWS) {
        const rows = Math.min(ROWS, m - row)
        packLeft(left, row, rows, depth, depths)
        addBlock(rows, columns, depths, out, start + row * n + column, n)
      }
    }
  }
}

/**
 * The lanes, and what multiplies them. One closure over constants, made once: V8 then compiles the addresses and lengths
 * of the lanes into the code, which a bundler's top-level variables would not get.
 */
function createKernel(): {
  readonly left: readonly Float64Array[]
  readonly right: readonly Float64Array[]
  readonly addBlock: AddBlock
} {
  const a0 = new Float64Array((ROWS / 2) * DEPTH)
  const a1 = new Float64Array((ROWS / 2) * DEPTH)
  const b0 = new Float64Array((COLUMNS / 3) * DEPTH)
  const b1 = new Float64Array((COLUMNS / 3) * DEPTH)
  const b2 = new Float64Array((COLUMNS / 3) * DEPTH)

  /** Adds a tile of the product to `out`: at most 2 x 3 of it. */
  const addTile = (
    p: number,
    q: number,
    depths: number,
    out: TypedArray,
    o: number,
    stride: number,
    both: boolean,
    columns: number,
  ): void => {
    let c00 = 0
    let c01 = 0
    let c02 = 0
    let c10 = 0
    let c11 = 0
    let c12 = 0
    for (const end = p + depths; p < end; p = (p + 1) | 0, q = (q + 1) | 0) {
      const x = a0[p]!
      const y = a1[p]!
      const u = b0[q]!
      const v = b1[q]!
      const w = b2[q]!
      c00 += x * u
      c01 += x * v
      c02 += x * w
      c10 += y * u
      c11 += y * v
      c12 += y * w
    }
    out[o]! += c00
    if (columns > 1) out[o + 1]! += c01
    if (columns > 2) out[o + 2]! += c02
    if (!both) return
    o += stride
    out[o]! += c10
    if (columns > 1) out[o + 1]! += c11
    if (columns > 2) out[o + 2]! += c12
  }

  /** Adds the product of the packed blocks to a block of `out`, whose rows are `stride` apart. */
  const addBlock: AddBlock = (rows, columns, depths, out, start, stride) => {
    for (let j = 0, q = 0; j < columns; j += 3, q += depths) {
      for (let i = 0, p = 0, o = start + j; i < rows; i += 2, p += depths, o += 2 * stride) {
        addTile(p, q, depths, out, o, stride, rows - i > 1, columns - j)
      }
    }
  }
  return { left: [a0, a1], right: [b0, b1, b2], addBlock }
}

/** Packs a strided matrix: element (row, depth) lies at start + row * rowStride + depth * depthStride. */
export function packMatrix(
  x: TypedArray,
  start: number,
  rowStride: number,
  depthStride: number,
  lanes: readonly Float64Array[],
  row: number,
  rows: number,
  depth: number,
  depths: number,
): void {
  for (let i = 0, o = 0; i < rows; o += depths) {
    for (let l = 0; l < lanes.length && i < rows; l++, i++) {
      packRow(lanes[l]!, o, depths, x, start + (row + i) * rowStride + depth * depthStride, depthStride)
    }
  }
}

function packRow(lane: Float64Array, o: number, depths: number, x: TypedArray, p: number, stride: number): void {
  for (const end = o + depths; o < end; o = (o + 1) | 0, p = (p + stride) | 0) lane[o] = x[p]!
}
