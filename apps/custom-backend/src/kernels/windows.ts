import { sizeOf, type KernelParams, type TensorSpec } from '@neurite/core'
import { larger } from '../order.js'
import { fill, numbersOf, type Input, type Stored } from '../storage.js'

type Shape = readonly number[]

/** How a window moves over an image. */
export type Movement = Pick<KernelParams<'conv2d'>, 'strides' | 'padding'>

/** Flat position in [n, height, width, channels]. */
export function at4([, height, width, channels]: Shape, n: number, y: number, x: number, channel: number): number {
  return ((n * height! + y) * width! + x) * channels! + channel
}

/** Visits every window (oy, ox) and every place (ky, kx) in it that lies inside the image, at (y, x) there. */
export function eachPlace(
  image: Shape,
  windows: Shape,
  [height, width]: Shape,
  { strides, padding }: Movement,
  visit: (oy: number, ox: number, ky: number, kx: number, y: number, x: number) => void,
): void {
  for (let oy = 0; oy < windows[1]!; oy++) {
    for (let ox = 0; ox < windows[2]!; ox++) {
      for (let ky = 0; ky < height!; ky++) {
        for (let kx = 0; kx < width!; kx++) {
          const y = oy * strides[0] + ky - padding[0][0]
          const x = ox * strides[1] + kx - padding[1][0]
          if (y >= 0 && x >= 0 && y < image[1]! && x < image[2]!) visit(oy, ox, ky, kx, y, x)
        }
      }
    }
  }
}

/** For each image, channel and window: the flat position of its first maximum. */
export function winners(x: Input, windows: Shape, params: KernelParams<'maxPool2d'>): Int32Array {
  const data = numbersOf(x)
  const best = new Int32Array(sizeOf(windows)).fill(-1)
  for (let n = 0; n < windows[0]!; n++) {
    for (let channel = 0; channel < windows[3]!; channel++) {
      eachPlace(x.shape, windows, params.window, params, (oy, ox, _ky, _kx, y, column) => {
        const window = at4(windows, n, oy, ox, channel)
        const place = at4(x.shape, n, y, column, channel)
        if (best[window]! < 0 || larger(data[place]!, data[best[window]!]!)) best[window] = place
      })
    }
  }
  return best
}

/** Sums in float64, rounded once to the output's dtype. */
export function accumulate(output: TensorSpec, addTo: (sums: Float64Array) => void): Stored {
  const sums = new Float64Array(sizeOf(output.shape))
  addTo(sums)
  return fill(output, (flat) => sums[flat]!)
}
