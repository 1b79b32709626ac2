import { allocate, fillRandom, sizeOf, type Kernels } from '@neurite/core'
import { fill, type Stored } from '../storage.js'

export const creationKernels = {
  full: (_inputs, { value }, output) => fill(output, () => value),
  arange: (_inputs, { start, step }, output) => fill(output, (i) => start + i * step),
  // May be left out: core then makes the numbers itself and uploads them.
  random: (_inputs, { distribution, key }, output) => {
    const data = allocate(output.dtype, sizeOf(output.shape))
    fillRandom(distribution, key, data)
    return { data, released: false }
  },
} satisfies Partial<Kernels<Stored>>
