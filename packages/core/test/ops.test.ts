import { expect, test } from 'vitest'
import {
  add,
  all,
  any,
  cast,
  clip,
  concat,
  cumsum,
  einsum,
  expandDims,
  gather,
  grad,
  greater,
  hardTanh,
  isFinite,
  isNaN,
  less,
  logicalAnd,
  logicalNot,
  logicalXor,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  mul,
  norm,
  notEqual,
  oneHot,
  ones,
  pad,
  reshape,
  selu,
  setDefaultBackend,
  slice,
  softmax,
  split,
  square,
  squeeze,
  stack,
  standardDeviation,
  sum,
  type DType,
  type Tensor,
  tensor,
  tile,
  topK,
  transpose,
  unstack,
  variance,
  where,
  zeros,
} from '../src/index.js'
import { conv2d, layerNorm } from '../src/functional/index.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

// Kernels and their numbers are conformance's; these tests are about what core makes of calls.
const backend = reference()
setDefaultBackend(backend)
const f64 = { dtype: 'float64' } as const
const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
])

test('a number takes the dtype of the other operand', async () => {
  expect(add(tensor([1], { dtype: 'int32' }), 2).dtype).toBe('int32')
  expect(mul(2, tensor([1], f64)).dtype).toBe('float64')
  expect(where(tensor([true, false]), 1, tensor([5, 6])).toArraySync()).toEqual([1, 6])
  await expectCode(() => add(tensor([1], { dtype: 'int32' }), 0.5), 'INVALID_ARGUMENT', 'add', '0.5', 'int32', 'cast')
  await expectCode(() => add(tensor([1], { dtype: 'int32' }), 2 ** 31), 'INVALID_ARGUMENT', 'int32')
  await expectCode(() => add(wrong(1), wrong(2)), 'INVALID_ARGUMENT', 'first operand')
  await expectCode(() => where(tensor([true]), wrong(1), wrong(2)), 'INVALID_ARGUMENT', 'where')
})

test('dtypes are never promoted', async () => {
  const call = () => add(tensor([1]), tensor([1], f64))
  await expectCode(call, 'DTYPE_MISMATCH', 'add', 'float32 and float64', 'cast')
})

test('the advice for mixed dtypes works', () => {
  const image = (dtype: DType): Tensor => ones([1, 1, 1, 1], { dtype })
  const row = (dtype: DType): Tensor => ones([2, 2], { dtype })
  const calls: Readonly<Record<string, readonly [(dtype: DType) => Tensor, (a: Tensor, b: Tensor) => unknown]>> = {
    add: [row, add],
    maximum: [row, maximum],
    less: [row, less],
    where: [row, (a, b) => where(tensor([true, false]), a, b)],
    logicalAnd: [row, logicalAnd],
    matmul: [row, matmul],
    einsum: [row, (a, b) => einsum('ij,jk->ik', a, b)],
    concat: [row, (a, b) => concat([a, b])],
    stack: [row, (a, b) => stack([a, b])],
    conv2d: [image, conv2d],
    layerNorm: [row, (a, b) => layerNorm(a, b, b)],
  }
  const dtypes = ['float32', 'float64', 'int32', 'bool'] as const
  for (const [name, [make, call]] of Object.entries(calls))
    for (const first of dtypes)
      for (const second of dtypes) {
        if (first === second) continue
        let pair = [make(first), make(second)] as const
        // As long as an error advises a cast, it is followed; each must bring the call further.
        const seen: string[] = []
        for (let advised: DType | undefined; seen.length < 3;) {
          try {
            call(...pair)
            break
          } catch (error) {
            const { message } = error as Error
            seen.push(message)
            advised = /use cast\(x, '(\w+)'\)/.exec(message)?.[1] as DType | undefined
            advised ??= /takes (float32|int32|bool)/.exec(message)?.[1] as DType | undefined
            if (advised === undefined) throw error
            pair = [cast(pair[0], advised), cast(pair[1], advised)]
          }
        }
        expect(seen.length, `${name} of ${first} and ${second}: ${seen.join(' ')}`).toBeLessThan(3)
        // One piece of advice is enough, unless the first tensor alone was refused.
        if (name !== 'layerNorm') expect(seen.length, seen.join(' ')).toBeLessThanOrEqual(1)
      }
})

