import { addRow } from '../movement/add'
import { Operand } from '../matmul/operand'

@inline
export const PATCH_ROWS = 1
@inline
export const PATCH_COLUMNS = 2

/**
 * The matrix whose row i is what window i covers, [windows, kh * kw * channels] (Chellapilla et al. 2006), read from the image
 * itself. Place (ky, kx) of window (row, column) is pixel (row * strideY + top + ky, column * strideX + left + kx), a zero where that is outside.
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
  /** Of PATCH_COLUMNS: which element comes first, a multiple of 4. */
  first: i32
}

/** Windows as lanes: four of them, of which `lanes` are there and the others zeros. As packStrided otherwise. */
export function packPatchRows(p: Patches, to: i32, step: i32, lane: i32, lanes: i32, start: i32, depth: i32): void {
  for (let i = 0; i < 4; i++) {
    if (i < lanes) eachRun(PACK, p, to + i * 4, step, lane + i, start, start + depth)
    else fill<f32>(to + i * 4, step, depth)
  }
}

/** Adds elements [start, end) of a window, which lie at `from`, to the image. */
export function addPatch(p: Patches, from: i32, window: i32, start: i32, end: i32): void {
  eachRun(ADD, p, from, 4, window, start, end)
}

@inline
const PACK = 0
@inline
const ADD = 1

/** Elements [d, end) of a window, `step` bytes apart at `at`, in runs that lie side by side in the image: rows of the window. */
@inline
function eachRun(mode: i32, p: Patches, at: i32, step: i32, window: i32, d: i32, end: i32): void {
  const channels = p.channels
  const line = p.width * channels
  const run = p.kw * channels
  const above = window / p.columns
  const image = p.image + (above / p.rows) * p.height * line * 4
  const top = (above % p.rows) * p.strideY + p.top
  const left = ((window % p.columns) * p.strideX + p.left) * channels
  while (d < end) {
    const y = top + d / run
    const x = left + (d % run)
    const count = min(run - (d % run), end - d)
    // Some may be left of the image, some right of it.
    const known = u32(y) < u32(p.height)
    const before = known ? min(max(-x, 0), count) : count
    const inside = known ? max(min(line - x - before, count - before), 0) : 0
    const after = count - before - inside
    const place = image + (y * line + x + before) * 4
    if (mode == PACK) {
      at = fill<f32>(at, step, before)
      at = copy<f32>(at, step, place, 4, inside)
      at = fill<f32>(at, step, after)
    } else {
      addRow<f32>(place, at + before * 4, inside * 4)
      at += count * 4
    }
    d += count
  }
}

/** Elements of windows as lanes, and windows as depth: the transpose. Four channels of one pixel go together. */
export function packPatchColumns(p: Patches, to: i32, step: i32, lane: i32, lanes: i32, start: i32, depth: i32): void {
  lane += p.first
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
