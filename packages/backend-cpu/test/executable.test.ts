import {
  add,
  arange,
  cast,
  compile,
  exp,
  less,
  matmul,
  mean,
  mul,
  optimize,
  square,
  sub,
  sum,
  tanh,
  tensor,
  trace,
  valueAndGrad,
  where,
  type Program,
  type Tensor,
  type TypedArray,
} from '@neurite/core'
import { expect, test } from 'vitest'
import { cpu } from '../src/index.js'
import { numbers } from './support/naive.js'

const backend = cpu()
const PLAIN = { transposeA: false, transposeB: false }
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

test('an output that cannot be allocated leaves nothing behind', () => {
  const before = backend.memory()
  // More elements than any typed array holds.
  const wide = [2 ** 40]
  const executable = backend.compile({
    inputs: [{ id: 0, role: 'argument', donated: true, shape: [1], dtype: 'float32' }],
    keys: 0,
    instructions: [
      { id: 1, primitive: 'matmul', inputs: [0, 0], params: PLAIN, shape: [2, 2], dtype: 'float32' },
      { id: 2, primitive: 'broadcastTo', inputs: [0], params: { shape: wide }, shape: wide, dtype: 'float32' },
    ],
    outputs: [1, 2],
  })
  for (let i = 0; i < 2; i++) {
    const x = backend.upload(Float32Array.of(1), { shape: [1], dtype: 'float32' })
    expect(() => executable.run([x], [])).toThrow(RangeError)
    expect(backend.memory()).toEqual(before)
  }
})

test('temporaries of every dtype and constants share one arena', () => {
  const x = parameter([5], 3)
  const f = (a: Tensor): Tensor => {
    const [flags, whole] = [less(a, 0), cast(mul(a, 100), 'int32')]
    return add(sum(mul(tanh(mul(a, a)), cast(whole, 'float32'))), where(flags, exp(a), arange(1, 6, { backend })))
  }
  expect(compile(f)(x).dataSync()).toEqual(f(x).dataSync())
})
