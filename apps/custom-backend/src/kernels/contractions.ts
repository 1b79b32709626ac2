import type { Kernels } from '@neurite/core'
import { reader, unravel } from '../indexing.js'
import { fill, numbersOf, type Stored } from '../storage.js'
import { accumulate, at4, eachPlace, type Movement } from './windows.js'

type Shape = readonly number[]

/**
 * Visits every product in a convolution: the flat positions in image, filter and output. The convolution and its two
 * gradients are the same products, summed into a different one of the three.
 */
function eachProduct(
  image: Shape,
  filter: Shape,
  output: Shape,
  movement: Movement,
  visit: (image: number, filter: number, output: number) => void,
): void {
  for (let n = 0; n < output[0]!; n++) {
    eachPlace(image, output, filter, movement, (oy, ox, ky, kx, y, x) => {
      for (let i = 0; i < filter[2]!; i++) {
        for (let o = 0; o < filter[3]!; o++) {
          visit(at4(image, n, y, x, i), at4(filter, ky, kx, i, o), at4(output, n, oy, ox, o))
        }
      }
    })
  }
}

export const contractionKernels: Pick<
  Kernels<Stored>,
  'matmul' | 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'
> = {
  matmul: ([a, b], { transposeA, transposeB }, output) => {
    const left = reader(a!)
    const right = reader(b!)
    const inner = a!.shape.at(transposeA ? -2 : -1)!
    return fill(output, (flat) => {
      const index = unravel(flat, output.shape)
      const [i, j] = index.slice(-2) as [number, number]
      const batch = index.slice(0, -2)
      let total = 0
      for (let k = 0; k < inner; k++) {
        total +=
          left([...batch, ...(transposeA ? [k, i] : [i, k])]) * right([...batch, ...(transposeB ? [j, k] : [k, j])])
      }
      return total
    })
  },
  conv2d: ([image, filter], params, output) => {
    const [pixels, weights] = [numbersOf(image!), numbersOf(filter!)]
    return accumulate(output, (sums) => {
      eachProduct(image!.shape, filter!.shape, output.shape, params, (i, f, o) => {
        sums[o]! += pixels[i]! * weights[f]!
      })
    })
  },
  conv2dInputGradient: ([upstream, filter], params, output) => {
    const [arriving, weights] = [numbersOf(upstream!), numbersOf(filter!)]
    return accumulate(output, (sums) => {
      eachProduct(output.shape, filter!.shape, upstream!.shape, params, (i, f, o) => {
        sums[i]! += arriving[o]! * weights[f]!
      })
    })
  },
  conv2dFilterGradient: ([image, upstream], params, output) => {
    const [pixels, arriving] = [numbersOf(image!), numbersOf(upstream!)]
    return accumulate(output, (sums) => {
      eachProduct(image!.shape, output.shape, upstream!.shape, params, (i, f, o) => {
        sums[f]! += pixels[i]! * arriving[o]!
      })
    })
  },
}
