import { expect, test } from 'vitest'
import {
  arange,
  cast,
  eye,
  full,
  key,
  linspace,
  ones,
  randomUniform,
  setDefaultBackend,
  tensor,
  zeros,
} from '../src/index.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

test('a number, arrays of any depth, and empty arrays', () => {
  expect(tensor(3).shape).toEqual([])
  expect(tensor(3).toArraySync()).toBe(3)
  expect(tensor([[[1], [2]]]).shape).toEqual([1, 2, 1])
  expect(tensor([]).shape).toEqual([0])
  expect(tensor([[], []]).shape).toEqual([2, 0])
  expect(tensor([[], []]).toArraySync()).toEqual([[], []])
})

test('dtypes: numbers are float32, booleans bool, typed arrays their own', () => {
  expect(tensor([1]).dtype).toBe('float32')
  expect(tensor([true, false]).dtype).toBe('bool')
  expect(tensor([true, false]).toArraySync()).toEqual([true, false])
  expect(tensor(new Float64Array([1])).dtype).toBe('float64')
  expect(tensor(new Int32Array([1])).dtype).toBe('int32')
  expect(tensor([1.9, -1.9], { dtype: 'int32' }).toArraySync()).toEqual([1, -1])
  // As cast takes them: nothing wraps around.
  const odd = [2 ** 31, 2 ** 32 + 1, -(2 ** 31) - 1, 3e9, 1e300, -Infinity, Infinity, NaN, -0.9]
  const whole = [2147483647, 2147483647, -2147483648, 2147483647, 2147483647, -2147483648, 2147483647, 0, 0]
  expect(tensor(odd, { dtype: 'int32' }).toArraySync()).toEqual(whole)
  expect(tensor(Float64Array.from(odd), { dtype: 'int32' }).toArraySync()).toEqual(whole)
  expect(cast(tensor(odd, { dtype: 'float64' }), 'int32').toArraySync()).toEqual(whole)
  expect(tensor([0, 3, NaN], { dtype: 'bool' }).toArraySync()).toEqual([false, true, true])
})

test('host data with a shape', () => {
  const data = new Float32Array([1, 2, 3, 4])
  const x = tensor({ shape: [2, 2], data })
  data[0] = 9
  expect(x.toArraySync()).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(tensor(data, { shape: [4, 1] }).shape).toEqual([4, 1])
})

test('bytes above 1 do not become truth values unnoticed', async () => {
  const pixels = new Uint8Array([0, 1, 255])
  await expectCode(() => tensor(pixels), 'INVALID_ARGUMENT', 'Uint8Array', 'element 2 is 255', "dtype: 'float32'")
  expect(tensor(pixels, { dtype: 'float32' }).toArraySync()).toEqual([0, 1, 255])
  // Asked for bools, every byte becomes 0 or 1: kernels rely on it.
  expect(Array.from(tensor(pixels, { dtype: 'bool' }).dataSync())).toEqual([0, 1, 1])
  expect(tensor(new Uint8Array([0, 1])).dtype).toBe('bool')
})

test('what no tensor can be made of is refused by place', async () => {
  await expectCode(() => tensor(wrong('abc')), 'INVALID_ARGUMENT', 'value must be', "got 'abc'")
  await expectCode(() => tensor(wrong([[1, null]])), 'INVALID_ARGUMENT', 'value[0][1]', 'null')
  await expectCode(() => tensor(wrong([1, true])), 'INVALID_ARGUMENT', 'mixed')
  await expectCode(() => tensor([[1, 2], 3]), 'SHAPE_MISMATCH', 'value[1]', 'it has 3')
  await expectCode(() => tensor([1, [2]]), 'SHAPE_MISMATCH', 'value[1] is an array')
  await expectCode(() => tensor(wrong(tensor([1]))), 'INVALID_ARGUMENT', 'tensor already', 'moveTo')
  await expectCode(() => tensor(wrong({ shape: [1], data: [1] })), 'INVALID_ARGUMENT', 'Float32Array')
  await expectCode(() => tensor([1], { dtype: wrong('float16') }), 'INVALID_ARGUMENT', 'float16')
})