test('an error names the function that was called, not what it is composed of', async () => {
  const whole = tensor([1, 2], { dtype: 'int32' })
  await expectCode(() => mean(whole), 'DTYPE_MISMATCH', 'mean', 'int32')
  await expectCode(() => standardDeviation(whole), 'DTYPE_MISMATCH', 'standardDeviation')
  await expectCode(() => softmax(whole), 'DTYPE_MISMATCH', 'softmax')
  await expectCode(() => selu(whole), 'DTYPE_MISMATCH', 'selu')
  await expectCode(() => norm(whole), 'DTYPE_MISMATCH', 'norm')
  await expectCode(() => logSumExp(whole), 'DTYPE_MISMATCH', 'logSumExp')
  await expectCode(() => square(tensor([true])), 'DTYPE_MISMATCH', 'square')
  await expectCode(() => hardTanh(wrong([1])), 'INVALID_ARGUMENT', 'hardTanh')
  await expectCode(() => isNaN(wrong(1)), 'INVALID_ARGUMENT', 'isNaN')
  await expectCode(() => greater(zeros([2]), zeros([3])), 'SHAPE_MISMATCH', 'greater', '[2] and [3]')
  await expectCode(() => notEqual(zeros([2]), zeros([3])), 'SHAPE_MISMATCH', 'notEqual')
  await expectCode(() => logicalXor(zeros([2]), zeros([2])), 'DTYPE_MISMATCH', 'logicalXor', 'bool')
  await expectCode(() => stack([zeros([2]), wrong(3)]), 'INVALID_ARGUMENT', 'stack', 'tensors[1]')
  await expectCode(() => stack([zeros([2])], { axis: 2 }), 'AXIS_OUT_OF_RANGE', 'stack')
})

test('any and all ask for truth values', async () => {
  expect(any(tensor([[false, true]]), { axes: [1] }).toArraySync()).toEqual([true])
  expect(all(tensor([true, false])).toArraySync()).toBe(false)
  expect(all(tensor([], { dtype: 'bool' })).toArraySync()).toBe(true)
  await expectCode(() => any(tensor([0.5])), 'DTYPE_MISMATCH', 'any', 'bool')
  await expectCode(() => all(tensor([1])), 'DTYPE_MISMATCH', 'all', 'bool')
})

test('logic and tests of values', () => {
  expect(isNaN(tensor([NaN, 1])).toArraySync()).toEqual([true, false])
  expect(isFinite(tensor([NaN, Infinity, 1])).toArraySync()).toEqual([false, false, true])
  expect(isFinite(tensor([1], { dtype: 'int32' })).toArraySync()).toEqual([true])
  expect(logicalNot(less(x, 3)).toArraySync()).toEqual([
    [false, false, true],
    [true, true, true],
  ])
  expect(logicalXor(tensor([true, true]), tensor([true, false])).toArraySync()).toEqual([false, true])
})

test('the mean of ones is 1 for every count', () => {
  for (let n = 1; n < 200; n++) {
    expect(mean(ones([n], f64)).toArraySync()).toBe(1)
    expect(mean(ones([n])).toArraySync()).toBe(1)
  }
})

