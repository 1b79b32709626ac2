import { expect, test } from 'vitest'
import {
  add,
  compile,
  fold,
  grad,
  key,
  matmul,
  mean,
  mul,
  randomNormal,
  setDefaultBackend,
  square,
  sub,
  sum,
  tanh,
  tensor,
  valueAndGrad,
  type Tensor,
} from '../src/index.js'
import { reference } from './support/reference-backend.js'

const backend = reference()
setDefaultBackend(backend)

test('grad of a sum of squares', async () => {
  expect(await grad((x) => sum(square(x)))(tensor([1, 2, 3])).toArray()).toEqual([2, 4, 6])
})

test('a compiled training step in place', async () => {
  type P = { w: Tensor; b: Tensor }
  const loss = (p: P, x: Tensor, y: Tensor): Tensor => mean(square(sub(tanh(add(matmul(x, p.w), p.b)), y)))
  const step = compile(
    (p: P, x: Tensor, y: Tensor) => {
      const [value, g] = valueAndGrad(loss)(p, x, y)
      return { p: { w: sub(p.w, mul(g.w, 0.1)), b: sub(p.b, mul(g.b, 0.1)) }, loss: value }
    },
    { donate: [0] },
  )
  let p: P = { w: randomNormal(fold(key(0), 1), [2, 3]), b: tensor([0, 0, 0]) }
  const x = tensor([
    [1, 2],
    [3, 4],
  ])
  const y = tensor([
    [0, 1, 0],
    [1, 0, 0],
  ])
  const losses: number[] = []
  for (let i = 0; i < 20; i++) {
    const out = step(p, x, y)
    p = out.p
    losses.push(await out.loss.item())
    out.loss.dispose()
  }
  expect(losses[19]).toBeLessThan(losses[0]!)
  expect(backend.memory().buffers).toBe(6)
})
