import { beforeEach, expect, test } from 'vitest'
import {
  add,
  arange,
  fold,
  grad,
  key,
  mul,
  randomUniform,
  scan,
  setDefaultBackend,
  splitKey,
  sub,
  sum,
  tensor,
  type Backend,
  type Key,
  type Tensor,
} from '../src/index.js'
import { expectCode, wrong } from './support/expect-code.js'
import { reference } from './support/reference-backend.js'

let backend: Backend
beforeEach(() => {
  backend = reference()
  setDefaultBackend(backend)
})

test('the carry goes on, what is returned beside it is stacked', async () => {
  const run = scan((total: Tensor, x: Tensor, factor: Tensor) => {
    const next = add(mul(total, factor), x)
    return [next, { doubled: mul(next, 2), next }]
  })
  const [total, { doubled, next }] = run(
    tensor([1, 0]),
    tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    tensor(0.5),
  )
  expect(await total.toArray()).toEqual([6.875, 8.5])
  expect(await next.toArray()).toEqual([
    [1.5, 2],
    [3.75, 5],
    [6.875, 8.5],
  ])
  expect(await doubled.toArray()).toEqual([
    [3, 4],
    [7.5, 10],
    [13.75, 17],
  ])
})

test('a carry whose parts change places', async () => {
  const fibonacci = scan(([a, b]: readonly [Tensor, Tensor], _: Tensor) => [[b, add(a, b)] as const, a])
  const [[a, b], all] = fibonacci([tensor(0), tensor(1)], arange(10))
  expect([await a.item(), await b.item()]).toEqual([55, 89])
  expect(await all.toArray()).toEqual([0, 1, 1, 2, 3, 5, 8, 13, 21, 34])
})

test('parts of the carry that pass, are twice the same, or come from elsewhere', async () => {
  const constant = tensor([7, 8])
  const run = scan((carry: { fixed: Tensor; a: Tensor; b: Tensor; c: Tensor; name: string }, x: Tensor) => {
    const a = add(carry.a, mul(x, carry.fixed))
    return [
      { ...carry, a, b: a, c: constant },
      { x, c: carry.c },
    ]
  })
  const zero = (): Tensor => tensor([0, 0])
  const [carry, ys] = run(
    { fixed: tensor([1, 2]), a: zero(), b: zero(), c: zero(), name: 'x' },
    tensor([
      [1, 1],
      [2, 2],
    ]),
  )
  expect(carry.name).toBe('x')
  expect(await Promise.all([carry.fixed, carry.a, carry.b, carry.c].map((each) => each.toArray()))).toEqual([
    [1, 2],
    [3, 6],
    [3, 6],
    [7, 8],
  ])
  expect(await ys.x.toArray()).toEqual([
    [1, 1],
    [2, 2],
  ])
  expect(await ys.c.toArray()).toEqual([
    [0, 0],
    [7, 8],
  ])
  expect(await constant.toArray()).toEqual([7, 8])
})

test('one key for each iteration; one outside is the same each time', async () => {
  const run = scan((total: Tensor, k: Key, same: Key) => {
    const drawn = randomUniform(k, [2])
    return [add(total, drawn), [drawn, randomUniform(same, [2])]]
  })
  const [, [drawn, fixed]] = run(tensor([0, 0]), splitKey(key(3), 3, 5), key(9))
  const expected = await Promise.all([5, 6, 7].map((i) => randomUniform(fold(key(3), i), [2]).toArray()))
  expect(await drawn!.toArray()).toEqual(expected)
  const once = await randomUniform(key(9), [2]).toArray()
  expect(await fixed!.toArray()).toEqual([once, once, once])
})

test('no iteration, one, and many', async () => {
  const run = scan((n: Tensor, x: Tensor) => [add(n, x), sub(x, n)])
  for (const count of [0, 1, 15, 16, 17, 33, 300]) {
    const [n, ys] = run(tensor(0), arange(count))
    expect(await n.item()).toBe(Math.max(0, count * (count - 1)) / 2)
    expect(ys.shape).toEqual([count])
    const values = await ys.toArray()
    expect(values).toEqual(Array.from({ length: count }, (__, i) => i - (i * (i - 1)) / 2 + 0))
  }
})

test('the carry is kept, or donated; nothing else stays', async () => {
  const f = (carry: { a: Tensor; fixed: Tensor }, x: Tensor): [typeof carry, Tensor] => [
    { a: add(carry.a, mul(x, carry.fixed)), fixed: carry.fixed },
    sum(x),
  ]
  for (const donate of [false, true]) {
    const run = scan(f, { donate })
    const before = backend.memory()
    const carry = { a: tensor([1]), fixed: tensor([2]) }
    const xs = tensor([[1], [2]])
    const [after, ys] = run(carry, xs)
    expect(await after.a.toArray()).toEqual([7])
    expect([carry.a.isReleased, carry.fixed.isReleased]).toEqual([donate, donate])
    if (!donate) expect(await carry.a.toArray()).toEqual([1])
    for (const each of [carry.a, carry.fixed, xs, after.a, after.fixed, ys]) each.dispose()
    run.dispose()
    expect(backend.memory()).toEqual(before)
  }
})

test('inside grad it is unrolled', async () => {
  const run = scan((a: Tensor, x: Tensor) => [mul(a, x), a])
  const gradient = grad((a: Tensor) => {
    const [last, all] = run(a, tensor([2, 3]))
    return add(last, sum(all))
  })
  // 6 a + a + 2 a
  expect(await gradient(tensor(5)).item()).toBe(9)
})

test('what does not go together is refused', async () => {
  const count = scan((a: Tensor, x: unknown) => [a, x as Tensor])
  const from = tensor(0)
  await expectCode(() => count(from, {}), 'INVALID_ARGUMENT', 'how many iterations')
  await expectCode(() => count(from, key(0)), 'INVALID_ARGUMENT', 'splitKey')
  await expectCode(() => count(from, tensor(1)), 'SHAPE_MISMATCH', '0-d')
  await expectCode(() => count(from, [arange(2), arange(3)]), 'SHAPE_MISMATCH', '2 and 3')
  const grows = scan((a: Tensor, x: Tensor) => [add(a, x), x])
  await expectCode(() => grows(from, tensor([[1, 2]])), 'SHAPE_MISMATCH', 'carry', 'float32[2]')
  const turns = scan((_: { w: Tensor }, x: Tensor) => [{ w: x }, x])
  await expectCode(() => turns({ w: from }, tensor([1], { dtype: 'int32' })), 'DTYPE_MISMATCH', 'carry.w', 'int32')
  const wraps = scan((a: Tensor, _: Tensor) => wrong([{ a }, a]))
  await expectCode(() => wraps(from, arange(2)), 'INVALID_ARGUMENT', 'must be a tensor')
  const renames = scan((carry: { a: Tensor }, _: Tensor) => wrong([{ b: carry.a }, carry.a]))
  await expectCode(() => renames({ a: from }, arange(2)), 'INVALID_ARGUMENT', 'came with a', 'returned b')
  const forgets = scan((a: Tensor, _: Tensor) => wrong(a))
  await expectCode(() => forgets(from, arange(2)), 'INVALID_ARGUMENT', 'return [carry, y]')
  await expectCode(() => splitKey(key(0), -1), 'INVALID_ARGUMENT', 'splitKey')
  await expectCode(() => scan((a: Tensor, x: Tensor) => [a, x], wrong({ donated: true })), 'UNKNOWN_OPTION', 'donate')
  expect(from.isReleased).toBe(false)
})