test('variance, standard deviation and norms', () => {
  const v = tensor([1, 2, 3, 4], f64)
  expect(variance(v).toArraySync()).toBe(1.25)
  expect(variance(v, { correction: 1 }).toArraySync()).toBeCloseTo(5 / 3, 12)
  expect(standardDeviation(x, { axes: [0] }).toArraySync()).toEqual([1.5, 1.5, 1.5])
  const same = tensor(
    [
      [2, 2],
      [1, 3],
    ],
    f64,
  )
  const deviations = (v: Tensor) => sum(standardDeviation(v, { axes: [1] }))
  expect(standardDeviation(same, { axes: [1] }).toArraySync()).toEqual([0, 1])
  expect(grad(deviations)(same).toArraySync()).toEqual([
    [0, 0],
    [-0.5, 0.5],
  ])
  const w = tensor([3, -4], f64)
  expect(norm(w).toArraySync()).toBe(5)
  expect(norm(w, { order: 1 }).toArraySync()).toBe(7)
  expect(norm(w, { order: Infinity }).toArraySync()).toBe(4)
  expect(norm(w, { order: 3 }).toArraySync()).toBeCloseTo(91 ** (1 / 3), 12)
  expect(
    norm(
      tensor(
        [
          [3, 4],
          [0, 0],
        ],
        f64,
      ),
      { axes: [1], keepDims: true },
    ).toArraySync(),
  ).toEqual([[5], [0]])
})

test('reductions of nothing', () => {
  const empty = zeros([0, 2])
  expect(sum(empty, { axes: [0] }).toArraySync()).toEqual([0, 0])
  expect(max(empty, { axes: [0] }).toArraySync()).toEqual([-Infinity, -Infinity])
  expect(mean(tensor([])).toArraySync()).toBeNaN()
  expect(logSumExp(tensor([])).toArraySync()).toBe(-Infinity)
  // A length of nothing is 0, whatever it is measured by.
  for (const order of [0.5, 1, 2, 3, Infinity]) {
    expect(norm(empty, { order, axes: [0] }).toArraySync(), String(order)).toEqual([0, 0])
    expect(norm(empty, { order, axes: [0], keepDims: true }).shape).toEqual([1, 2])
    expect(grad((v: Tensor) => norm(v, { order }))(empty).shape).toEqual([0, 2])
  }
  expect(variance(tensor([])).toArraySync()).toBeNaN()
})

test('a correction of as many as there are, or more: NumPy and PyTorch divide by 0', () => {
  for (const correction of [2, 3]) {
    expect(variance(tensor([5, 6]), { correction }).toArraySync()).toBe(Infinity)
    expect(standardDeviation(tensor([5, 6]), { correction }).toArraySync()).toBe(Infinity)
  }
  for (const correction of [1, 2]) {
    expect(variance(tensor([5]), { correction }).toArraySync()).toBeNaN()
    expect(standardDeviation(tensor([5]), { correction }).toArraySync()).toBeNaN()
  }
})

test('reshape works out one extent', async () => {
  expect(reshape(x, [3, -1]).shape).toEqual([3, 2])
  expect(reshape(zeros([0, 3]), [-1, 3]).shape).toEqual([0, 3])
  expect(reshape(tensor(1), [1, 1]).shape).toEqual([1, 1])
  await expectCode(() => reshape(x, [4, -1]), 'SHAPE_MISMATCH', '[2, 3]', '6 elements')
  await expectCode(() => reshape(x, wrong(6)), 'INVALID_ARGUMENT', 'reshape')
})

test('axes come and go', async () => {
  expect(expandDims(x, { axis: -1 }).shape).toEqual([2, 3, 1])
  expect(expandDims(x, { axis: 0 }).shape).toEqual([1, 2, 3])
  expect(squeeze(zeros([1, 2, 1])).shape).toEqual([2])
  expect(squeeze(zeros([1, 2, 1]), { axes: [-1] }).shape).toEqual([1, 2])
  expect(transpose(zeros([2, 3, 4])).shape).toEqual([4, 3, 2])
  expect(transpose(zeros([2, 3, 4]), [0, -1, 1]).shape).toEqual([2, 4, 3])
  await expectCode(() => transpose(x, [0]), 'INVALID_ARGUMENT', 'transpose', 'each of the 2 axes')
})

