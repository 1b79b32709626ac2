import { formatShape } from '../shape/index.js'
import type { TensorSpec, TypedArray } from './dtype.js'

/** Numbers or booleans in nested arrays. */
export type NestedArray = number | boolean | NestedArray[]

/** Row-major data as nested arrays. */
export function nest(data: TypedArray, { shape, dtype }: TensorSpec): NestedArray {
  let offset = 0
  const build = (axis: number): NestedArray => {
    if (axis === shape.length) {
      const value = data[offset++]!
      return dtype === 'bool' ? value !== 0 : value
    }
    return Array.from({ length: shape[axis]! }, () => build(axis + 1))
  }
  return build(0)
}

const EDGE = 3
const MOST = 6
const ALL = 100

/** One line of what it is, then the values; beyond 100 of them, axes longer than six show three at each end. */
export function formatTensor(spec: TensorSpec, backend: string, data: TypedArray | undefined, note: string): string {
  const head = `Tensor(${spec.dtype}${formatShape(spec.shape)}, ${backend}${note === '' ? '' : `, ${note}`})`
  if (data === undefined) return head
  const { shape, dtype } = spec
  const one = (i: number): string => (dtype === 'bool' ? String(data[i] !== 0) : formatNumber(data[i]!))
  const build = (axis: number, offset: number, size: number): string => {
    if (axis === shape.length) return one(offset)
    const extent = shape[axis]!
    const inner = extent === 0 ? 0 : size / extent
    const indices =
      data.length <= ALL || extent <= MOST ? range(0, extent) : [...range(0, EDGE), -1, ...range(extent - EDGE, extent)]
    const parts = indices.map((i) => (i < 0 ? '...' : build(axis + 1, offset + i * inner, inner)))
    const separator = axis === shape.length - 1 ? ', ' : `,\n${' '.repeat(axis + 2)}`
    return `[${parts.join(separator)}]`
  }
  return `${head}\n ${build(0, 0, data.length)}`
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value)
  const short = value.toPrecision(5)
  return short.includes('e') || !short.includes('.') ? short : short.replace(/\.?0+$/, '')
}
