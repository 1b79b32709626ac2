import type { Padding2d } from '@neurite/core'
import { binary, pad, slice } from './values.js'
import type { Device, Value } from '../device.js'

// Sliding windows in terms of slices and paddings, for engines that lack a kernel.

export interface Sliding {
  readonly strides: readonly [number, number]
  readonly padding: Padding2d
}

/**
 * How far the windows reach: `rows` x `columns` is the last window's end with the padding, up to a whole number of strides;
 * `height` x `width` the part of the image inside it.
 */
function reach(
  image: readonly number[],
  [kh, kw]: readonly [number, number],
  { strides: [sy, sx], padding: [[top], [left]] }: Sliding,
  outer: readonly number[],
): { rows: number; columns: number; height: number; width: number } {
  const rows = Math.ceil(((outer[1]! - 1) * sy + kh) / sy) * sy
  const columns = Math.ceil(((outer[2]! - 1) * sx + kw) / sx) * sx
  return { rows, columns, height: Math.min(image[1]!, rows - top), width: Math.min(image[2]!, columns - left) }
}

/**
 * For each place of the window, row by row, the part of the image that it sees as the window slides: kh * kw values of
 * shape [n, oh, ow, c]. A stride is a view with one more axis, so no kernel sees more than four.
 */
export function windowParts(
  device: Device,
  x: Value,
  [kh, kw]: readonly [number, number],
  { strides: [sy, sx], padding }: Sliding,
  outer: readonly number[],
  filling: number,
): Value[] {
  const { rows, columns, height, width } = reach(x.shape, [kh, kw], { strides: [sy, sx], padding }, outer)
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const [oh, ow] = [outer[1]!, outer[2]!]
  const [[top], [left]] = padding
  const seen = height === h && width === w ? x : slice(device, x, [0, 0, 0, 0], [n, height, width, c])
  const image = pad(
    device,
    seen,
    [
      [0, 0],
      [top, rows - top - height],
      [left, columns - left - width],
      [0, 0],
    ],
    filling,
  )
  const parts: Value[] = []
  for (let ky = 0; ky < kh; ky++) {
    const byRow = device.reshape(image, [n, rows / sy, sy, columns * c])
    const band = slice(device, byRow, [0, Math.floor(ky / sy), ky % sy, 0], [n, oh, 1, columns * c])
    for (let kx = 0; kx < kw; kx++) {
      const byColumn = device.reshape(band, [n * oh, columns / sx, sx, c])
      const part = slice(device, byColumn, [0, Math.floor(kx / sx), kx % sx, 0], [n * oh, ow, 1, c])
      parts.push(device.reshape(part, [n, oh, ow, c]))
    }
  }
  return parts
}

/** The reverse of {@link windowParts}: adds each part at the places of the image that it stands for. */
export function placeParts(
  device: Device,
  parts: readonly Value[],
  [kh, kw]: readonly [number, number],
  { strides: [sy, sx], padding }: Sliding,
  image: readonly number[],
): Value {
  const [n, oh, ow, c] = parts[0]!.shape as [number, number, number, number]
  const { rows, columns, height, width } = reach(image, [kh, kw], { strides: [sy, sx], padding }, parts[0]!.shape)
  const spread = (part: Value, k: number, stride: number, extent: number): Value => {
    const before = Math.floor(k / stride)
    const after = extent / stride - before - part.shape[1]!
    return pad(
      device,
      part,
      [
        [0, 0],
        [before, after],
        [k % stride, stride - 1 - (k % stride)],
        [0, 0],
      ],
      0,
    )
  }
  const bands = Array.from({ length: kh }, (_, ky) => {
    const row = parts.slice(ky * kw, (ky + 1) * kw)
    const spaced = row.map((part, kx) => spread(device.reshape(part, [n * oh, ow, 1, c]), kx, sx, columns))
    return spread(device.reshape(total(device, spaced), [n, oh, 1, columns * c]), ky, sy, rows)
  })
  const whole = device.reshape(total(device, bands), [n, rows, columns, c])
  const seen = slice(device, whole, [0, padding[0][0], padding[1][0], 0], [n, height, width, c])
  return pad(
    device,
    seen,
    [
      [0, 0],
      [0, image[1]! - height],
      [0, image[2]! - width],
      [0, 0],
    ],
    0,
  )
}

function total(device: Device, parts: readonly Value[]): Value {
  return parts.reduce((sum, part) => binary(device, 'Add', sum, part))
}
