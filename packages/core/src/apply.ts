import { activeTapes } from './autodiff/tape.js'
import { defaultBackend } from './backend/default.js'
import { runKernel } from './backend/run-kernel.js'
import type { Backend } from './backend/v1.js'
import { NeuriteError } from './errors/index.js'
import type { PrimitiveName, PrimitiveParams } from './primitive/params.js'
import type { Primitive } from './primitive/primitive.js'
import { activeTrace } from './program/active-trace.js'
import { StorageRef } from './tensor/storage-ref.js'
import { Tensor } from './tensor/tensor.js'
import type { TensorSpec } from './tensor/dtype.js'

/**
 * The only door to a backend. Checks the call, then runs the kernel, or appends an instruction while a function is
 * being traced; and lets every listening tape record what happened.
 *
 * @param backend - where a primitive without inputs runs; the default backend if absent
 */
export function apply<P extends PrimitiveName>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: PrimitiveParams[P],
  backend?: Backend,
): Tensor {
  const { name } = primitive
  const trace = activeTrace()
  const home = inputs[0]?.backend ?? backend ?? trace?.backend ?? defaultBackend()
  for (const input of inputs) {
    input.requireAlive(name)
    if (input.backend !== home) throw mixedBackends(name, home, input.backend)
  }
  if (trace !== undefined && home !== trace.backend) throw mixedBackends(name, trace.backend, home)
  const spec = primitive.infer(inputs, params, name)
  checkCapability(home, name, spec)
  const output =
    trace === undefined ? execute(home, name, inputs, params, spec) : trace.append(name, inputs, params, spec)
  for (const tape of activeTapes()) tape.record(primitive, inputs, params, output)
  return output
}

function execute<P extends PrimitiveName>(
  backend: Backend,
  primitive: P,
  inputs: readonly Tensor[],
  params: PrimitiveParams[P],
  spec: TensorSpec,
): Tensor {
  if (primitive === 'reshape') {
    const ref = inputs[0]!.requireStorage(primitive)
    ref.count++
    return new Tensor(spec, backend, ref)
  }
  const operands = inputs.map((input) => ({
    storage: input.requireStorage(primitive).storage,
    shape: input.shape,
    dtype: input.dtype,
  }))
  return new Tensor(spec, backend, new StorageRef(backend, runKernel(backend, primitive, operands, params, spec)))
}

/** Refuses, before any kernel runs, what the backend's capabilities do not list. */
export function checkCapability(
  backend: Backend,
  where: PrimitiveName | 'tensor' | 'moveTo',
  { dtype }: TensorSpec,
): void {
  const { dtypes, missing } = backend.capabilities
  if (!dtypes.includes(dtype)) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: backend '${backend.name}' has no dtype ${dtype}; it has ${dtypes.join(', ')}.`,
      { backend: backend.name, dtype },
    )
  }
  if ((missing as readonly string[]).includes(where)) {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: backend '${backend.name}' declares that it lacks this operation; use another backend for it.`,
      { backend: backend.name, primitive: where },
    )
  }
}

function mixedBackends(where: string, a: Backend, b: Backend): NeuriteError {
  return new NeuriteError(
    'MIXED_BACKENDS',
    `${where}: tensors live on different backends, '${a.name}' and '${b.name}'; bring one over with await moveTo(x, backend).`,
    { backends: [a.name, b.name] },
  )
}
