import { sizeOf, type KernelParams, type Kernels, type PrimitiveName, type TensorSpec } from '@neurite/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Device, Value } from '../device.js'
import type { Memory } from '../memory.js'
import { contractions } from './contractions.js'
import { elementwise } from './elementwise.js'
import { movement } from './movement.js'
import { pooling } from './pooling.js'
import { reductions, softmax } from './reductions.js'
import type { Composition, Compositions } from './table.js'
import { full } from './values.js'

const required: Compositions = { ...elementwise, ...reductions, ...contractions, ...pooling, ...movement }

/** The result where an input has no elements but the output has: what a sum, a product or a placing of nothing gives. */
const OF_NOTHING: Partial<Record<PrimitiveName, number>> = { max: -Infinity, min: Infinity }

/** Some primitive's composition; name and params come from one call, so they fit each other. */
export type AnyComposition = Composition<KernelParams<PrimitiveName>>

/** The composition of each primitive that the engine has the kernels for. */
export function compositionsFor(device: Device): ReadonlyMap<PrimitiveName, AnyComposition> {
  const optional = device.has('Softmax') ? { softmax } : {}
  return new Map(
    Object.entries({ ...required, ...optional }) as [PrimitiveName, Composition<never>][] as [
      PrimitiveName,
      AnyComposition,
    ][],
  )
}

/** A composition for inputs of known shapes: what is empty never reaches the engine. */
export function bind(
  device: Device,
  primitive: PrimitiveName,
  composition: AnyComposition,
  shapes: readonly (readonly number[])[],
  params: KernelParams<PrimitiveName>,
  output: TensorSpec,
): (inputs: readonly Value[]) => Value {
  const fill = (value: number) => () => full(device, output.shape, value, output.dtype)
  if (sizeOf(output.shape) === 0) return fill(0)
  if (primitive !== 'concat' && shapes.some((shape) => sizeOf(shape) === 0)) {
    return fill(primitive === 'pad' ? (params as { value: number }).value : (OF_NOTHING[primitive] ?? 0))
  }
  return (inputs) => composition(device, inputs, params, output)
}

/** The kernels of the contract: operands in, a tensor of its own out. */
export function kernelsFor(
  device: Device,
  memory: Memory,
  compositions: ReadonlyMap<PrimitiveName, AnyComposition>,
): Kernels<Tensor> {
  const entries = [...compositions].map(([primitive, composition]) => [
    primitive,
    (...[operands, params, output]: Parameters<Kernels<Tensor>['add']>): Tensor => {
      memory.check(primitive)
      const shapes = operands.map(({ shape }) => shape)
      const evaluate = bind(device, primitive, composition, shapes, params, output)
      const result = device.compute(() =>
        evaluate(operands.map(({ storage, shape }) => device.reshape(storage, shape))),
      )
      return memory.hold(result, output)
    },
  ])
  return Object.fromEntries(entries) as Kernels<Tensor>
}
