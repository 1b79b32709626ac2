import {
  checkArgument,
  dtypeOf,
  sizeOf,
  type Backend,
  type Kernel,
  type Kernels,
  type PrimitiveName,
  type TensorSpec,
  type TypedArray,
} from '@neurite/core'
import { createExecutable } from './executable.js'
import { REQUIRED, type Family } from './family.js'
import type { AnyPlanner } from './plan.js'
import { Pool } from './pool.js'

/**
 * A cpu backend of some families of kernels alone, for a page that runs a shipped program and knows what is in it: what is not named
 * is not in the bundle. {@link cpu} has them all.
 *
 * @param family - one, or several side by side: `{ ...elementwise, ...matmul }`
 * @param poolBytes - the most bytes of released memory it keeps for reuse; default 2^26 (64 MiB)
 * @throws NeuriteError `INVALID_ARGUMENT`; later `NOT_SUPPORTED` for a primitive of another family
 * @example
 * ```ts
 * import { add, matmul, tensor } from '@neurite/core'
 * import { cpuOf, elementwise, movement } from '@neurite/backend-cpu/families'
 * const backend = cpuOf({ ...elementwise, ...movement })
 * const x = tensor([[1, 2], [3, 4]], { backend })
 * await add(x, 1).toArray() // => [[2, 3], [4, 5]]
 * matmul(x, x) // => throws NOT_SUPPORTED
 * ```
 */
export function cpuOf(family: Family, poolBytes = 2 ** 26): Backend<TypedArray> {
  checkArgument(
    typeof family === 'object' && family !== null && poolBytes >= 0,
    () => 'cpuOf: takes an object of kernels, { ...elementwise, ...matmul } say, and a number >= 0 of bytes.',
  )
  const { random: fill, fusion: _, ...planners } = family
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
  const random = (fillNumbers: NonNullable<Family['random']>): Kernel<'random', TypedArray> => {
    return (_, { distribution, key }, output) => {
      const out = allocate(output)
      fillNumbers(distribution, key, out)
      return out
    }
  }
  const planned = Object.fromEntries(
    Object.entries<AnyPlanner>(planners as Readonly<Record<string, AnyPlanner>>).map(([name, plan]) => [
      name,
      eager(plan),
    ]),
  )

  return {
    contractVersion: 1,
    name: 'cpu',
    capabilities: {
      dtypes: ['float32', 'float64', 'int32', 'bool'],
      syncRead: true,
      float32Precision: 32,
      int32Precision: 32,
      missing: REQUIRED.filter((name) => !(name in planners)),
    },
    kernels: { ...planned, ...(fill && { random: random(fill) }) } as Kernels<TypedArray>,
    upload(data, spec) {
      const storage = allocate(spec)
      storage.set(data)
      return storage
    },
    read: async (storage) => storage.slice(),
    readSync: (storage) => storage.slice(),
    release,
    compile: (program) => createExecutable(program, family, { allocate, release }),
    memory: () => ({ buffers, bytes }),
    dispose() {
      disposed = true
      buffers = 0
      bytes = 0
      pool.clear()
    },
  }
}
