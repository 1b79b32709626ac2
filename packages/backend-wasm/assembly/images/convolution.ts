import { LEFT, RIGHT } from '../matmul/blocks'
import { gemm } from '../matmul/gemm'
import { strided } from '../matmul/strided'
import { PATCH_COLUMNS, PATCH_ROWS, Patches } from './patches'
import { Turned, TURNED } from './turned'

// Images are [n, height, width, channels], filters [kh, kw, channels, outChannels], and what comes out, or the upstream,
// is [n, oh, ow, outChannels].

/** Windows of `kw` columns over an image; `rows` x `columns` of them in each. */
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
  const p = patches(scratch + LEFT, PATCH_ROWS, image, height, width, channels, kw, oh, ow)
  stride(p, strideH, strideW, padTop, padLeft)
  const right = strided(scratch + RIGHT, filter, 1, outChannels)
  gemm(out, p, right, n * oh * ow, outChannels, kh * kw * channels, scratch)
}

@inline
function stride(p: Patches, strideH: i32, strideW: i32, padTop: i32, padLeft: i32): void {
  p.strideY = strideH
  p.strideX = strideW
  p.top = -padTop
  p.left = -padLeft
  p.spreadY = 1
  p.spreadX = 1
}

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
  scratch: i32,
): void {
  const p = patches(scratch + LEFT, PATCH_COLUMNS, image, height, width, channels, kw, oh, ow)
  stride(p, strideH, strideW, padTop, padLeft)
  const right = strided(scratch + RIGHT, upstream, 1, outChannels)
  gemm(out, p, right, kh * kw * channels, outChannels, n * oh * ow, scratch)
}

/** Itself a convolution: of the upstream, spread out by the strides, with the filter turned around. */
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
  const p = patches(scratch + LEFT, PATCH_ROWS, upstream, oh, ow, outChannels, kw, height, width)
  p.strideY = 1
  p.strideX = 1
  p.top = padTop - kh + 1
  p.left = padLeft - kw + 1
  p.spreadY = strideH
  p.spreadX = strideW
  const right = changetype<Turned>(scratch + RIGHT)
  right.kind = TURNED
  right.filter = filter
  right.places = kh * kw
  right.ins = channels
  right.outs = outChannels
  gemm(out, p, right, n * height * width, channels, kh * kw * outChannels, scratch)
}
