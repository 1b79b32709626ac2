import {
  add,
  arange,
  argMax,
  cast,
  concat,
  cumsum,
  div,
  exp,
  gather,
  greater,
  matmul,
  mean,
  mul,
  pow,
  relu,
  reshape,
  sigmoid,
  sin,
  softmax,
  sqrt,
  sub,
  sum,
  tanh,
  tensor,
  topK,
  transpose,
  where,
  type Tensor,
} from '@neurite/core'
import { avgPool2d, conv2d, layerNorm, maxPool2d } from '@neurite/core/functional'
import { expect, test } from 'vitest'
import { backend, both, indices, seeded } from './support.js'

type Params = readonly Tensor[]

/** A function, its params, and inputs for it. */
type Case = readonly [f: (p: Params, x: Tensor) => Tensor, params: Params, inputs: readonly Tensor[]]

const dense = ([w, b]: Params, x: Tensor): Tensor => add(matmul(x, w!), b!)
const layer = (from: number, to: number, seed: number): Params => [seeded([from, to], seed), seeded([to], seed + 0.5)]
const inputs = (...shape: number[]): Tensor[] => [seeded(shape, 1), seeded(shape, 2)]
const mlp = (p: Params, x: Tensor): Tensor => dense(p.slice(4), tanh(dense(p.slice(2), tanh(dense(p, x)))))

const odd = tensor([NaN, -0, Infinity, 1e38], { shape: [1, 4], backend })

const CASES: Readonly<Record<string, Case>> = {
  'an MLP, of one row': [mlp, [...layer(2, 8, 1), ...layer(8, 8, 2), ...layer(8, 1, 3)], inputs(1, 2)],
  'an MLP, of a batch': [mlp, [...layer(2, 8, 1), ...layer(8, 8, 2), ...layer(8, 3, 3)], inputs(10, 2)],
  'large products, which are kernels': [
    (p, x) => relu(dense(p.slice(2), sigmoid(dense(p, x)))),
    [...layer(300, 130, 1), ...layer(130, 70, 2)],
    inputs(33, 300),
  ],
  softmax: [(p, x) => softmax(dense(p, x)), layer(5, 7, 1), inputs(4, 5)],
  'a network of convolutions and pooling': [
    (p, x) => {
      const first = maxPool2d(relu(conv2d(x, p[0]!, { padding: 'same' })), { window: 2 })
      const second = avgPool2d(relu(conv2d(first, p[1]!, { strides: 2 })), { window: 2 })
      return softmax(dense(p.slice(2), reshape(second, [2, -1])))
    },
    [seeded([3, 3, 3, 8], 1), seeded([2, 2, 8, 12], 2), ...layer(48, 10, 3)],
    inputs(2, 16, 16, 3),
  ],
  'layer normalization': [
    ([gain, offset], x) => layerNorm(x, gain!, offset!),
    [seeded([9], 1), seeded([9], 2)],
    inputs(5, 9),
  ],
  'an embedding with positions': [
    ([table, positions], x) =>
      mean(add(gather(table!, x), gather(positions!, arange(0, 6, { dtype: 'int32', backend: x.backend }))), {
        axes: [1],
      }),
    [seeded([11, 5], 1), seeded([6, 5], 2)],
    [indices([3, 6], 11, 0), indices([3, 6], 11, 5)],
  ],
  attention: [
    ([q, k, v], x) => {
      const [query, key, value] = [q!, k!, v!].map((w) => matmul(x, w)) as [Tensor, Tensor, Tensor]
      const at = arange(0, 7, { backend: x.backend })
      const future = greater(reshape(at, [1, 7]), reshape(at, [7, 1]))
      const scores = div(matmul(query, transpose(key, [0, 2, 1])), Math.sqrt(8))
      return matmul(softmax(where(future, -1e9, scores)), value)
    },
    [seeded([8, 8], 1), seeded([8, 8], 2), seeded([8, 8], 3)],
    inputs(2, 7, 8),
  ],
  'the best class': [(p, x) => argMax(dense(p, x), { axis: -1 }), layer(4, 6, 1), inputs(5, 4)],
  'the largest, with their order': [(_, x) => topK(x, { k: 3 }).values, [], inputs(4, 30)],
  'sums that run': [(_, x) => cumsum(x, { axis: 1 }), [], inputs(3, 9)],
  'true and false, in and out': [
    ([a], x) => greater(where(x, a!, 0), 0.2),
    [seeded([12], 1)],
    [
      tensor(
        Uint8Array.from({ length: 12 }, (_, i) => i % 2),
        { shape: [12], backend },
      ),
    ],
  ],
  'int32 with a product that wraps': [
    ([a], x) => mul(x, a!),
    [tensor(Int32Array.of(2 ** 30, -7, 3), { shape: [3], backend })],
    [tensor(Int32Array.of(6, 8, -9), { shape: [3], backend })],
  ],
  'float64 with functions of Math': [
    ([w, b], x) => sum(mul(tanh(add(matmul(x, w!), b!)), exp(sin(x))), { axes: [0] }),
    [seeded([5, 5], 1, 'float64'), seeded([5], 2, 'float64')],
    [seeded([4, 5], 3, 'float64')],
  ],
  'what float32 has at its ends': [([a], x) => sub(mul(x, a!), sqrt(x)), [seeded([4], 1)], [odd]],
  'powers of float32': [([a], x) => pow(add(mul(x, x), 1), a!), [seeded([9], 1)], inputs(9)],
  'what depends on params alone': [
    ([a, b], x) => add(x, matmul(exp(a!), b!)),
    [seeded([40, 40], 1), seeded([40, 40], 2)],
    inputs(40, 40),
  ],
  'nothing: the input itself': [(_, x) => x, [], inputs(3, 4)],
  'nothing but a view': [(_, x) => reshape(x, [12]), [], inputs(3, 4)],
  'params themselves': [([a]) => a!, [seeded([5], 1)], inputs(2)],
  'an input of no element': [(_, x) => sum(x), [], [seeded([0, 3], 1)]],
  'numbers of all dtypes beside each other': [
    ([a, b], x) => cast(concat([cast(gather(a!, x), 'float64'), b!]), 'float32'),
    [seeded([5], 1), seeded([3], 2, 'float64')],
    [indices([3], 5, 1)],
  ],
}

test.each(Object.entries(CASES))('%s: the bits of the backend', async (_, [f, params, given]) => {
  const { found, expected } = await both(f, params, given)
  expect(found).toEqual(expected)
})

test('a program of many parts', async () => {
  const params = Array.from({ length: 40 }, (_, i) => seeded([8, 8], i))
  const deep = (p: Params, x: Tensor): Tensor => p.reduce((y, w) => tanh(add(matmul(y, w), div(x, 3))), x)
  const { found, expected } = await both(deep, params, inputs(8, 8))
  expect(found).toEqual(expected)
})
