import {
  add,
  broadcastTo,
  compile,
  concat,
  exp,
  matmul,
  mul,
  optimize,
  pad,
  reshape,
  slice,
  square,
  sub,
  sum,
  tanh,
  tensor,
  trace,
  transpose,
  zeros,
  type Program,
  type Tensor,
} from '@neurite/core'
import { expect, test } from 'vitest'
import { wasm } from '../src/index.js'
import { group } from '../src/nest/group.js'
import { printNest } from '../src/nest/nest.js'

const backend = await wasm()
const of = (f: (...args: Tensor[]) => unknown, ...shapes: readonly (readonly number[])[]): Program =>
  optimize(trace(f)(...shapes.map((shape) => zeros(shape, { backend }))))
/** What each group makes, and how many instructions it holds. */
const sizes = (program: Program): (readonly [string, number])[] =>
  group(program).map(({ at, nests }) => [
    program.instructions[at]!.primitive,
    nests[0]!.nodes.filter(({ kind }) => kind === 'apply').length,
  ])

test('a chain is one nest, its constants numbers in it', () => {
  const program = of((x) => mul(tanh(add(x, 1)), 2), [3, 4])
  const last = group(program).at(-1)!
  expect(printNest(last.nests[0]!)).toBe(
    [
      'for i0 < 12',
      '  %0: float32 = operand0[i0]',
      '  %1: float32 = 1',
      '  %2: float32 = add(%0, %1)',
      '  %3: float32 = tanh(%2)',
      '  %4: float32 = 2',
      '  %5: float32 = mul(%3, %4)',
      '  out[i0] = %5',
    ].join('\n'),
  )
})

test('what two groups read is made once', () => {
  const program = of(
    (x) => {
      const y = exp(x)
      return [square(y), sum(y)]
    },
    [5],
  )
  expect(sizes(program)).toEqual([
    ['exp', 1],
    ['mul', 1],
    ['sum', 0],
  ])
})

test('a reduction takes in what it reduces; what is broadcast is not computed again and again', () => {
  expect(sizes(of((x) => sum(square(x), { axes: [1] }), [4, 5]))).toEqual([['sum', 1]])
  expect(sizes(of((x, y) => mul(exp(x), y), [5], [4, 5]))).toEqual([
    ['exp', 1],
    ['mul', 1],
  ])
})

test('transposed, sliced and broadcast operands are read where they lie', () => {
  const program = of((x, y) => sub(transpose(x), slice(y, { begin: [1, 0], size: [4, 3] })), [3, 4], [6, 3])
  const [only, ...others] = group(program)
  expect(others).toEqual([])
  expect(only!.nests[0]!.nodes.filter(({ kind }) => kind === 'load')).toEqual([
    { kind: 'load', operand: 0, dtype: 'float32', walk: { dtype: 'float32', offset: 0, strides: [1, 4] } },
    { kind: 'load', operand: 1, dtype: 'float32', walk: { dtype: 'float32', offset: 3, strides: [3, 1] } },
  ])
})

test('an operand is overwritten only where each element is read before it is written', () => {
  const inPlace = (f: (...args: Tensor[]) => unknown, ...shapes: readonly (readonly number[])[]) =>
    group(of(f, ...shapes)).at(-1)!.inPlace
  expect(inPlace((x, y) => add(x, y), [4, 4], [4])).toBe(true)
  expect(inPlace((x) => add(transpose(x), 1), [4, 4])).toBe(false)
  expect(inPlace((x) => add(x, transpose(x)), [4, 4])).toBe(false)
  expect(inPlace((x) => sum(x, { axes: [0], keepDims: true }), [1, 4])).toBe(false)
  expect(inPlace((x) => pad(x, { paddings: [[1, 0]] }), [4])).toBe(false)
})

test('a padded or joined result takes several nests', () => {
  expect(group(of((x) => pad(x, { paddings: [[1, 2]], value: 7 }), [4]))[0]!.nests.length).toBe(2)
  expect(group(of((x, y) => concat([x, y, x]), [4], [2]))[0]!.nests.length).toBe(3)
})

test('in place, over a transposed reader, with donation: the right values', async () => {
  const f = compile(
    (w: Tensor, x: Tensor) => {
      const next = add(w, mul(transpose(w), x))
      return [next, sum(broadcastTo(reshape(w, [1, 9]), [2, 9]))] as const
    },
    { donate: [0] },
  )
  const w = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], { shape: [3, 3], backend })
  const [next, total] = f(w, tensor(10, { backend }))
  expect(await next.toArray()).toEqual([
    [11, 42, 73],
    [24, 55, 86],
    [37, 68, 99],
  ])
  expect(await total.toArray()).toBe(90)
})

test('products: every size around a tile and every way of lying', async () => {
  const value = (i: number): number => ((i * 7919) % 13) - 6
  for (const m of [1, 2, 3, 5, 8, 13]) {
    for (const n of [1, 2, 4, 5, 9, 16]) {
      for (const k of [1, 3, 4, 8, 33]) {
        for (const [transposeA, transposeB] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ] as const) {
          const a = Array.from({ length: m * k }, (_, i) => value(i))
          const b = Array.from({ length: k * n }, (_, i) => value(i + 3))
          const x = tensor(a, { shape: transposeA ? [k, m] : [m, k], backend })
          const y = tensor(b, { shape: transposeB ? [n, k] : [k, n], backend })
          const product = compile((p: Tensor, q: Tensor) => matmul(p, q, { transposeA, transposeB }))(x, y)
          const expected = Array.from({ length: m * n }, (_, at) => {
            const [i, j] = [Math.floor(at / n), at % n]
            let total = 0
            for (let d = 0; d < k; d++)
              total += a[transposeA ? d * m + i : i * k + d]! * b[transposeB ? j * k + d : d * n + j]!
            return total
          })
          expect([m, n, k, transposeA, transposeB, [...(await product.data())]]).toEqual([
            ...[m, n, k, transposeA, transposeB],
            expected,
          ])
        }
      }
    }
  }
})
