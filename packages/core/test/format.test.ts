import { expect, test } from 'vitest'
import { arange, ones, reshape, setDefaultBackend, tensor, trace, zeros, type Tensor } from '../src/index.js'
import { reference } from './support/reference-backend.js'

setDefaultBackend(reference())

test('what it is, then what it holds', () => {
  expect(
    tensor([
      [1, 2.5],
      [-3, 4],
    ]).toString(),
  ).toBe('Tensor(float32[2, 2], reference)\n [[1, 2.5],\n  [-3, 4]]')
  expect(tensor(7).toString()).toBe('Tensor(float32[], reference)\n 7')
  expect(tensor([true, false]).toString()).toBe('Tensor(bool[2], reference)\n [true, false]')
  expect(zeros([2, 0]).toString()).toBe('Tensor(float32[2, 0], reference)\n [[],\n  []]')
})

test('numbers keep five digits, and stay readable', () => {
  const numbers = tensor([1 / 3, 1e-9, 123456, 1234567.5, NaN, -Infinity, 1e20], { dtype: 'float64' })
  expect(numbers.toString()).toContain('[0.33333, 1.0000e-9, 123456, 1.2346e+6, NaN, -Infinity, 1.0000e+20]')
})

test('small tensors are shown whole, large ones by their edges', () => {
  expect(arange(100).toString()).toContain('48, 49, 50')
  expect(arange(101).toString()).toBe('Tensor(float32[101], reference)\n [0, 1, 2, ..., 98, 99, 100]')
  const wide = ones([1000, 1000]).toString()
  expect(wide.length).toBeLessThan(250)
  expect(wide.match(/\.\.\./g)).toHaveLength(7)
  const deep = reshape(arange(7 * 2 * 8), [7, 2, 8])
    .toString()
    .split('\n')
  expect(deep[1]).toBe(' [[[0, 1, 2, ..., 5, 6, 7],')
  expect(deep[2]).toBe('   [8, 9, 10, ..., 13, 14, 15]],')
  expect(deep).toContain('  ...,')
})

test('what cannot be read is named', () => {
  const released = tensor([1])
  released.dispose()
  expect(released.toString()).toBe('Tensor(float32[1], reference, released)')
  const late = tensor([1], { backend: reference({ name: 'late', asynchronous: true }) })
  expect(late.toString()).toBe('Tensor(float32[1], late)')
  let text = ''
  trace((x: Tensor) => {
    text = x.toString()
    return x
  })(tensor([1]))
  expect(text).toBe('Tensor(float32[1], reference, symbolic)')
})

test('console.log in Node shows the same', () => {
  const x = tensor([1])
  const inspect = Symbol.for('nodejs.util.inspect.custom') as keyof Tensor
  expect((x[inspect] as () => string).call(x)).toBe(x.toString())
})
