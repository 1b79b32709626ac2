import {
  add,
  compile,
  matmul,
  mean,
  mul,
  optimize,
  square,
  sub,
  tanh,
  tensor,
  trace,
  valueAndGrad,
  type Program,
  type Tensor,
  type TypedArray,
} from '@neurite/core'
import { expect, test } from 'vitest'
import { cpu } from '../src/index.js'
import { numbers } from './support/naive.js'

const backend = cpu()
type Params = readonly Tensor[]

const parameter = (shape: readonly number[], seed: number): Tensor =>
  tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, backend },
  )

/** 2-8-8-1 with tanh, mean squared error and gradient descent: a step small enough that only overhead counts. */
const loss = (p: Params, x: Tensor, y: Tensor): Tensor => {
  const first = tanh(add(matmul(x, p[0]!), p[1]!))
  const second = tanh(add(matmul(first, p[2]!), p[3]!))
  return mean(square(sub(add(matmul(second, p[4]!), p[5]!), y)))
}
const descend = (p: Params, x: Tensor, y: Tensor): { p: Params; loss: Tensor } => {
  const [value, gradients] = valueAndGrad(loss)(p, x, y)
  return { p: p.map((each, i) => sub(each, mul(gradients[i]!, 0.1))), loss: value }
}
const initial = (): Params => [[2, 8], [8], [8, 8], [8], [8, 1], [1]].map(parameter)
const x = parameter([10, 2], 7)
const y = parameter([10, 1], 8)

test('100,000 compiled steps leave the number of live buffers unchanged', () => {
  const before = backend.memory()
  const step = compile(descend, { donate: [0] })
  let result = step(initial(), x, y)
  const first = result.loss.dataSync()[0]!
  const warm = backend.memory()
  for (let i = 0; i < 100_000; i++) {
    result.loss.dispose()
    result = step(result.p, x, y)
  }
  expect(backend.memory()).toEqual(warm)
  expect(result.loss.dataSync()[0]).toBeLessThan(first / 10)
  for (const each of [...result.p, result.loss]) each.dispose()
  step.dispose()
  expect(backend.memory()).toEqual(before)
})

/** The program of a step whose params are donated, with three storages of its own to run on. */
function prepare(): { program: Program; run: (inputs: TypedArray[]) => TypedArray[]; inputs: TypedArray[] } {
  const traced = optimize(
    trace((w: Tensor, v: Tensor) => [sub(w, mul(v, 0.5)), tanh(add(w, v))])(parameter([4, 5], 1), parameter([5], 2)),
  )
  const program = { ...traced, inputs: traced.inputs.map((input, i) => ({ ...input, donated: i === 0 })) }
  const executable = backend.compile(program)
  const inputs = program.inputs.map((input, i) =>
    backend.upload(Float32Array.from(numbers(i === 0 ? 20 : 5, i)), input),
  )
  return { program, run: (storages) => executable.run(storages, []), inputs }
}

test('a donated input is overwritten in place, and outputs come from what was given back', () => {
  const { run, inputs } = prepare()
  let [w, other] = run(inputs)
  expect([w, other]).toContain(inputs[0])
  const seen = new Set<TypedArray>([w!, other!])
  const { buffers } = backend.memory()
  for (let i = 0; i < 1000; i++) {
    backend.release(other!)
    ;[w, other] = run([w!, inputs[1]!])
    seen.add(w!).add(other!)
  }
  // Two arrays in all, a thousand times over.
  expect(seen.size).toBe(2)
  expect(backend.memory().buffers).toBe(buffers)
})

test('temporaries never reach a result: two runs give two answers, and the first stays', () => {
  const step = compile((a: Tensor) => tanh(add(mul(a, 2), mul(a, a))))
  const one = step(parameter([7], 1))
  const values = one.dataSync()
  const two = step(parameter([7], 2))
  expect(one.dataSync()).toEqual(values)
  expect(two.dataSync()).not.toEqual(values)
})
