import { BYTES_PER_ELEMENT, sizeOf, type DType, type KernelParams, type Operation } from '@neurite/core'
import type { FunctionWriter } from '../encode/function.js'
import type { ScratchSizes } from '../kernels/scratch.js'
import type { Linker } from './linker.js'
import { pointerTo, type Place } from './place.js'

export const SUFFIX: Readonly<Record<DType, string>> = { float32: 'f32', float64: 'f64', int32: 'i32', bool: 'u8' }

/** What a kernel is called with, behind the pointers. */
interface Call {
  readonly kernel: string
  readonly numbers: readonly number[]
  readonly needsScratch?: boolean
}

/** Writes the call of the kernel that computes an operation whole. */
export function lowerCall(
  f: FunctionWriter,
  linker: Linker,
  operation: Operation,
  operands: readonly Place[],
  out: Place,
  scratch: () => void,
): void {
  const { kernel, numbers, needsScratch = false } = callOf(operation)
  linker.callKernel(f, kernel, [
    ...[out, ...operands].map((place) => pointerTo(f, place)),
    ...numbers.map((value) => () => void f.i32(value)),
    ...(needsScratch ? [scratch] : []),
  ])
}

/** A shape seen along one axis. */
function along(shape: readonly number[], axis: number, rank = 1): { outer: number; extent: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    extent: sizeOf(shape.slice(axis, axis + rank)),
    inner: sizeOf(shape.slice(axis + rank)),
  }
}

function callOf({ instruction, inputs }: Operation): Call {
  const { primitive, params, shape, dtype } = instruction
  const [first, second] = inputs.map((input) => input.shape) as [readonly number[], readonly number[]]
  const suffix = SUFFIX[inputs[0]!.dtype]
  switch (primitive) {
    case 'conv2d':
      return convolution(primitive, suffix, first, second, shape, params)
    case 'conv2dInputGradient':
      return convolution(primitive, suffix, shape, second, first, params)
    case 'conv2dFilterGradient': {
      const { numbers, ...call } = convolution(primitive, suffix, first, shape, second, params)
      // All elements of the windows, of which a thread takes some.
      return { ...call, numbers: [...numbers, 0, sizeOf(shape.slice(0, 3))] }
    }
    case 'maxPool2d':
    case 'maxPool2dPick':
    case 'avgPool2d':
      return pooling(primitive, suffix, first, shape, params)
    case 'maxPool2dGradient':
      return pooling(primitive, suffix, first, second, params)
    case 'avgPool2dGradient':
      return pooling(primitive, suffix, shape, first, params)
    case 'gather': {
      const { outer, extent, inner } = along(first, params.axis)
      return { kernel: `gather_${BYTES_PER_ELEMENT[dtype]}`, numbers: [outer, extent, inner, sizeOf(second)] }
    }
    case 'scatterAdd': {
      const { outer, extent, inner } = along(shape, params.axis)
      return { kernel: `scatterAdd_${suffix}`, numbers: [outer, extent, inner, sizeOf(second)] }
    }
    case 'cumsum': {
      const { outer, extent, inner } = along(first, params.axis)
      return { kernel: `cumsum_${suffix}`, numbers: [outer, extent, inner, Number(params.reverse)] }
    }
    case 'argMax':
    case 'argMin': {
      const { outer, extent, inner } = along(first, params.axis)
      return { kernel: `${primitive}_${suffix}`, numbers: [outer, extent, inner] }
    }
    case 'topKIndices': {
      const columns = first.at(-1)!
      const rows = sizeOf(first.slice(0, -1))
      return { kernel: `topKIndices_${suffix}`, numbers: [rows, columns, params.k], needsScratch: true }
    }
    default:
      throw new Error(`${primitive} has no kernel`)
  }
}

function convolution(
  name: string,
  suffix: string,
  image: readonly number[],
  filter: readonly number[],
  upstream: readonly number[],
  { strides, padding }: KernelParams<'conv2d'>,
): Call {
  const numbers = [...image, filter[0]!, filter[1]!, filter[3]!, upstream[1]!, upstream[2]!]
  return {
    kernel: `${name}_${suffix}`,
    numbers: [...numbers, ...strides, padding[0][0], padding[1][0]],
    needsScratch: true,
  }
}

function pooling(
  name: string,
  suffix: string,
  image: readonly number[],
  pooled: readonly number[],
  { window, strides, padding }: KernelParams<'maxPool2d'>,
): Call {
  const numbers = [...image, ...window, pooled[1]!, pooled[2]!, ...strides, padding[0][0], padding[1][0]]
  return { kernel: `${name}_${suffix}`, numbers }
}

/** Bytes that a kernel needs besides its operands. */
export function scratchOf({ instruction, inputs }: Operation, sizes: ScratchSizes): number {
  const { primitive, shape, dtype } = instruction
  const [first, second] = inputs.map((input) => input.shape)
  switch (primitive) {
    case 'topKIndices':
      return 4 * (first!.at(-1)! + 4)
    // Products of patches, which are never built: their rows, or their depth, are where windows lie.
    case 'conv2d':
    case 'conv2dFilterGradient':
      return dtype === 'float32' ? sizes.gemm(sizeOf(shape.slice(0, 3)), shape[3]!, sizeOf(second!.slice(0, 3))) : 0
    case 'conv2dInputGradient':
      return dtype === 'float32' ? sizes.most() : 0
    default:
      return 0
  }
}
