import { beforeEach, expect, test } from 'vitest'
import {
  add,
  customGradient,
  grad,
  memory,
  mul,
  recordGradients,
  setDefaultBackend,
  sin,
  stopGradient,
  sum,
  tensor,
  type Tensor,
} from '../src/index.js'
import { reference } from './support/reference-backend.js'

beforeEach(() => {
  setDefaultBackend(reference())
})

test('recordGradients gives each step with its inputs, and gradients that add up to those of grad', async () => {
  const w = tensor([1, 2], { dtype: 'float64' })
  const b = tensor([3, 4], { dtype: 'float64' })
  const f = (p: { w: Tensor; b: Tensor }): Tensor => sum(mul(sin(p.w), add(p.w, p.b)))
  const expected = grad(f)({ w, b })
  const before = memory().buffers
  const recording = recordGradients((p: { w: Tensor; b: Tensor }) => [f(p), {}])({ w, b })
  expect(recording.leaves).toBe(2)
  expect(recording.steps.map(({ primitive, inputs, output }) => [primitive, inputs, output])).toEqual([
    ['sin', [0], 2],
    ['add', [0, 1], 3],
    ['mul', [2, 3], 4],
    ['sum', [4], 5],
  ])
  expect(await recording.values[0]!.toArray()).toEqual([1, 2])
  expect(await recording.gradients[0]!.toArray()).toEqual(await expected.w.toArray())
  expect(await recording.gradients[1]!.toArray()).toEqual(await expected.b.toArray())
  const [viaSin] = recording.steps[0]!.downstream
  const [viaAdd] = recording.steps[1]!.downstream
  expect(await add(viaSin!, viaAdd!).toArray()).toEqual(await expected.w.toArray())
  expect(await recording.steps[2]!.pullback(tensor([1, 1], { dtype: 'float64' }))[0]!.toArray()).toEqual([4, 6])
  const held = memory().buffers
  expect(held).toBeGreaterThan(before)
  recording.dispose()
  expect(recording.values.every(({ isReleased }) => isReleased)).toBe(true)
  expect(w.isReleased).toBe(false)
})

test('recordGradients gives back all it holds, and nothing that is not its own', () => {
  const x = tensor(2)
  const constant = tensor(5)
  const own = customGradient((x) => ({ value: mul(x, 3), pullback: () => [constant] }))
  const before = memory().buffers
  const recording = recordGradients((x: Tensor) => [add(own(x), stopGradient(mul(x, constant))), {}])(x)
  expect(recording.steps.map(({ primitive }) => primitive)).toContain('custom')
  recording.dispose()
  expect(memory().buffers).toBe(before)
  expect(constant.isReleased).toBe(false)
  const failing = recordGradients((x: Tensor) => [mul(x, tensor([1, 2])), {}])
  expect(() => failing(x)).toThrow('NOT_DIFFERENTIABLE')
})

test('recordGradients sends nothing through stopGradient, and knows results by name', async () => {
  const recording = recordGradients((x: Tensor) => {
    const y = mul(x, 2)
    const c = stopGradient(y)
    return [mul(x, c), { y, c, unused: tensor(1) }]
  })(tensor(3))
  expect(recording.named).toEqual({ y: 2, c: 3, unused: undefined })
  expect(await recording.gradients[0]!.item()).toBe(6)
  expect(recording.gradients[2]).toBeUndefined()
  recording.dispose()
})
