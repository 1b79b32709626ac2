import { expect, test } from 'vitest'
import {
  abs,
  all,
  any,
  cast,
  clip,
  concat,
  einsum,
  ELEMENTWISE,
  elu,
  eye,
  gather,
  gelu,
  greater,
  hardSigmoid,
  hardTanh,
  isFinite,
  isNaN,
  key,
  leakyRelu,
  linspace,
  logicalXor,
  logSoftmax,
  logSumExp,
  maximum,
  mean,
  mish,
  mul,
  norm,
  notEqual,
  oneHot,
  ones,
  pow,
  PRIMITIVE_NAMES,
  randomNormal,
  reciprocal,
  relu6,
  reshape,
  rules,
  selu,
  setDefaultBackend,
  silu,
  softmax,
  softplus,
  softsign,
  split,
  square,
  stack,
  standardDeviation,
  tensor,
  tensorsIn,
  tile,
  topK,
  unstack,
  variance,
  where,
  zeros,
  type Backend,
  type PrimitiveName,
  type Tensor,
} from '../src/index.js'
import { avgPool2d, conv2d, layerNorm, maxPool2d } from '../src/functional/index.js'
import * as binary from '../src/primitive/binary.js'
import * as unary from '../src/primitive/unary.js'
import { reference } from './support/reference-backend.js'

const backend = reference() as Backend
setDefaultBackend(backend)

test('each primitive stands in the table under its own name', () => {
  for (const name of PRIMITIVE_NAMES) expect(rules[name].name).toBe(name)
  expect(new Set(PRIMITIVE_NAMES).size).toBe(PRIMITIVE_NAMES.length)
})

test('the elementwise primitives are those of one element at a time', () => {
  const expected = [...Object.keys(unary), ...Object.keys(binary)] as PrimitiveName[]
  expect([...ELEMENTWISE].sort()).toEqual(expected.sort())
})

test('every primitive but views and optional ones has a kernel in the contract', () => {
  const optional = ['reshape', 'random', 'softmax', 'logSoftmax']
  for (const name of PRIMITIVE_NAMES) if (!optional.includes(name)) expect(Object.keys(backend.kernels)).toContain(name)
})

test('an operation leaves its result and nothing else', () => {
  const x = tensor([
    [0.5, -2],
    [3, 1],
  ])
  const mask = greater(x, 0)
  const index = tensor([1, 0], { dtype: 'int32' })
  const image = ones([1, 4, 4, 1])
  const filter = ones([2, 2, 1, 1])
  const row = tensor([1, 2])
  const operations: Record<string, () => unknown> = {
    abs: () => abs(x),
    mul: () => mul(x, 2),
    pow: () => pow(2, x),
    maximum: () => maximum(x, 0),
    square: () => square(x),
    reciprocal: () => reciprocal(x),
    clip: () => clip(x, { minimum: 0, maximum: 1 }),
    cast: () => cast(x, 'int32'),
    greater: () => greater(x, 1),
    notEqual: () => notEqual(x, 1),
    logicalXor: () => logicalXor(mask, mask),
    isNaN: () => isNaN(x),
    isFinite: () => isFinite(x),
    where: () => where(mask, x, 0),
    relu6: () => relu6(x),
    leakyRelu: () => leakyRelu(x),
    elu: () => elu(x),
    selu: () => selu(x),
    gelu: () => gelu(x),
    geluTanh: () => gelu(x, { approximate: 'tanh' }),
    silu: () => silu(x),
    softplus: () => softplus(x),
    softsign: () => softsign(x),
    mish: () => mish(x),
    hardSigmoid: () => hardSigmoid(x),
    hardTanh: () => hardTanh(x),
    softmax: () => softmax(x),
    logSoftmax: () => logSoftmax(x),
    mean: () => mean(x),
    variance: () => variance(x),
    standardDeviation: () => standardDeviation(x),
    norm: () => norm(x),
    norm3: () => norm(x, { order: 3 }),
    logSumExp: () => logSumExp(x, { axes: [0] }),
    any: () => any(mask),
    all: () => all(mask),
    topK: () => topK(x, { k: 1 }),
    reshape: () => reshape(x, [4]),
    concat: () => concat([x, x]),
    stack: () => stack([x, x]),
    split: () => split(x, { parts: 2 }),
    unstack: () => unstack(x),
    tile: () => tile(x, { repeats: [2, 1] }),
    gather: () => gather(x, row),
    oneHot: () => oneHot(index, { classes: 3 }),
    einsum: () => einsum('ij,kj->ki', x, x),
    layerNorm: () => layerNorm(x, row, row),
    conv2d: () => conv2d(image, filter),
    maxPool2d: () => maxPool2d(image, { window: 2 }),
    avgPool2d: () => avgPool2d(image, { window: 2 }),
    eye: () => eye(3),
    linspace: () => linspace(0, 1, 3),
    zeros: () => zeros([2]),
    randomNormal: () => randomNormal(key(0), [2], { mean: 1, standardDeviation: 2 }),
  }
  for (const [name, run] of Object.entries(operations)) {
    const before = backend.memory().buffers
    const results: Tensor[] = tensorsIn(run())
    const own = new Set(results.map((result) => result.ref)).size - (name === 'reshape' ? 1 : 0)
    expect(backend.memory().buffers - before, name).toBe(own)
    for (const result of results) result.dispose()
    expect(backend.memory().buffers, name).toBe(before)
  }
})
