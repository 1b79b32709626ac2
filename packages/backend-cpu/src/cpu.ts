import type { Backend, TypedArray } from '@neurite/core'
import { cpuOf, type CpuOptions } from './cpu-of.js'
import { convolution, elementwise, matmul, movement, pooling, random, reductions, softmax } from './families.js'

/**
 * The reference backend: pure TypeScript, in any JavaScript runtime, with every dtype and every primitive.
 *
 * @throws NeuriteError `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { setDefaultBackend, sum, tensor } from '@neurite/core'
 * import { cpu } from '@neurite/backend-cpu'
 * setDefaultBackend(cpu())
 * await sum(tensor([1, 2, 3])).item() // => 6
 * ```
 */
export function cpu(options: CpuOptions = {}): Backend<TypedArray> {
  const all = {
    ...elementwise,
    ...reductions,
    ...softmax,
    ...matmul,
    ...convolution,
    ...pooling,
    ...movement,
    ...random,
  }
  return cpuOf(all, options)
}
