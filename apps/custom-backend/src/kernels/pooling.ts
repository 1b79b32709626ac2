import { sizeOf, windowedExtent, type KernelParams, type Kernels } from '@neurite/core'
import { fill, numbersOf, type Stored } from '../storage.js'
import { accumulate, at4, eachPlace, winners } from './windows.js'

type Shape = readonly number[]

/** Pairs each window with each place of the image that it averages over. */
function eachPair(
  image: Shape,
  windows: Shape,
  params: KernelParams<'avgPool2d'>,
  visit: (window: number, place: number) => void,
): void {
  for (let n = 0; n < windows[0]!; n++) {
    for (let channel = 0; channel < windows[3]!; channel++) {
      eachPlace(image, windows, params.window, params, (oy, ox, _ky, _kx, y, x) => {
        visit(at4(windows, n, oy, ox, channel), at4(image, n, y, x, channel))
      })
    }
  }
}

/** How many places of the image each window covers: padding does not count. */
function coverage(image: Shape, windows: Shape, params: KernelParams<'avgPool2d'>): Float64Array {
  const counts = new Float64Array(sizeOf(windows))
  eachPair(image, windows, params, (window) => {
    counts[window]!++
  })
  return counts
}

function windowsOf(
  [n, height, width, channels]: Shape,
  { window, strides, padding }: KernelParams<'maxPool2d'>,
): number[] {
  return [
    n!,
    windowedExtent(height!, window[0], strides[0], padding[0]),
    windowedExtent(width!, window[1], strides[1], padding[1]),
    channels!,
  ]
}

export const poolingKernels: Pick<
  Kernels<Stored>,
  'maxPool2d' | 'maxPool2dGradient' | 'maxPool2dPick' | 'avgPool2d' | 'avgPool2dGradient'
> = {
  maxPool2d: ([x], params, output) => {
    const best = winners(x!, output.shape, params)
    const data = numbersOf(x!)
    return fill(output, (window) => data[best[window]!]!)
  },
  maxPool2dGradient: ([x, upstream], params, output) => {
    const arriving = numbersOf(upstream!)
    return accumulate(output, (sums) => {
      winners(x!, upstream!.shape, params).forEach((place, window) => {
        sums[place]! += arriving[window]!
      })
    })
  },
  maxPool2dPick: ([x, values], params, output) => {
    const best = winners(x!, windowsOf(x!.shape, params), params)
    const data = numbersOf(values!)
    return fill(output, (window) => data[best[window]!]!)
  },
  avgPool2d: ([x], params, output) => {
    const data = numbersOf(x!)
    const counts = coverage(x!.shape, output.shape, params)
    return accumulate(output, (sums) => {
      eachPair(x!.shape, output.shape, params, (window, place) => {
        sums[window]! += data[place]!
      })
      counts.forEach((count, window) => {
        sums[window]! /= count
      })
    })
  },
  avgPool2dGradient: ([upstream], params, output) => {
    const arriving = numbersOf(upstream!)
    const counts = coverage(output.shape, upstream!.shape, params)
    return accumulate(output, (sums) => {
      eachPair(output.shape, upstream!.shape, params, (window, place) => {
        sums[place]! += arriving[window]! / counts[window]!
      })
    })
  },
}
