import { NeuriteError } from '../errors/index.js'
import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import { fillRandom } from '../random/distributions.js'
import { resolveKey, type KeyWords } from '../random/key.js'
import { sizeOf } from '../shape/index.js'
import { allocate, type TensorSpec } from '../tensor/dtype.js'
import type { Backend, Kernel, KernelParams, Operand } from './v1.js'

/** Runs one primitive on a backend; resolves random keys, and makes the numbers on the host where it has no kernel for them. */
export function runKernel<P extends PrimitiveName, S extends object>(
  backend: Backend<S>,
  primitive: P,
  operands: readonly Operand<S>[],
  params: PrimitiveParams[P],
  output: TensorSpec,
  keys?: readonly KeyWords[],
): S {
  // Views have no kernel and never come here; optional primitives are chosen only where the backend has them.
  const kernel = (backend.kernels as Readonly<Record<string, Kernel<P, S> | undefined>>)[primitive]
  if (primitive !== 'random') {
    if (kernel === undefined)
      throw new NeuriteError('NOT_SUPPORTED', `${primitive}: backend '${backend.name}' has no kernel for it.`, {
        backend: backend.name,
        primitive,
      })
    return kernel(operands, params as KernelParams<P>, output)
  }
  const { distribution, key } = params as PrimitiveParams['random']
  const words = resolveKey(key, keys)
  if (kernel !== undefined) return kernel(operands, { ...params, key: words } as KernelParams<P>, output)
  const numbers = allocate(output.dtype, sizeOf(output.shape))
  fillRandom(distribution, words, numbers)
  return backend.upload(numbers, output)
}
