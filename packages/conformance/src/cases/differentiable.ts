import {
  add,
  broadcastTo,
  concat,
  cos,
  cumsum,
  div,
  einsum,
  elu,
  erf,
  erfc,
  exp,
  expm1,
  gather,
  gelu,
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
  norm,
  pad,
  pow,
  relu,
  reshape,
  sigmoid,
  silu,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  variance,
  where,
  greater,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, layerNorm, maxPool2d } from '@neurite/core/functional'
import type { Palette } from '../arbitrary/values.js'

/** A differentiable function and the shapes at which its gradients are compared with differences. */
export interface GradientCase {
  readonly name: string
  readonly f: (...xs: Tensor[]) => Tensor
  readonly shapes: readonly (readonly number[])[]
  readonly palette?: Palette | 'distinct'
}

const integers = (x: Tensor, values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor([...values], { shape, dtype: 'int32', backend: x.backend })
const window = {
  window: [2, 3],
  strides: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
} as const

/** Functions whose gradient is compared. */
export const FIRST: readonly GradientCase[] = [
  ...(
    [
      ['neg', neg],
      ['exp', exp],
      ['expm1', expm1],
      ['sin', sin],
      ['cos', cos],
      ['tanh', tanh],
      ['sigmoid', sigmoid],
      ['erf', erf],
      ['erfc', erfc],
      ['softplus', softplus],
      ['silu', silu],
      ['gelu', gelu],
      ['mish', mish],
      ['elu', elu],
      ['square', square],
    ] as const
  ).map(([name, f]) => ({ name, f: (x: Tensor) => f(x), shapes: [[2, 3]] })),
  ...(
    [
      ['log', log],
      ['log1p', log1p],
      ['sqrt', sqrt],
      ['norm', (x: Tensor) => norm(x, { axes: [1] })],
    ] as const
  ).map(([name, f]) => ({ name, f: (x: Tensor) => f(x), shapes: [[2, 3]], palette: 'positive' as const })),
  ...(
    [
      ['add', add],
      ['sub', sub],
      ['mul', mul],
      ['div', div],
      ['pow', pow],
    ] as const
  ).map(([name, f]) => ({
    name: `${name}, broadcast`,
    f: (a: Tensor, b: Tensor) => f(a, b),
    shapes: [
      [2, 1, 3],
      [4, 1],
    ],
    palette: 'positive' as const,
  })),
  ...(
    [
      ['maximum', maximum],
      ['minimum', minimum],
    ] as const
  ).map(([name, f]) => ({
    name: `${name}, broadcast`,
    f: (a: Tensor, b: Tensor) => f(a, b),
    shapes: [[3, 1], [4]],
    palette: 'distinct' as const,
  })),
  { name: 'relu', f: relu, shapes: [[3, 4]], palette: 'distinct' },
  { name: 'where', f: (a, b) => where(greater(a, 0), mul(a, b), b), shapes: [[3, 4], [4]], palette: 'distinct' },
  {
    name: 'sum and mean',
    f: (x) => add(sum(x, { axes: [1], keepDims: true }), mean(x, { axes: [0] })),
    shapes: [[3, 4]],
  },
  { name: 'variance', f: (x) => variance(x, { axes: [-1] }), shapes: [[3, 4]] },
  { name: 'max', f: (x) => max(x, { axes: [1] }), shapes: [[3, 4]], palette: 'distinct' },
  { name: 'min', f: (x) => min(x, { axes: [0], keepDims: true }), shapes: [[3, 4]], palette: 'distinct' },
  { name: 'cumsum', f: (x) => cumsum(x, { axis: 0 }), shapes: [[4, 2]] },
  { name: 'logSumExp', f: (x) => logSumExp(x, { axes: [0] }), shapes: [[3, 4]] },
  { name: 'softmax', f: (x) => softmax(x, { axis: 0 }), shapes: [[4, 3]] },
  { name: 'logSoftmax', f: (x) => logSoftmax(x), shapes: [[3, 4]] },
  { name: 'layerNorm', f: (x, scale, offset) => layerNorm(x, scale, offset), shapes: [[3, 4], [4], [4]] },
  {
    name: 'matmul',
    f: (a, b) => matmul(a, b),
    shapes: [
      [3, 4],
      [4, 2],
    ],
  },
  {
    name: 'matmul, transposed',
    f: (a, b) => matmul(a, b, { transposeA: true, transposeB: true }),
    shapes: [
      [4, 3],
      [2, 4],
    ],
  },
  {
    name: 'matmul, batches broadcast',
    f: (a, b) => matmul(a, b, { transposeB: true }),
    shapes: [
      [2, 1, 3, 2],
      [3, 4, 2],
    ],
  },
  {
    name: 'einsum',
    f: (a, b) => einsum('bij,kj->bki', a, b),
    shapes: [
      [2, 3, 2],
      [4, 2],
    ],
  },
  {
    name: 'conv2d',
    f: (x, filter) =>
      conv2d(x, filter, {
        strides: [2, 1],
        padding: [
          [1, 0],
          [1, 1],
        ],
      }),
    shapes: [
      [2, 4, 3, 2],
      [3, 2, 2, 3],
    ],
  },
  {
    name: "conv2d, 'same'",
    f: (x, filter) => conv2d(x, filter, { strides: 2, padding: 'same' }),
    shapes: [
      [1, 5, 4, 1],
      [3, 3, 1, 2],
    ],
  },
  { name: 'maxPool2d', f: (x) => maxPool2d(x, window), shapes: [[1, 4, 4, 2]], palette: 'distinct' },
  { name: 'avgPool2d', f: (x) => avgPool2d(x, window), shapes: [[1, 4, 4, 2]] },
  {
    name: 'gather with repeats',
    f: (x) => gather(x, integers(x, [2, 0, 2, 5], [2, 2]), { axis: 0 }),
    shapes: [[3, 2]],
  },
  { name: 'reshape and transpose', f: (x) => transpose(reshape(x, [2, 3, 2]), [2, 0, 1]), shapes: [[3, 4]] },
  { name: 'broadcastTo', f: (x) => broadcastTo(x, [2, 3, 4]), shapes: [[3, 1]] },
  {
    name: 'concat, with itself',
    f: (a, b) => concat([a, b, a], { axis: 1 }),
    shapes: [
      [2, 3],
      [2, 1],
    ],
  },
  {
    name: 'pad and slice',
    f: (x) =>
      slice(
        pad(x, {
          paddings: [
            [1, 2],
            [0, 1],
          ],
          value: 3,
        }),
        { begin: [1, 1], size: [3, 3] },
      ),
    shapes: [[3, 4]],
  },
]

/** Functions whose gradient is differentiated once more. */
export const SECOND: readonly GradientCase[] = [
  { name: 'tanh', f: tanh, shapes: [[4]] },
  { name: 'softmax', f: (x) => softmax(x), shapes: [[2, 3]] },
  {
    name: 'matmul',
    f: (a, b) => square(matmul(a, b)),
    shapes: [
      [2, 3],
      [3, 2],
    ],
  },
  {
    name: 'conv2d',
    f: (x, filter) =>
      square(
        conv2d(x, filter, {
          strides: [2, 1],
          padding: [
            [1, 0],
            [0, 1],
          ],
        }),
      ),
    shapes: [
      [1, 3, 3, 2],
      [2, 2, 2, 2],
    ],
  },
  { name: 'maxPool2d', f: (x) => square(maxPool2d(x, window)), shapes: [[1, 3, 3, 1]], palette: 'distinct' },
  { name: 'avgPool2d', f: (x) => square(avgPool2d(x, window)), shapes: [[1, 3, 3, 1]] },
  { name: 'gather', f: (x) => square(gather(x, integers(x, [1, 1, 0]))), shapes: [[2, 2]] },
  { name: 'pow and log', f: (a, b) => mul(pow(a, b), log(a)), shapes: [[3], [3]], palette: 'positive' },
]
