import type { DType, PrimitiveParams } from '@neurite/core'
import { broadcastAt, build, type HostArray } from './host.js'
import { erf, erfc } from './special.js'

/** The extents after broadcasting: aligned at the end, 1 stretches. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - (rank - shape.length)] ?? 1)
    return extents.find((extent) => extent !== 1) ?? 1
  })
}

/** A formula applied to each element, or to each tuple of elements that broadcasting brings together. */
function each(f: (...values: number[]) => number, dtype?: DType) {
  return (inputs: readonly HostArray[]): HostArray =>
    build(broadcastShape(...inputs.map(({ shape }) => shape)), dtype ?? inputs.at(-1)!.dtype, (index) =>
      f(...inputs.map((x) => broadcastAt(x, index))),
    )
}

/** One formula for floats, another for whole numbers. */
function byKind(float: (a: number, b: number) => number, whole: (a: number, b: number) => number) {
  return (inputs: readonly HostArray[]): HostArray => each(inputs[0]!.dtype === 'int32' ? whole : float)(inputs)
}

function larger(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN
  return a > b ? a : b
}

function smaller(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return NaN
  return a < b ? a : b
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))
}

/** Products that wrap around; a negative exponent divides 1 by the power, and 1 / 0 is 0. */
function wholePower(a: number, b: number): number {
  let power = 1
  // An exponent of n bits takes n squares.
  for (const bit of Math.abs(b).toString(2)) {
    power = Math.imul(power, power)
    if (bit === '1') power = Math.imul(power, a)
  }
  if (b >= 0) return power
  return power === 0 ? 0 : Math.trunc(1 / power)
}

function cast(inputs: readonly HostArray[], { dtype }: PrimitiveParams['cast']): HostArray {
  const convert = (x: number): number => {
    if (dtype === 'bool') return x === 0 ? 0 : 1
    if (dtype === 'int32') return Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), -(2 ** 31)), 2 ** 31 - 1)
    return x
  }
  return each(convert, dtype)(inputs)
}

export const elementwise = {
  neg: each((x) => -x),
  abs: each((x) => Math.abs(x)),
  sign: each((x) => Math.sign(x)),
  floor: each((x) => Math.floor(x)),
  exp: each((x) => Math.exp(x)),
  expm1: each((x) => Math.expm1(x)),
  log: each((x) => Math.log(x)),
  log1p: each((x) => Math.log1p(x)),
  sqrt: each((x) => Math.sqrt(x)),
  sin: each((x) => Math.sin(x)),
  cos: each((x) => Math.cos(x)),
  tanh: each((x) => Math.tanh(x)),
  sigmoid: each(sigmoid),
  relu: each((x) => larger(x, 0)),
  erf: each(erf),
  erfc: each(erfc),
  logicalNot: each((x) => 1 - x),
  cast,
  add: each((a, b) => a + b),
  sub: each((a, b) => a - b),
  mul: byKind(
    (a, b) => a * b,
    (a, b) => Math.imul(a, b),
  ),
  div: byKind(
    (a, b) => a / b,
    (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  ),
  pow: byKind((a, b) => a ** b, wholePower),
  maximum: each(larger),
  minimum: each(smaller),
  equal: each((a, b) => Number(a === b), 'bool'),
  less: each((a, b) => Number(a < b), 'bool'),
  lessEqual: each((a, b) => Number(a <= b), 'bool'),
  logicalAnd: each((a, b) => a * b),
  logicalOr: each((a, b) => larger(a, b)),
  where: each((condition, a, b) => (condition === 1 ? a : b)),
}
