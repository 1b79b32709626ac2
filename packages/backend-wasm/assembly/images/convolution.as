import { LEFT, PATCH, RIGHT, SUM_COLUMNS, SUM_ROWS, SUMS } from '../matmul/blocks'
import { block, gemm } from '../matmul/gemm'
import { strided } from '../matmul/strided'
import { addPatch, PATCH_COLUMNS, PATCH_ROWS, Patches } from './patches'

// Images are [n, height, width, channels], filters [kh, kw, channels, outChannels], and what comes out, or the upstream,
// is [n, oh, ow, outChannels].

/** The patches of windows of `kw` columns over an image; `rows` x `columns` of them in each. */
@inline
function patches(
  at: i32,
  kind: i32,
  image: i32,
  height: i32,
  width: i32,
  channels: i32,
  kw: i32,
  rows: i32,
  columns: i32,
  strideY: i32,
  strideX: i32,
  padTop: i32,
  padLeft: i32,
): Patches {
  const p = changetype<Patches>(at)
  p.kind = kind
  p.image = image
  p.height = height
  p.width = width
  p.channels = channels
  p.kw = kw
  p.rows = rows
  p.columns = columns
  p.strideY = strideY
  p.strideX = strideX
  p.top = -padTop
  p.left = -padLeft
  return p
}

export function conv2d_f32(
  out: i32,
  image: i32,
  filter: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
  scratch: i32,
): void {
  const p = patches(
    scratch + LEFT,
    PATCH_ROWS,
    image,
    height,
    width,
    channels,
    kw,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
  const right = strided(scratch + RIGHT, filter, 1, outChannels)
  gemm(out, p, right, n * oh * ow, outChannels, kh * kw * channels, scratch)
}

/** Elements [first, first + count) of the windows, each with all its output channels; `first` is a multiple of 4. */
export function conv2dFilterGradient_f32(
  out: i32,
  image: i32,
  upstream: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
  first: i32,
  count: i32,
  scratch: i32,
): void {
  const p = patches(
    scratch + LEFT,
    PATCH_COLUMNS,
    image,
    height,
    width,
    channels,
    kw,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
  p.first = first
  const right = strided(scratch + RIGHT, upstream, 1, outChannels)
  gemm(out, p, right, count, outChannels, n * oh * ow, scratch)
}

/** What each window sends back to its elements is a product of its upstream and the filter; it is added to the image, some windows at a time. */
export function conv2dInputGradient_f32(
  out: i32,
  upstream: i32,
  filter: i32,
  n: i32,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  outChannels: i32,
  oh: i32,
  ow: i32,
  strideH: i32,
  strideW: i32,
  padTop: i32,
  padLeft: i32,
  scratch: i32,
): void {
  memory.fill(out, 0, n * height * width * channels * 4)
  const p = patches(
    scratch + PATCH,
    PATCH_ROWS,
    out,
    height,
    width,
    channels,
    kw,
    oh,
    ow,
    strideH,
    strideW,
    padTop,
    padLeft,
  )
  const left = strided(scratch + LEFT, upstream, outChannels, 1)
  const right = strided(scratch + RIGHT, filter, outChannels, 1)
  const windows = n * oh * ow
  const size = kh * kw * channels
  for (let i = 0; i < windows; i += SUM_ROWS) {
    const rows = min(windows - i, SUM_ROWS)
    for (let j = 0; j < size; j += SUM_COLUMNS) {
      const columns = min(size - j, SUM_COLUMNS)
      block(scratch + SUMS, columns * 4, left, right, i, rows, j, columns, 0, outChannels, scratch)
      for (let row = 0; row < rows; row++) addPatch(p, scratch + SUMS + row * columns * 4, i + row, j, j + columns)
    }
  }
}
