import type { Kernel, Kernels, OptionalPrimitive, PrimitiveName, ViewPrimitive } from '@neurite/core'

type Required = Exclude<PrimitiveName, ViewPrimitive | OptionalPrimitive>

/** Every primitive that a backend must have. A record, so that TypeScript misses one that is missing. */
const ALL: Readonly<Record<Required, true>> = {
  neg: true,
  abs: true,
  sign: true,
  floor: true,
  exp: true,
  expm1: true,
  log: true,
  log1p: true,
  sqrt: true,
  sin: true,
  cos: true,
  tanh: true,
  sigmoid: true,
  relu: true,
  erf: true,
  erfc: true,
  logicalNot: true,
  cast: true,
  add: true,
  sub: true,
  mul: true,
  div: true,
  pow: true,
  maximum: true,
  minimum: true,
  equal: true,
  less: true,
  lessEqual: true,
  logicalAnd: true,
  logicalOr: true,
  where: true,
  sum: true,
  max: true,
  min: true,
  argMax: true,
  argMin: true,
  topKIndices: true,
  cumsum: true,
  matmul: true,
  conv2d: true,
  conv2dInputGradient: true,
  conv2dFilterGradient: true,
  maxPool2d: true,
  maxPool2dGradient: true,
  maxPool2dPick: true,
  avgPool2d: true,
  avgPool2dGradient: true,
  transpose: true,
  broadcastTo: true,
  concat: true,
  pad: true,
  slice: true,
  gather: true,
  scatterAdd: true,
  full: true,
  arange: true,
}

/** A kernel for each. */
export function eachPrimitive<S extends object>(kernelOf: (name: Required) => Kernel<PrimitiveName, S>): Kernels<S> {
  const names = Object.keys(ALL) as Required[]
  return Object.fromEntries(names.map((name) => [name, kernelOf(name)])) as Kernels<S>
}
