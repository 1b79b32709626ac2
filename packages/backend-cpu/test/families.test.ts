import { add, compile, matmul, mul, PRIMITIVE_NAMES, sub, tanh, tensor, zeros, type Tensor } from '@neurite/core'
import { conv2d } from '@neurite/core/functional'
import { cpu } from '@neurite/backend-cpu'
import { cpuOf, elementwise, fusion, matmul as products, movement } from '@neurite/backend-cpu/families'
import { expect, test } from 'vitest'

const optional = ['reshape', 'random', 'softmax', 'logSoftmax']

test('a backend of some families computes what they hold, as the whole one does, and says what it lacks', () => {
  const some = cpuOf({ ...elementwise, ...products, ...movement })
  const run = compile((x: Tensor) => tanh(matmul(x, x)))
  const [a, b] = [some, cpu()].map((backend) =>
    run(
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { backend },
      ),
    ).toArraySync(),
  )
  expect(a).toEqual(b)
  expect(some.capabilities.missing).toContain('conv2d')
  expect(() => conv2d(zeros([1, 2, 2, 1], { backend: some }), zeros([1, 1, 1, 1], { backend: some }))).toThrow(
    /NOT_SUPPORTED/,
  )
  expect(add(tensor([1], { backend: some }), 1).toArraySync()).toEqual([2])
})

test('without its fusions a step has the same bits', () => {
  const families = { ...elementwise, ...movement }
  const update = compile((w: Tensor, g: Tensor) => sub(w, mul(g, 0.1)))
  const results = [families, { ...families, ...fusion }].map((family) => {
    const backend = cpuOf(family)
    return update(tensor([1, 2, 3], { backend }), tensor([0.3, 0.7, -0.9], { backend })).toArraySync()
  })
  expect(results[0]).toEqual(results[1])
})

test('what a backend may lack is what the contract asks for', () => {
  const missing = new Set<string>(cpuOf({}).capabilities.missing)
  expect([...missing].sort()).toEqual(PRIMITIVE_NAMES.filter((name) => !optional.includes(name)).sort())
  expect(cpu().capabilities.missing).toEqual([])
})
