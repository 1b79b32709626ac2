import {
  abs,
  add,
  arange,
  argMax,
  argMin,
  broadcastTo,
  cast,
  concat,
  cos,
  cumsum,
  div,
  equal,
  erf,
  erfc,
  exp,
  expm1,
  floor,
  full,
  gather,
  key,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logSoftmax,
  matmul,
  max,
  maximum,
  min,
  minimum,
  mul,
  neg,
  pad,
  pow,
  randomNormal,
  relu,
  reshape,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  sqrt,
  sub,
  sum,
  tanh,
  tidy,
  topK,
  transpose,
  vjp,
  where,
  type PrimitiveName,
  type Key,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, maxPool2d } from '@neurite/core/functional'
import { fill, fillIndices } from '../arbitrary/values.js'
import type { HostArray } from '../reference/host.js'

/** A call of public functions that makes core run a certain primitive: how users, gradients and programs come to it. */
export interface Door {
  readonly inputs: readonly HostArray[]
  readonly run: (...xs: Tensor[]) => Tensor
  /** As run, with another key than {@link KEY}. */
  readonly draw?: (random: Key, x: Tensor) => Tensor
}

/** Of what draws random numbers. */
export const KEY = key(5)

/** What flows back to the inputs when `upstream` arrives at f(xs). */
export function pullBack(f: (...xs: Tensor[]) => Tensor, xs: Tensor[], upstream: Tensor): Tensor[] {
  return tidy(() => {
    const [, pullback] = vjp(f, ...xs)
    const gradients = pullback(upstream)
    pullback.dispose()
    return gradients
  })
}

function unary(run: (x: Tensor) => Tensor, positive = false): Door {
  return { inputs: [fill([3, 5], 'float32', 1, positive ? 'positive' : 'moderate')], run: (x) => run(x) }
}

function binary(run: (a: Tensor, b: Tensor) => Tensor): Door {
  return {
    inputs: [fill([3, 5], 'float32', 2, 'positive'), fill([5], 'float32', 3, 'moderate')],
    run: (a, b) => run(a, b),
  }
}

function logical(run: (a: Tensor, b: Tensor) => Tensor): Door {
  return { inputs: [fill([3, 5], 'bool', 4), fill([5], 'bool', 5)], run: (a, b) => run(a, b) }
}

const image = fill([2, 5, 6, 3], 'float32', 6, 'moderate')
const filter = fill([3, 2, 3, 4], 'float32', 7)
const convolution = {
  strides: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
} as const
const outer = fill([2, 2, 7, 4], 'float32', 8)
const pooling = {
  window: [2, 3],
  strides: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
} as const
const pooled = fill([2, 3, 6, 3], 'float32', 9)
const convolve = (x: Tensor, f: Tensor): Tensor => conv2d(x, f, convolution)
const poolMax = (x: Tensor): Tensor => maxPool2d(x, pooling)
const poolMean = (x: Tensor): Tensor => avgPool2d(x, pooling)
const draw = (random: Key, { backend }: Tensor): Tensor => randomNormal(random, [2, 3], { backend })
const rows = fillIndices([2, 2], 4, 10)

/** A door to every primitive. One that core gains is refused by TypeScript until it stands here. */
export const doors: { readonly [P in PrimitiveName]: Door } = {
  neg: unary(neg),
  abs: unary(abs),
  sign: unary(sign),
  floor: unary(floor),
  exp: unary(exp),
  expm1: unary(expm1),
  log: unary(log, true),
  log1p: unary(log1p, true),
  sqrt: unary(sqrt, true),
  sin: unary(sin),
  cos: unary(cos),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  relu: unary(relu),
  erf: unary(erf),
  erfc: unary(erfc),
  logicalNot: { inputs: [fill([3, 5], 'bool', 11)], run: (x) => logicalNot(x) },
  cast: unary((x) => cast(x, 'int32')),
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: { inputs: [fill([3, 5], 'float32', 12), fill([5], 'float32', 13, 'nonZero')], run: (a, b) => div(a, b) },
  pow: binary(pow),
  maximum: binary(maximum),
  minimum: binary(minimum),
  equal: binary(equal),
  less: binary(less),
  lessEqual: binary(lessEqual),
  logicalAnd: logical(logicalAnd),
  logicalOr: logical(logicalOr),
  where: {
    inputs: [fill([5], 'bool', 14), fill([3, 5], 'float32', 15), fill([3, 1], 'float32', 16)],
    run: (condition, a, b) => where(condition, a, b),
  },
  sum: unary((x) => sum(x, { axes: [-1] })),
  max: unary((x) => max(x, { axes: [0], keepDims: true })),
  min: unary((x) => min(x)),
  argMax: unary((x) => argMax(x)),
  argMin: unary((x) => argMin(x, { axis: 0 })),
  topKIndices: unary((x) => topK(x, { k: 2 }).indices),
  cumsum: unary((x) => cumsum(x, { axis: 0 })),
  matmul: {
    inputs: [fill([4, 3], 'float32', 17), fill([4, 5], 'float32', 18)],
    run: (a, b) => matmul(a, b, { transposeA: true }),
  },
  conv2d: { inputs: [image, filter], run: (x, f) => convolve(x, f) },
  conv2dInputGradient: {
    inputs: [image, filter, outer],
    run: (x, f, u) => pullBack((y) => convolve(y, f), [x], u)[0]!,
  },
  conv2dFilterGradient: {
    inputs: [image, filter, outer],
    run: (x, f, u) => pullBack((g) => convolve(x, g), [f], u)[0]!,
  },
  maxPool2d: { inputs: [image], run: (x) => poolMax(x) },
  maxPool2dGradient: { inputs: [image, pooled], run: (x, u) => pullBack((y) => poolMax(y), [x], u)[0]! },
  maxPool2dPick: {
    inputs: [image, pooled, image],
    run: (x, u, w) => pullBack((v) => pullBack((y) => poolMax(y), [x], v)[0]!, [u], w)[0]!,
  },
  avgPool2d: { inputs: [image], run: (x) => poolMean(x) },
  avgPool2dGradient: { inputs: [image, pooled], run: (x, u) => pullBack((y) => poolMean(y), [x], u)[0]! },
  reshape: unary((x) => reshape(x, [5, 3])),
  transpose: unary((x) => transpose(x)),
  broadcastTo: unary((x) => broadcastTo(x, [2, 3, 5])),
  concat: {
    inputs: [fill([2, 3], 'float32', 19), fill([2, 1], 'float32', 20)],
    run: (a, b) => concat([a, b, a], { axis: 1 }),
  },
  pad: unary((x) =>
    pad(x, {
      paddings: [
        [1, 0],
        [0, 2],
      ],
      value: 7,
    }),
  ),
  slice: unary((x) => slice(x, { begin: [1, 2], size: [2, 2] })),
  gather: { inputs: [fill([4, 3], 'float32', 21), rows], run: (x, indices) => gather(x, indices) },
  scatterAdd: {
    inputs: [fill([4, 3], 'float32', 22), rows, fill([2, 2, 3], 'float32', 23)],
    run: (x, indices, u) => pullBack((y) => gather(y, indices), [x], u)[0]!,
  },
  full: unary((x) => full([2, 3], 1.5, { backend: x.backend })),
  arange: unary((x) => arange(2, 11, { step: 3, backend: x.backend })),
  random: { ...unary((x) => draw(KEY, x)), draw },
  softmax: unary((x) => softmax(x, { axis: 0 })),
  logSoftmax: unary((x) => logSoftmax(x)),
}
