import type { Backend, TypedArray } from '@neurite/core'
import { must, or, readOptions } from '@neurite/core/arguments'
import { cpuOf } from './cpu-of.js'
import {
  convolution,
  elementwise,
  fusion,
  indexing,
  matmul,
  movement,
  order,
  pooling,
  powers,
  random,
  reductions,
  softmax,
} from './families.js'

/** How the cpu backend is made. */
export interface CpuOptions {
  /** The most bytes of released memory it keeps for reuse. Default 2^26 (64 MiB). */
  readonly poolBytes?: number
}

// Infinity keeps all.
const bytes = /* @__PURE__ */ must('a number >= 0', (value): value is number => typeof value === 'number' && value >= 0)

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
  const { poolBytes } = readOptions('cpu', options, { poolBytes: or(2 ** 26, bytes) })
  const all = {
    ...elementwise,
    ...powers,
    ...reductions,
    ...order,
    ...softmax,
    ...matmul,
    ...convolution,
    ...pooling,
    ...movement,
    ...indexing,
    ...random,
    ...fusion,
  }
  return cpuOf(all, poolBytes)
}
