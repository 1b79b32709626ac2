import { sizeOf, type KernelParams, type Kernels, type PrimitiveName, type TensorSpec } from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { countOf, type Device, type Value } from '../device.js'
import type { Memory } from '../memory.js'
import { contractions } from './contractions.js'
import { elementwise } from './elementwise.js'
import { movement } from './movement.js'
import { pooling } from './pooling.js'
import { logSoftmax, reductions, softmax } from './reductions.js'
import type { Composition, Compositions } from './table.js'
import { full } from './values.js'

const required: Compositions = { ...elementwise, ...reductions, ...contractions, ...pooling, ...movement }

/** The result where an input has no elements but the output has: what a sum, a product or a placing of nothing gives. */
const OF_NOTHING: Partial<Record<PrimitiveName, number>> = { max: -Infinity, min: Infinity }

/** Some primitive's composition; name and params come from one call, so they fit each other. */
export type AnyComposition = Composition<KernelParams<PrimitiveName>>

/** The composition of each primitive that the engine has the kernels for. */
export function compositionsFor(device: Device): ReadonlyMap<PrimitiveName, AnyComposition> {
  const optional = {
    ...(device.has('Softmax') ? { softmax } : {}),
    ...(device.has('LogSoftmax') ? { logSoftmax } : {}),
  }
  return new Map(
    Object.entries({ ...required, ...optional }) as [PrimitiveName, Composition<never>][] as [
      PrimitiveName,
      AnyComposition,
    ][],
  )
}

/** Runs a composition on inputs of any extents: what is empty never reaches the engine. */
function evaluate(
  device: Device,
  primitive: PrimitiveName,
  composition: AnyComposition,
  inputs: readonly Value[],
  params: KernelParams<PrimitiveName>,
  output: TensorSpec,
): Value {
  if (sizeOf(output.shape) === 0) return full(device, output.shape, 0, output.dtype)
  if (primitive !== 'concat' && inputs.some((input) => countOf(input) === 0)) {
    const value = primitive === 'pad' ? (params as { value: number }).value : (OF_NOTHING[primitive] ?? 0)
    return full(device, output.shape, value, output.dtype)
  }
  return composition(device, inputs, params, output)
}

/** The kernels of the contract: operands in, a tensor of its own out. */
export function kernelsFor(device: Device, memory: Memory): Kernels<Tensor> {
  const entries = [...compositionsFor(device)].map(([primitive, composition]) => [
    primitive,
    (...[operands, params, output]: Parameters<Kernels<Tensor>['add']>): Tensor => {
      memory.check(primitive)
      const result = device.compute(() => {
        const inputs = operands.map(({ storage, shape }) => device.reshape(storage, shape))
        return evaluate(device, primitive, composition, inputs, params, output)
      })
      return memory.hold(result, output)
    },
  ])
  return Object.fromEntries(entries) as Kernels<Tensor>
}