test('joining and cutting', async () => {
  expect(concat([x, x], { axis: -1 }).shape).toEqual([2, 6])
  expect(stack([tensor([1, 2]), tensor([3, 4])], { axis: -1 }).toArraySync()).toEqual([
    [1, 3],
    [2, 4],
  ])
  expect(unstack(x, { axis: 1 }).map((part) => part.toArraySync())).toEqual([
    [1, 4],
    [2, 5],
    [3, 6],
  ])
  expect(unstack(zeros([0, 2]))).toEqual([])
  expect(split(x, { parts: 3, axis: -1 }).map((part) => part.shape)).toEqual([
    [2, 1],
    [2, 1],
    [2, 1],
  ])
  expect(split(x, { parts: [0, 2] })[0]!.shape).toEqual([0, 3])
  await expectCode(() => stack([zeros([2]), zeros([3])]), 'SHAPE_MISMATCH', 'stack', '[2]', '[3]', 'concat')
  for (const parts of [2.5, -1, 'two', undefined])
    await expectCode(() => split(x, { parts: wrong(parts) }), 'INVALID_ARGUMENT', 'split', 'parts')
  await expectCode(() => split(x, { parts: [1, 2] }), 'INVALID_ARGUMENT', 'split', 'extent 2')
})

test('slice, pad, tile', async () => {
  expect(slice(x, { begin: [0, 1], size: [-1, 2] }).toArraySync()).toEqual([
    [2, 3],
    [5, 6],
  ])
  expect(pad(tensor([1]), { paddings: [[1, 2]], value: 9 }).toArraySync()).toEqual([9, 1, 9, 9])
  expect(tile(tensor([[1, 2]]), { repeats: [2, 2] }).toArraySync()).toEqual([
    [1, 2, 1, 2],
    [1, 2, 1, 2],
  ])
  expect(tile(tensor([1]), { repeats: [0] }).shape).toEqual([0])
  await expectCode(() => slice(x, wrong({ begin: [0, 0] })), 'INVALID_ARGUMENT', 'slice', 'size')
  await expectCode(() => slice(x, wrong(undefined)), 'INVALID_ARGUMENT', 'slice', 'options')
  await expectCode(() => pad(tensor([1]), { paddings: wrong([[1]]) }), 'INVALID_ARGUMENT', 'pad')
  await expectCode(() => pad(tensor([1]), wrong({})), 'INVALID_ARGUMENT', 'pad')
  await expectCode(() => pad(tensor([true]), { paddings: [[1, 0]], value: 2 }), 'INVALID_ARGUMENT', 'pad', 'bool')
  await expectCode(() => tile(x, wrong({ repeats: 2 })), 'INVALID_ARGUMENT', 'tile')
})

test('picking by index', async () => {
  expect(gather(x, tensor([[2], [0]], { dtype: 'int32' }), { axis: 1 }).toArraySync()).toEqual([
    [[3], [1]],
    [[6], [4]],
  ])
  expect(gather(x, tensor(1, { dtype: 'int32' })).toArraySync()).toEqual([4, 5, 6])
  expect(oneHot(tensor([[1, 5]], { dtype: 'int32' }), { classes: 2, dtype: 'int32' }).toArraySync()).toEqual([
    [
      [0, 1],
      [0, 0],
    ],
  ])
  // What is no index picks nothing, and never another one.
  const odd = tensor([1, 0.5, NaN, 1.5, 2 ** 32 + 1, -1, -0.5, Infinity])
  expect(gather(tensor([5, 6]), odd).toArraySync()).toEqual([6, 0, 0, 0, 0, 0, 0, 0])
  expect(sum(oneHot(odd, { classes: 2 }), { axes: [0] }).toArraySync()).toEqual([0, 1])
  expect(oneHot(tensor([true, false]), { classes: 2 }).toArraySync()).toEqual([
    [0, 1],
    [1, 0],
  ])
  const { values, indices } = topK(
    tensor([
      [1, 9, 9],
      [7, 0, 8],
    ]),
    { k: 2 },
  )
  expect(values.toArraySync()).toEqual([
    [9, 9],
    [8, 7],
  ])
  expect(indices.toArraySync()).toEqual([
    [1, 2],
    [2, 0],
  ])
  await expectCode(() => topK(tensor(1), { k: 1 }), 'INVALID_ARGUMENT', 'topK')
})

test('cumsum runs along any axis', () => {
  expect(cumsum(x, { axis: 0 }).toArraySync()).toEqual([
    [1, 2, 3],
    [5, 7, 9],
  ])
})

