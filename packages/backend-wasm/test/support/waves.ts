import { tensor, type Backend, type Tensor } from '@neurite/core'

/** Numbers between -1 and 1 without a period. */
const numbers = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + seed))

/** A tensor of them. */
export const of = (shape: readonly number[], seed: number, backend: Backend): Tensor =>
  tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, backend },
  )
