import { apply } from '../apply.js'
import {
  add, broadcastTo, cast, cos, div, equal, exp, gather, less, lessEqual, log, logicalAnd, matmul, mul, neg, pad, pow, reshape, sign, sin,
  slice, square, sub, sum, transpose, where,
} from '../ops/index.js'
import type { PrimitiveName, PrimitiveParams } from '../primitive/params.js'
import { sameShape } from '../shape/index.js'
import type { Tensor } from '../tensor/tensor.js'

/** What a gradient rule knows: the call, its result, and the gradient that arrives at the result. */
interface Call<P extends PrimitiveName> {
  readonly inputs: readonly Tensor[]
  readonly params: PrimitiveParams[P]
  readonly output: Tensor
  readonly upstream: Tensor
}

/**
 * A vector-Jacobian product: for each input, how the upstream gradient flows down to it ("downstream = upstream times
 * local", chapter 4.3.4, Remark 1), or null where nothing flows. Written in ops, so gradients have gradients; thunks,
 * so that what nobody asked for is not computed.
 */
type Vjp<P extends PrimitiveName> = (call: Call<P>) => readonly ((() => Tensor) | null)[]

type ElementwiseUnary = 'neg' | 'abs' | 'exp' | 'expm1' | 'log' | 'log1p' | 'sqrt' | 'sin' | 'cos' | 'tanh' | 'sigmoid' | 'relu' | 'erf'

/** Unary elementwise rules: upstream in, gradient out, from the input x and the result y. */
function elementwise(rule: (upstream: Tensor, x: Tensor, y: Tensor) => Tensor): Vjp<ElementwiseUnary> {
  return ({ inputs, output, upstream }) => [() => rule(upstream, inputs[0]!, output)]
}

/** Binary rules; each side's gradient is summed back over the axes along which it was broadcast. */
function broadcasting<P extends 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum'>(
  left: (upstream: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
  right: (upstream: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
): Vjp<P> {
  return ({ inputs: [a, b], output, upstream }) => [
    () => sumTo(left(upstream, a!, b!, output), a!.shape),
    () => sumTo(right(upstream, a!, b!, output), b!.shape),
  ]
}

const noGradient: Vjp<PrimitiveName> = ({ inputs }) => inputs.map(() => null)

/** The adjoint of broadcasting: sums over the axes that were stretched. */
export function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x
  const lead = x.rank - shape.length
  const axes = x.shape.flatMap((extent, i) => (i < lead || (shape[i - lead] === 1 && extent !== 1) ? [i] : []))
  const summed = axes.length === 0 ? x : sum(x, { axes })
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape)
}

/** Puts the reduced axes back as extents of 1, so that a reduction's result broadcasts against its input. */
function unreduce(x: Tensor, inputShape: readonly number[], axes: readonly number[]): Tensor {
  return reshape(x, inputShape.map((extent, i) => (axes.includes(i) ? 1 : extent)))
}

const extremum: Vjp<'max' | 'min'> = ({ inputs: [x], params: { axes }, output, upstream }) => [
  () => {
    const hits = cast(equal(x!, unreduce(output, x!.shape, axes)), x!.dtype)
    return mul(hits, div(unreduce(upstream, x!.shape, axes), sum(hits, { axes, keepDims: true })))
  },
]

/** 1 where a wins, 1/2 at ties, 0 elsewhere. */
function share(winner: Tensor, loser: Tensor): Tensor {
  return mul(add(cast(less(loser, winner), winner.dtype), cast(lessEqual(loser, winner), winner.dtype)), 0.5)
}

