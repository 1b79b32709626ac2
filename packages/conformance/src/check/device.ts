import {
  NeuriteError,
  tensor,
  tensorsIn,
  tidy,
  type Backend,
  type Kernel,
  type KernelParams,
  type PrimitiveName,
  type Tensor,
  type TensorSpec,
  type TypedArray,
} from '@neurite/core'
import { show } from './compare.js'
import type { HostArray } from '../reference/host.js'

// How the suite reaches a backend: through core's public functions, or straight through the contract.

/** A tensor that holds a host array. */
export function upload(backend: Backend, { shape, dtype, data }: HostArray): Tensor {
  return tensor(data, { shape, dtype, backend })
}

/** A tensor's elements as a host array. */
export async function download(x: Tensor): Promise<HostArray> {
  return { shape: x.shape, dtype: x.dtype, data: await x.data() }
}

/** What a function of tensors computes, for host arrays in and out. Everything made on the way is given back. */
export async function evaluate(
  backend: Backend,
  inputs: readonly HostArray[],
  f: (...xs: Tensor[]) => unknown,
): Promise<HostArray[]> {
  const xs = inputs.map((input) => upload(backend, input))
  try {
    const results = tensorsIn(tidy(() => f(...xs)))
    try {
      const outputs: HostArray[] = []
      for (const result of results) outputs.push(await download(result))
      return outputs
    } finally {
      for (const result of results) result.dispose()
    }
  } finally {
    for (const x of xs) x.dispose()
  }
}

/** The one result of {@link evaluate}. */
export async function evaluateOne(
  backend: Backend,
  inputs: readonly HostArray[],
  f: (...xs: Tensor[]) => Tensor,
): Promise<HostArray> {
  return (await evaluate(backend, inputs, f))[0]!
}

/** A backend's kernel for a primitive, if it has one. */
export function kernelOf<P extends PrimitiveName>(backend: Backend, primitive: P): Kernel<P> | undefined {
  return (backend.kernels as Readonly<Record<string, Kernel<P> | undefined>>)[primitive]
}

/** Host arrays in a backend's own storage, by the contract alone. */
export function hold(
  backend: Backend,
  inputs: readonly HostArray[],
): { storage: object; shape: readonly number[]; dtype: HostArray['dtype'] }[] {
  return inputs.map(({ shape, dtype, data }) => ({ storage: backend.upload(data, { shape, dtype }), shape, dtype }))
}

/** What a kernel computes, called as core calls it. Also checks that it left its inputs as they were. */
export async function runKernel<P extends PrimitiveName>(
  backend: Backend,
  kernel: Kernel<P>,
  inputs: readonly HostArray[],
  params: KernelParams<P>,
  output: TensorSpec,
): Promise<HostArray> {
  const operands = hold(backend, inputs)
  const storage = kernel(operands, params, output)
  const data: TypedArray = await backend.read(storage, output)
  backend.release(storage)
  for (const operand of operands) backend.release(operand.storage)
  return { shape: output.shape, dtype: output.dtype, data }
}

/** What a call throws, or undefined. */
export async function errorOf(f: () => unknown): Promise<unknown> {
  try {
    await f()
    return undefined
  } catch (error) {
    return error
  }
}

/** A description of what was thrown, for comparison and messages. */
export function describeError(error: unknown): string {
  if (error === undefined) return 'no error'
  return NeuriteError.isInstance(error)
    ? `${error.code}: ${error.message}`
    : `an error without code: ${error instanceof Error ? error.message : show(error)}`
}