test('einsum: products, sums and orders', async () => {
  const a = tensor([
    [1, 2],
    [3, 4],
  ])
  const b = tensor([
    [5, 6],
    [7, 8],
  ])
  expect(einsum('ij,jk->ik', a, b).toArraySync()).toEqual([
    [19, 22],
    [43, 50],
  ])
  expect(einsum('ij,kj->ki', a, b).toArraySync()).toEqual([
    [17, 39],
    [23, 53],
  ])
  expect(einsum('ij,ij->', a, b).toArraySync()).toBe(70)
  expect(einsum('ij,kl->', a, b).toArraySync()).toBe(260)
  expect(einsum('bi,bj->bij', a, b).toArraySync()).toEqual([
    [
      [5, 6],
      [10, 12],
    ],
    [
      [21, 24],
      [28, 32],
    ],
  ])
  expect(einsum(',i->i', tensor(2), tensor([1, 2])).toArraySync()).toEqual([2, 4])
  expect(einsum(' ij , j -> i ', a, tensor([1, 1])).toArraySync()).toEqual([3, 7])
  await expectCode(() => einsum('ii,i->i', a, tensor([1, 1])), 'INVALID_ARGUMENT', 'a letter of its own')
  await expectCode(() => einsum('ij,jk->iz', a, b), 'INVALID_ARGUMENT', "'iz'")
  await expectCode(() => einsum('i,jk->i', a, b), 'INVALID_ARGUMENT', '2 axes')
})

test('clip with one bound or two', async () => {
  expect(clip(x, { minimum: 2 }).toArraySync()).toEqual([
    [2, 2, 3],
    [4, 5, 6],
  ])
  expect(clip(x, {}).toArraySync()).toEqual(x.toArraySync())
  await expectCode(() => clip(x, { minimum: NaN }), 'INVALID_ARGUMENT', 'clip', 'NaN')
})

test('cast rounds toward zero, saturates and asks whether it is 0', () => {
  const values = tensor([1.9, -1.9, NaN, 1e20, 0], f64)
  expect(cast(values, 'int32').toArraySync()).toEqual([1, -1, 0, 2 ** 31 - 1, 0])
  expect(cast(values, 'bool').toArraySync()).toEqual([true, true, true, true, false])
  expect(cast(values, 'float64')).toBe(values)
})

test('operations run where their inputs live, whatever the default is', async () => {
  const other = reference({ name: 'other' })
  const y = tensor([1, 2], { backend: other })
  expect(maximum(add(y, 1), 0).backend).toBe(other)
  expect(oneHot(cast(y, 'int32'), { classes: 3 }).backend).toBe(other)
  expect(logSumExp(y).backend).toBe(other)
  expect(topK(y, { k: 1 }).values.backend).toBe(other)
  const mixed = await expectCode(() => add(x, y), 'MIXED_BACKENDS', 'moveTo')
  expect(mixed.details).toEqual({ backends: ['reference', 'other'] })
})

test('a declared lack is refused by name', async () => {
  const lacking = reference({ name: 'lacking', missing: ['erf', 'softmax'] })
  const y = tensor([1, 2], { backend: lacking })
  const { erf } = await import('../src/index.js')
  await expectCode(() => erf(y), 'NOT_SUPPORTED', 'erf', "'lacking'")
  // An optional primitive that is missing is composed from others.
  expect(sum(softmax(y)).toArraySync()).toBeCloseTo(1, 6)
})

test('unknown options are never ignored', async () => {
  await expectCode(() => sum(x, wrong({ keepdims: true })), 'UNKNOWN_OPTION', 'sum', "'keepdims'", 'axes, keepDims')
  await expectCode(() => variance(x, wrong({ ddof: 1 })), 'UNKNOWN_OPTION', 'variance', 'correction')
  await expectCode(() => sum(x, wrong(0)), 'INVALID_ARGUMENT', 'options must be an object')
  await expectCode(() => sum(x, wrong(null)), 'INVALID_ARGUMENT', 'options must be an object')
})
