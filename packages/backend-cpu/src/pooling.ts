import { sizeOf, type KernelParams, type TypedArray } from '@neurite/core'
import { larger } from './elementwise/math.js'
import type { Planner } from './plan.js'

/** A window clipped to the image: where it starts in the output and in the image (channel 0), and its height and width. */
type Visit = (o: number, i: number, height: number, width: number) => void

function planWindows(
  image: readonly number[],
  outer: readonly number[],
  params: KernelParams<'maxPool2d'>,
): (visit: Visit) => void {
  const [n, height, width, channels] = image as readonly [number, number, number, number]
  const [, rows, columns] = outer as readonly [number, number, number, number]
  const { window, strides, padding } = params
  return (visit) => {
    for (let image = 0, o = 0; image < n; image++) {
      for (let row = 0; row < rows; row++) {
        const y = row * strides[0] - padding[0][0]
        const top = Math.max(0, y)
        const bottom = Math.min(height, y + window[0])
        for (let column = 0; column < columns; column++, o += channels) {
          const x = column * strides[1] - padding[1][0]
          const left = Math.max(0, x)
          const right = Math.min(width, x + window[1])
          visit(o, ((image * height + top) * width + left) * channels, bottom - top, right - left)
        }
      }
    }
  }
}

/** The place of the first maximum of a window, in one channel. */
function winner(
  x: TypedArray,
  start: number,
  height: number,
  width: number,
  rowStride: number,
  stride: number,
): number {
  let best = start
  for (let row = 0; row < height; row++) {
    for (let column = 0, p = start + row * rowStride; column < width; column++, p += stride)
      if (larger(x[p]!, x[best]!)) best = p
  }
  return best
}

const maxPool2d: Planner<'maxPool2d'> = ([x], params, output) => {
  const pick = maxPool2dPick([x!, x!], params, output)
  return (out, image, _, c) => pick(out, image, image, c)
}

const maxPool2dPick: Planner<'maxPool2dPick'> = ([x], params, { shape }) => {
  const windows = planWindows(x!.shape, shape, params)
  const [, , width, channels] = x!.shape as [number, number, number, number]
  return (out, image, values) =>
    windows((o, i, rows, columns) => {
      for (let c = 0; c < channels; c++)
        out[o + c] = values[winner(image, i + c, rows, columns, width * channels, channels)]!
    })
}

const maxPool2dGradient: Planner<'maxPool2dGradient'> = ([x, upstream], params, { shape }) => {
  const windows = planWindows(shape, upstream!.shape, params)
  const [, , width, channels] = x!.shape as [number, number, number, number]
  const size = sizeOf(shape)
  return (out, image, gradient) => {
    out.fill(0, 0, size)
    windows((o, i, rows, columns) => {
      for (let c = 0; c < channels; c++)
        out[winner(image, i + c, rows, columns, width * channels, channels)]! += gradient[o + c]!
    })
  }
}

const avgPool2d: Planner<'avgPool2d'> = ([x], params, { shape }) => {
  const windows = planWindows(x!.shape, shape, params)
  const [, , width, channels] = x!.shape as [number, number, number, number]
  return (out, image) =>
    windows((o, i, rows, columns) => {
      for (let c = 0; c < channels; c++) {
        let total = 0
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) total += image[i + c + (row * width + column) * channels]!
        }
        out[o + c] = total / (rows * columns)
      }
    })
}

const avgPool2dGradient: Planner<'avgPool2dGradient'> = ([upstream], params, { shape }) => {
  const windows = planWindows(shape, upstream!.shape, params)
  const [, , width, channels] = shape as readonly [number, number, number, number]
  const size = sizeOf(shape)
  return (out, gradient) => {
    out.fill(0, 0, size)
    windows((o, i, rows, columns) => {
      for (let c = 0; c < channels; c++) {
        const share = gradient[o + c]! / (rows * columns)
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) out[i + c + (row * width + column) * channels]! += share
        }
      }
    })
  }
}

export const poolingPlanners = { maxPool2d, maxPool2dPick, maxPool2dGradient, avgPool2d, avgPool2dGradient }
