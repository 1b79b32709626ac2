import { Operand } from '../matmul/operand'

@inline
export const PATCH_ROWS = 1
@inline
export const PATCH_COLUMNS = 2

/**
 * The matrix whose row i is what window i covers, [windows, kh * kw * channels] (Chellapilla et al. 2006), read from the image
 * itself. Place (ky, kx) of window (row, column) is pixel ((row * strideY + top + ky) / spreadY, (column * strideX + left + kx) / spreadX); a
 * zero where that is outside or no pixel. A spread beyond 1 is that of an upstream whose windows have strides, seen from the image.
 */
@unmanaged
export class Patches extends Operand {
  image: i32
  height: i32
  width: i32
  channels: i32
  kw: i32
  rows: i32
  columns: i32
  strideY: i32
  strideX: i32
  top: i32
  left: i32
  spreadY: i32
  spreadX: i32
}

/** Windows as lanes: four of them, of which `lanes` are there and the others zeros. As packStrided otherwise. */
export function packPatchRows(p: Patches, to: i32, step: i32, lane: i32, lanes: i32, start: i32, depth: i32): void {
  for (let i = 0; i < 4; i++) {
    if (i < lanes) packWindow(p, to + i * 4, step, lane + i, start, start + depth)
    else fill<f32>(to + i * 4, step, depth)
  }
}

function packWindow(p: Patches, to: i32, step: i32, window: i32, d: i32, end: i32): void {
  const channels = p.channels
  const line = p.width * channels
  const above = window / p.columns
  const image = p.image + (above / p.rows) * p.height * line * 4
  const y = (above % p.rows) * p.strideY + p.top
  const x = (window % p.columns) * p.strideX + p.left
  // What lies side by side in the image is copied in one go: a row of the window, or a pixel where there is a spread.
  const spread = p.spreadX > 1
  const run = spread ? channels : p.kw * channels
  while (d < end) {
    const pixel = d / channels
    const row = placeOf(y + pixel / p.kw, p.spreadY, p.height)
    const column = spread ? placeOf(x + (pixel % p.kw), p.spreadX, p.width) : x
    const within = d % run
    const count = min(run - within, end - d)
    // Of the elements of this row of the image, some may be before the first or after the last.
    const from = column * channels + within
    const known = row >= 0 && column > OUTSIDE
    const before = known ? min(max(-from, 0), count) : count
    const inside = known ? max(min(line - from - before, count - before), 0) : 0
    to = fill<f32>(to, step, before)
    to = copy<f32>(to, step, image + (row * line + from + before) * 4, 4, inside)
    to = fill<f32>(to, step, count - before - inside)
    d += count
  }
}

/** Elements of windows as lanes, and windows as depth: the transpose. Four channels of one pixel go together. */
export function packPatchColumns(p: Patches, to: i32, step: i32, lane: i32, lanes: i32, start: i32, depth: i32): void {
  if (lanes == 4 && (p.channels & 3) == 0) return packElement<v128>(p, to, step, lane, start, depth)
  for (let i = 0; i < 4; i++) {
    if (i < lanes) packElement<f32>(p, to + i * 4, step, lane + i, start, depth)
    else fill<f32>(to + i * 4, step, depth)
  }
}

function packElement<T>(p: Patches, to: i32, step: i32, element: i32, window: i32, depth: i32): void {
  const channels = p.channels
  const pixel = element / channels
  const above = window / p.columns
  const size = p.height * p.width * channels * 4
  let column = window % p.columns
  let row = above % p.rows
  let image = p.image + (above / p.rows) * size + (element % channels) * 4
  const stride = p.strideX
  while (depth > 0) {
    // The windows of one row: some may be left of the image, some right of it.
    const count = min(p.columns - column, depth)
    const y = row * p.strideY + p.top + pixel / p.kw
    const x = column * stride + p.left + (pixel % p.kw)
    const known = u32(y) < u32(p.height)
    const before = known ? min(max((stride - 1 - x) / stride, 0), count) : count
    const inside = known ? max(min((p.width - x + stride - 1) / stride, count) - before, 0) : 0
    to = fill<T>(to, step, before)
    const from = image + (y * p.width + x + before * stride) * channels * 4
    to = copy<T>(to, step, from, stride * channels * 4, inside)
    to = fill<T>(to, step, count - before - inside)
    depth -= count
    column = 0
    if (++row == p.rows) {
      row = 0
      image += size
    }
  }
}

/** So far below zero that no other offset brings it back. */
@inline
const OUTSIDE = -0x40000000

@inline
function placeOf(at: i32, spread: i32, extent: i32): i32 {
  if (spread > 1) {
    if (at % spread != 0) return OUTSIDE
    at /= spread
  }
  return u32(at) < u32(extent) ? at : OUTSIDE
}

/** `count` elements, each `step` bytes after the other. Returns where the next one goes. */
@inline
function copy<T>(to: i32, step: i32, from: i32, fromStep: i32, count: i32): i32 {
  for (const end = to + count * step; to != end; to += step, from += fromStep) store<T>(to, load<T>(from))
  return to
}

@inline
function fill<T>(to: i32, step: i32, count: i32): i32 {
  for (const end = to + count * step; to != end; to += step) {
    if (sizeof<T>() == 16) v128.store(to, i32x4.splat(0))
    else store<f32>(to, 0)
  }
  return to
}
