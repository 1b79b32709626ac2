import {
  add,
  compile,
  matmul,
  mean,
  mul,
  neg,
  square,
  sub,
  tanh,
  tensor,
  valueAndGrad,
  zeros,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { afterEach, expect, test, vi } from 'vitest'
import { wasm } from '../src/index.js'

afterEach(() => vi.unstubAllGlobals())

type Params = readonly Tensor[]
const numbers = (length: number, seed: number): number[] => Array.from({ length }, (_, i) => Math.sin(i * 1.7 + seed))
const parameter = (shape: readonly number[], seed: number, backend: Backend): Tensor =>
  tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, backend },
  )

const loss = (p: Params, x: Tensor, y: Tensor): Tensor => {
  const first = tanh(add(matmul(x, p[0]!), p[1]!))
  const second = tanh(add(matmul(first, p[2]!), p[3]!))
  return mean(square(sub(add(matmul(second, p[4]!), p[5]!), y)))
}
const descend = (p: Params, x: Tensor, y: Tensor): { p: Params; loss: Tensor } => {
  const [value, gradients] = valueAndGrad(loss)(p, x, y)
  return { p: p.map((each, i) => sub(each, mul(gradients[i]!, 0.1))), loss: value }
}
const start = (backend: Backend): readonly [Params, Tensor, Tensor] => [
  [[2, 8], [8], [8, 8], [8], [8, 1], [1]].map((shape, i) => parameter(shape, i, backend)),
  parameter([10, 2], 7, backend),
  parameter([10, 1], 8, backend),
]

test(
  '1,000,000 compiled steps leave the number of live buffers, and linear memory, unchanged',
  { timeout: 120_000 },
  async () => {
    const backend = await wasm({ maxMemory: 2 ** 20 })
    const before = backend.memory()
    const [params, x, y] = start(backend)
    const step = compile(descend, { donate: [0] })
    let result = step(params, x, y)
    const first = result.loss.dataSync()[0]!
    const warm = backend.memory()
    for (let i = 0; i < 1_000_000; i++) {
      result.loss.dispose()
      result = step(result.p, x, y)
    }
    expect(backend.memory()).toEqual(warm)
    expect(result.loss.dataSync()[0]).toBeLessThan(first / 10)
    for (const each of [...result.p, result.loss, x, y]) each.dispose()
    step.dispose()
    expect(backend.memory()).toEqual(before)
  },
)

test('the ceiling is kept: an error, nothing lost, and room again after a release', async () => {
  const backend = await wasm({ maxMemory: 2 ** 20 })
  const kept = tensor([1, 2, 3], { backend })
  const large = zeros([200_000], { backend })
  const before = backend.memory()
  expect(() => zeros([100_000], { backend })).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }))
  expect(() => add(large, 1)).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }))
  expect(backend.memory()).toEqual(before)
  expect(await kept.toArray()).toEqual([1, 2, 3])
  large.dispose()
  const again = zeros([200_000], { backend })
  expect((await again.data()).every((value) => value === 0)).toBe(true)
})

test('dispose ends it: what was handed out may be released, and not used', async () => {
  const backend = await wasm()
  const x = tensor([1, 2], { backend })
  backend.dispose()
  expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
  await expect(x.data()).rejects.toThrow(expect.objectContaining({ code: 'TENSOR_RELEASED' }))
  x.dispose()
  expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
})

/** WebAssembly as a runtime has it that lacks something. */
const lacking = (changes: Readonly<Record<string, unknown>>): void => {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: object }
  const names = ['Memory', 'Module', 'Instance', 'validate'] as const
  const real = Object.fromEntries(names.map((name) => [name, (WebAssembly as Record<string, unknown>)[name]]))
  vi.stubGlobal('WebAssembly', { ...real, ...changes })
}

test.each([
  ['no WebAssembly', () => vi.stubGlobal('WebAssembly', undefined), 'no WebAssembly'],
  ['no SIMD', () => lacking({ validate: () => false }), 'without SIMD'],
  [
    'a policy',
    () =>
      lacking({
        Module: class {
          constructor() {
            throw new Error('blocked by Content-Security-Policy')
          }
        },
      }),
    "'wasm-unsafe-eval'",
  ],
])('%s: an error that says so', async (_, change, words) => {
  change()
  await expect(wasm()).rejects.toThrow(
    expect.objectContaining({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining(words) as string }),
  )
})

test('a program whose module the engine refuses, since it is too large, runs operation by operation', async () => {
  const backend = await wasm()
  const f = (w: Tensor, x: Tensor): Tensor => add(tanh(matmul(x, w)), mul(x, 2))
  const w = parameter([8, 8], 1, backend)
  const x = parameter([4, 8], 2, backend)
  const expected = await compile(f)(w, x).data()
  const { WebAssembly } = globalThis as {
    readonly WebAssembly?: { readonly Module: new (bytes: Uint8Array) => object }
  }
  const { Module } = WebAssembly!
  let modules = 0
  lacking({
    Module: class {
      constructor(bytes: Uint8Array) {
        // The whole program comes first, then its operations.
        if (++modules === 1) throw new RangeError('WebAssembly.Module is disallowed on the main thread')
        return new Module(bytes)
      }
    },
  })
  const interpreted = compile((a: Tensor, b: Tensor) => neg(f(a, b)))
  expect([...(await interpreted(w, x).data())]).toEqual(Array.from(expected, (value) => -value))
  expect(modules).toBeGreaterThan(3)
})

test('a program that was seen before takes the module that is there', async () => {
  const backend = await wasm()
  const x = tensor([1, 2, 3], { backend })
  await compile((a: Tensor) => add(a, 41))(x).data()
  let modules = 0
  const { WebAssembly } = globalThis as {
    readonly WebAssembly?: { readonly Module: new (bytes: Uint8Array) => object }
  }
  const { Module } = WebAssembly!
  lacking({
    Module: class {
      constructor(bytes: Uint8Array) {
        modules++
        return new Module(bytes)
      }
    },
  })
  expect(await compile((a: Tensor) => add(a, 41))(x).toArray()).toEqual([42, 43, 44])
  expect(modules).toBe(0)
  expect(await compile((a: Tensor) => add(a, 42))(x).toArray()).toEqual([43, 44, 45])
  expect(modules).toBe(1)
})
