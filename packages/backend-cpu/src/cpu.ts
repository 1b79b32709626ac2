import {
  checkArgument,
  checkOptions,
  dtypeOf,
  fillRandom,
  sizeOf,
  type Backend,
  type Kernel,
  type Kernels,
  type PrimitiveName,
  type TensorSpec,
  type TypedArray,
} from '@neurite/core'
import { createExecutable } from './executable.js'
import { planners } from './kernels.js'
import type { AnyPlanner } from './plan.js'
import { Pool } from './pool.js'

/** How the cpu backend is made. */
export interface CpuOptions {
  /** The most bytes of released memory it keeps for reuse. Default 2^26 (64 MiB). */
  readonly poolBytes?: number
}

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
  checkOptions('cpu', options, ['poolBytes'])
  const { poolBytes = 2 ** 26 } = options
  checkArgument(poolBytes >= 0, () => `cpu: poolBytes must be a number >= 0, got ${String(poolBytes)}.`, { poolBytes })
  const pool = new Pool(poolBytes)
  let buffers = 0
  let bytes = 0
  let disposed = false

  const allocate = ({ dtype, shape }: TensorSpec): TypedArray => {
    const storage = pool.take(dtype, sizeOf(shape))
    buffers++
    bytes += storage.byteLength
    return storage
  }
  const release = (storage: TypedArray): void => {
    if (disposed) return
    buffers--
    bytes -= storage.byteLength
    pool.give(dtypeOf(storage), storage)
  }
  const eager =
    (plan: AnyPlanner): Kernel<PrimitiveName, TypedArray> =>
    (inputs, params, output) => {
      const out = allocate(output)
      const [a = out, b = out, c = out, ...more] = inputs.map(({ storage }) => storage)
      plan(inputs, params, output)(out, a, b, c, ...more)
      return out
    }
  const random: Kernel<'random', TypedArray> = (_, { distribution, key }, output) => {
    const out = allocate(output)
    fillRandom(distribution, key, out)
    return out
  }
  const planned = Object.fromEntries(Object.entries(planners).map(([name, plan]) => [name, eager(plan)]))

  return {
    contractVersion: 1,
    name: 'cpu',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: true,
      float32Precision: 32,
      int32Precision: 32,
      missing: [],
    },
    kernels: { ...planned, random } as Kernels<TypedArray>,
    upload(data, spec) {
      const storage = allocate(spec)
      storage.set(data)
      return storage
    },
    read: async (storage) => storage.slice(),
    readSync: (storage) => storage.slice(),
    release,
    compile: (program) => createExecutable(program, { allocate, release }),
    memory: () => ({ buffers, bytes }),
    dispose() {
      disposed = true
      buffers = 0
      bytes = 0
      pool.clear()
    },
  }
}
