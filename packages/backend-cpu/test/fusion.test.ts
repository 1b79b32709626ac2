import {
  add,
  compile,
  less,
  matmul,
  mul,
  optimize,
  schedule,
  sub,
  tanh,
  tensor,
  trace,
  where,
  type Tensor,
} from '@neurite/core'
import { describe, expect, test } from 'vitest'
import { cpu } from '../src/index.js'
import { fuse } from '../src/fusion.js'
import { numbers } from './support/naive.js'

const backend = cpu()
type Three = (a: Tensor, b: Tensor, c: Tensor) => Tensor

const a = tensor([...numbers(20, 1), NaN, Infinity, -0, 0], { shape: [4, 6], backend })
const b = tensor([...numbers(20, 2), 1, NaN, -0, 0], { shape: [4, 6], backend })
const c = tensor(0.1, { backend })

const fusionsIn = (f: (...xs: Tensor[]) => unknown, ...xs: Tensor[]): number =>
  schedule(optimize(trace(f)(...xs)), { fuse }).steps.filter(({ fusion }) => fusion >= 0).length

const fused: readonly (readonly [string, Three])[] = [
  ['a + b c', (x, y, z) => add(x, mul(y, z))],
  ['b c + a', (x, y, z) => add(mul(y, z), x)],
  ['a - b c', (x, y, z) => sub(x, mul(y, z))],
  ['a + a c', (x, _, z) => add(x, mul(x, z))],
  ['a (c - b b)', (x, y, z) => mul(x, sub(z, mul(y, y)))],
  ['a (1 - b b)', (x, y) => mul(x, sub(1, mul(y, y)))],
  ['a where b > 0', (x, y) => where(less(0, y), x, 0)],
]

describe('one loop in place of several gives the very bits', () => {
  test.each(fused)('%s', (_, f) => {
    expect(fusionsIn((x, y, z) => f(x, y, z), a, b, c)).toBe(1)
    const whole = compile(f)(a, b, c)
    const steps = f(a, b, c)
    expect(whole.dataSync()).toEqual(steps.dataSync())
  })
})

const row = tensor(numbers(6, 3), { backend })
const left: readonly (readonly [string, Three])[] = [
  [
    'a product that is read again',
    (x, y, z) => {
      const product = mul(y, z)
      return mul(add(x, product), product)
    },
  ],
  ['a product with a row', (x, y) => add(x, mul(y, row))],
  ['a row that broadcasts', (_, y, z) => add(row, mul(y, z))],
  ['a (c - a b)', (x, y, z) => mul(x, sub(z, mul(x, y)))],
  ['two constants', (x, y, z) => where(less(z, y), x, 0)],
  ['numbers alone', (_, __, z) => add(z, mul(z, z))],
]

describe('what is not such a sequence is left alone', () => {
  test.each(left)('%s', (_, f) => {
    expect(fusionsIn((x, y, z) => f(x, y, z), a, b, c)).toBe(0)
    expect(compile(f)(a, b, c).dataSync()).toEqual(f(a, b, c).dataSync())
  })

  test('a result that is returned as well', () => {
    const both = (x: Tensor, y: Tensor, z: Tensor): readonly Tensor[] => {
      const product = mul(y, z)
      return [product, add(x, product)]
    }
    expect(fusionsIn((x, y, z) => both(x, y, z), a, b, c)).toBe(0)
    const [product, total] = compile(both)(a, b, c)
    expect(product!.dataSync()).toEqual(mul(b, c).dataSync())
    expect(total!.dataSync()).toEqual(add(a, mul(b, c)).dataSync())
  })

  test('float64', () => {
    const x = tensor(numbers(4, 1), { dtype: 'float64', backend })
    expect(fusionsIn((y) => add(y, mul(y, 0.5)), x)).toBe(0)
  })
})

test('chains of them, updated in place', () => {
  const step = (w: Tensor, x: Tensor): Tensor => {
    const h = tanh(matmul(x, w))
    const g = mul(h, sub(1, mul(h, h)))
    return sub(w, mul(add(g, mul(w, 0.01)), 0.1))
  }
  const inPlace = compile(step, { donate: [0] })
  const x = tensor(numbers(16, 5), { shape: [4, 4], backend })
  let compiled = tensor(numbers(16, 6), { shape: [4, 4], backend })
  let plain = tensor(numbers(16, 6), { shape: [4, 4], backend })
  for (let i = 0; i < 5; i++) {
    compiled = inPlace(compiled, x)
    plain = step(plain, x)
  }
  expect(compiled.dataSync()).toEqual(plain.dataSync())
})