/** Gradient rules of all primitives. */
export const vjps: { readonly [P in PrimitiveName]: Vjp<P> } = {
  neg: elementwise((u) => neg(u)),
  abs: elementwise((u, x) => mul(u, sign(x))),
  sign: noGradient,
  floor: noGradient,
  exp: elementwise((u, _, y) => mul(u, y)),
  expm1: elementwise((u, _, y) => mul(u, add(y, 1))),
  log: elementwise((u, x) => div(u, x)),
  log1p: elementwise((u, x) => div(u, add(x, 1))),
  sqrt: elementwise((u, _, y) => div(mul(u, 0.5), y)),
  sin: elementwise((u, x) => mul(u, cos(x))),
  cos: elementwise((u, x) => neg(mul(u, sin(x)))),
  tanh: elementwise((u, _, y) => mul(u, sub(1, square(y)))),
  sigmoid: elementwise((u, _, y) => mul(u, mul(y, sub(1, y)))),
  relu: elementwise((u, x) => where(less(0, x), u, 0)),
  erf: elementwise((u, x) => mul(u, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  logicalNot: noGradient,
  cast: ({ inputs: [x], upstream }) => [() => cast(upstream, x!.dtype)],

  add: broadcasting((u) => u, (u) => u),
  sub: broadcasting((u) => u, (u) => neg(u)),
  mul: broadcasting((u, _, b) => mul(u, b), (u, a) => mul(u, a)),
  div: broadcasting((u, _, b) => div(u, b), (u, _, b, y) => neg(div(mul(u, y), b))),
  pow: broadcasting(
    // x^0 is constant, also at x = 0, where b x^(b-1) would be 0 * Infinity.
    (u, a, b) => where(equal(b, 0), 0, mul(u, mul(b, pow(a, sub(b, 1))))),
    // 0^b is constant in b for b >= 0, where y log(a) would be 0 * -Infinity (PyTorch).
    (u, a, b, y) => where(logicalAnd(equal(a, 0), lessEqual(0, b)), 0, mul(u, mul(y, log(a)))),
  ),
  maximum: broadcasting((u, a, b) => mul(u, share(a, b)), (u, a, b) => mul(u, share(b, a))),
  minimum: broadcasting((u, a, b) => mul(u, share(b, a)), (u, a, b) => mul(u, share(a, b))),
  equal: noGradient,
  less: noGradient,
  lessEqual: noGradient,
  logicalAnd: noGradient,
  logicalOr: noGradient,
  where: ({ inputs: [condition, a, b], upstream }) => [
    null,
    () => sumTo(where(condition!, upstream, 0), a!.shape),
    () => sumTo(where(condition!, 0, upstream), b!.shape),
  ],

  sum: ({ inputs: [x], params: { axes }, upstream }) => [() => broadcastTo(unreduce(upstream, x!.shape, axes), x!.shape)],
  max: extremum,
  min: extremum,
  argMax: noGradient,
  argMin: noGradient,
  topKIndices: noGradient,
  cumsum: ({ params: { axis, reverse }, upstream }) => [() => apply('cumsum', [upstream], { axis, reverse: !reverse })],
  softmax: ({ params: { axis }, output, upstream }) => [
    () => {
      const weighted = mul(upstream, output)
      return sub(weighted, mul(output, sum(weighted, { axes: [axis], keepDims: true })))
    },
  ],
  logSoftmax: ({ params: { axis }, output, upstream }) => [() => sub(upstream, mul(exp(output), sum(upstream, { axes: [axis], keepDims: true })))],

  // dL/dA = dL/dZ B^T and dL/dB = A^T dL/dZ (chapter 4.3.4, Remark 2), for each way of reading the operands.
  matmul: ({ inputs: [a, b], params: { transposeA, transposeB }, upstream }) => [
    () => sumTo(transposeA ? matmul(b!, upstream, { transposeA: transposeB, transposeB: true }) : matmul(upstream, b!, { transposeB: !transposeB }), a!.shape),
    () => sumTo(transposeB ? matmul(upstream, a!, { transposeA: true, transposeB: transposeA }) : matmul(a!, upstream, { transposeA: !transposeA }), b!.shape),
  ],
  // Convolution is bilinear, so its two gradients and itself are one another's gradients.
  conv2d: ({ inputs: [x, filter], params, upstream }) => [
    () => apply('conv2dInputGradient', [upstream, filter!], { ...params, inputShape: x!.shape }),
    () => apply('conv2dFilterGradient', [x!, upstream], { ...params, filterShape: filter!.shape }),
  ],
  conv2dInputGradient: ({ inputs: [outer, filter], params: { strides, padding }, upstream }) => [
    () => apply('conv2d', [upstream, filter!], { strides, padding }),
    () => apply('conv2dFilterGradient', [upstream, outer!], { strides, padding, filterShape: filter!.shape }),
  ],
  conv2dFilterGradient: ({ inputs: [x, outer], params: { strides, padding }, upstream }) => [
    () => apply('conv2dInputGradient', [outer!, upstream], { strides, padding, inputShape: x!.shape }),
    () => apply('conv2d', [x!, upstream], { strides, padding }),
  ],
  maxPool2d: ({ inputs: [x], params, upstream }) => [() => apply('maxPool2dGradient', [x!, upstream], params)],
  // Which element wins does not change in a neighbourhood of x, so nothing flows to x itself.
  maxPool2dGradient: ({ inputs: [x], params, upstream }) => [null, () => apply('maxPool2dPick', [x!, upstream], params)],
  maxPool2dPick: ({ inputs: [x], params, upstream }) => [null, () => apply('maxPool2dGradient', [x!, upstream], params)],
  avgPool2d: ({ inputs: [x], params, upstream }) => [() => apply('avgPool2dGradient', [upstream], { ...params, inputShape: x!.shape })],
  avgPool2dGradient: ({ params: { window, strides, padding }, upstream }) => [() => apply('avgPool2d', [upstream], { window, strides, padding })],

  reshape: ({ inputs: [x], upstream }) => [() => reshape(upstream, x!.shape)],
  transpose: ({ params: { axes }, upstream }) => [() => transpose(upstream, axes.map((_, i) => axes.indexOf(i)))],
  broadcastTo: ({ inputs: [x], upstream }) => [() => sumTo(upstream, x!.shape)],
  concat: ({ inputs, params: { axis }, upstream }) => {
    let start = 0
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, i) => (i === axis ? start : 0))
      start += shape[axis]!
      return () => slice(upstream, { begin, size: shape })
    })
  },
  pad: ({ inputs: [x], params: { paddings }, upstream }) => [() => slice(upstream, { begin: paddings.map(([before]) => before), size: x!.shape })],
  slice: ({ inputs: [x], params: { begin, size }, upstream }) => [
    () => pad(upstream, { paddings: x!.shape.map((extent, i) => [begin[i]!, extent - begin[i]! - size[i]!] as const) }),
  ],
  gather: ({ inputs: [x, indices], params: { axis }, upstream }) => [
    () => apply('scatterAdd', [upstream, indices!], { axis, extent: x!.shape[axis]!, indexRank: indices!.rank }),
    null,
  ],
  scatterAdd: ({ inputs: [, indices], params: { axis }, upstream }) => [() => gather(upstream, indices!, { axis }), null],

  full: noGradient,
  arange: noGradient,
  random: noGradient,
}

