import {
  abs,
  add,
  concat,
  cos,
  cumsum,
  div,
  elu,
  erf,
  erfc,
  exp,
  expm1,
  floor,
  gather,
  gelu,
  hardSigmoid,
  hardTanh,
  identity,
  leakyRelu,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mish,
  mul,
  neg,
  pad,
  pow,
  reciprocal,
  relu,
  relu6,
  reshape,
  selu,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  softplus,
  softsign,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  where,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, layerNorm, maxPool2d } from '@neurite/core/functional'
import type { GoldenOp, GoldenTensor } from './files.js'

type Attrs = GoldenOp['attrs']
type Call = (xs: readonly Tensor[], attrs: Attrs) => Tensor

/** Functions whose attrs are their options object. */
const WITH_OPTIONS: Readonly<Record<string, (...args: never[]) => Tensor>> = {
  leakyRelu,
  sum,
  mean,
  max,
  min,
  logSumExp,
  softmax,
  logSoftmax,
  matmul,
  slice,
  pad,
  cumsum,
  conv2d,
  maxPool2d,
  avgPool2d,
  layerNorm,
}

const WITHOUT: Readonly<Record<string, (...args: never[]) => Tensor>> = {
  neg,
  abs,
  exp,
  log,
  log1p,
  expm1,
  sqrt,
  square,
  reciprocal,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  erfc,
  floor,
  sign,
  relu,
  softplus,
  elu,
  selu,
  silu,
  gelu,
  mish,
  softsign,
  hardSigmoid,
  hardTanh,
  relu6,
  identity,
  add,
  sub,
  mul,
  div,
  maximum,
  minimum,
  pow,
}

/** The few that are called in a way of their own; see golden/README.md. */
const OTHERS: Readonly<Record<string, Call>> = {
  geluTanh: ([x]) => gelu(x!, { approximate: 'tanh' }),
  reshape: ([x], { shape }) => reshape(x!, shape as number[]),
  transpose: ([x], { axes }) => transpose(x!, axes as number[]),
  concat: (xs, attrs) => concat(xs, attrs),
  gather: ([x], { indices, axis }) =>
    gather(x!, tensor(indices as number[], { dtype: 'int32', backend: x!.backend }), { axis: axis as number }),
  where: ([a, b], { condition }) => {
    const { shape, data } = condition as GoldenTensor
    return where(tensor(Uint8Array.from(data.map(Number)), { shape, backend: a!.backend }), a!, b!)
  },
}

/** Calls the function that a golden case names. */
export function callGolden(name: string, xs: readonly Tensor[], attrs: Attrs): Tensor {
  const own = OTHERS[name]
  if (own !== undefined) return own(xs, attrs)
  const f = WITHOUT[name] ?? WITH_OPTIONS[name]
  if (f === undefined) throw new Error(`golden/ops.json names '${name}', which golden/calls.ts does not know`)
  // What a name takes is data, so TypeScript cannot check it; core does, and refuses unknown options.
  const args = name in WITH_OPTIONS ? [...xs, attrs] : xs
  return f(...(args as never[]))
}