test('fills, ranges and the identity', () => {
  expect(zeros([2, 2]).toArraySync()).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(ones([0]).toArraySync()).toEqual([])
  expect(full([2], 7, { dtype: 'int32' }).toArraySync()).toEqual([7, 7])
  expect(full([1], 1, { dtype: 'bool' }).toArraySync()).toEqual([true])
  expect(arange(3).toArraySync()).toEqual([0, 1, 2])
  expect(arange(5, 0, { step: -2, dtype: 'int32' }).toArraySync()).toEqual([5, 3, 1])
  expect(arange(3, 1).toArraySync()).toEqual([])
  expect(linspace(1, 2, 5).toArraySync()).toEqual([1, 1.25, 1.5, 1.75, 2])
  expect(linspace(1, 2, 1).toArraySync()).toEqual([1])
  expect(linspace(0, 1, 0).toArraySync()).toEqual([])
  expect(eye(2).toArraySync()).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(eye(0).shape).toEqual([0, 0])
  expect(eye(1, { dtype: 'bool' }).toArraySync()).toEqual([[true]])
})

test('linspace ends exactly where it should', () => {
  const data = linspace(0.1, 0.7, 7, { dtype: 'float64' }).dataSync()
  expect(data[0]).toBe(0.1)
  expect(data[6]).toBe(0.7)
})

test('numbers that the dtype cannot hold', async () => {
  await expectCode(() => full([1], 0.5, { dtype: 'int32' }), 'INVALID_ARGUMENT', 'full', '0.5', 'int32')
  await expectCode(() => full([1], 2 ** 31, { dtype: 'int32' }), 'INVALID_ARGUMENT', 'int32')
  await expectCode(() => full([1], 2, { dtype: 'bool' }), 'INVALID_ARGUMENT', 'bool')
  const last = 2 ** 31 - 1
  expect(arange(last - 1, last + 1, { dtype: 'int32' }).toArraySync()).toEqual([last - 1, last])
  await expectCode(() => arange(last - 1, last + 2, { dtype: 'int32' }), 'INVALID_ARGUMENT', 'arange', '2147483648')
  await expectCode(
    () => arange(0, -2 * last - 1, { step: -last, dtype: 'int32' }),
    'INVALID_ARGUMENT',
    'arange',
    'int32',
  )
  await expectCode(() => arange(0, 1, { step: 0.5, dtype: 'int32' }), 'INVALID_ARGUMENT', 'arange', '0.5')
  await expectCode(() => arange(0, 1, { dtype: 'bool' }), 'INVALID_ARGUMENT', 'arange', 'bool')
  await expectCode(() => randomUniform(key(0), [1], { dtype: 'int32' }), 'DTYPE_MISMATCH', 'randomUniform', 'int32')
})

test('a backend without float64 says so before anything is made', async () => {
  const small = reference({ name: 'small', dtypes: ['float32', 'int32', 'bool'] })
  await expectCode(
    () => tensor([1], { backend: small, dtype: 'float64' }),
    'NOT_SUPPORTED',
    "'small'",
    'float64',
    'float32, int32, bool',
  )
  await expectCode(() => zeros([1], { backend: small, dtype: 'float64' }), 'NOT_SUPPORTED', 'float64')
  await expectCode(() => cast(tensor([1], { backend: small }), 'float64'), 'NOT_SUPPORTED', 'cast')
  expect(small.memory().buffers).toBe(1)
})

test('reading: copies, asynchronously everywhere, at once where the backend can', async () => {
  const x = tensor([1, 2])
  const copy = await x.data()
  copy[0] = 9
  expect(await x.toArray()).toEqual([1, 2])
  const late = tensor([1, 2], { backend: reference({ name: 'late', asynchronous: true }) })
  expect(await late.toArray()).toEqual([1, 2])
  await expectCode(() => late.dataSync(), 'NOT_SUPPORTED', "'late'", 'await data()')
  expect(await tensor([[5]]).item()).toBe(5)
  await expectCode(() => x.item(), 'SHAPE_MISMATCH', 'item', '2 elements')
})
