import { setDefaultBackend, tensor, type Backend, type Executable, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { batchNorm, compileOnce, dense, dropout, forwardOf, layer, sequential } from '../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

/** A backend that counts the programs it holds. */
function counted(): Backend & { readonly programs: () => number } {
  const backend: Backend = cpu()
  let programs = 0
  return {
    ...backend,
    programs: () => programs,
    compile(program): Executable {
      const executable = backend.compile!(program)
      programs++
      return {
        run: (inputs, keys) => executable.run(inputs, keys),
        dispose() {
          programs--
          executable.dispose()
        },
      }
    },
  }
}

const example = (backend: Backend, units = 3) => {
  const model = sequential([dense(units, { activation: 'tanh' }), dropout(0.5), batchNorm(), dense(2)])
  const made = model.init({ inputShape: [4], seed: units, backend })
  return { model, ...made }
}
const rows = (n: number, backend: Backend, dtype: 'float32' | 'float64' = 'float32'): Tensor =>
  tensor({ shape: [n, 4], data: Float64Array.from({ length: 4 * n }, (_, i) => Math.sin(i)) }, { dtype, backend })

describe('forwardOf', () => {
  test('is what apply gives outside training, for each number of rows, dtype and backend in turn', async () => {
    const [a, b] = [counted(), counted()]
    const model = sequential([dense(3, { activation: 'tanh' }), dropout(0.5), batchNorm(), dense(2)])
    const forward = forwardOf(model)
    expect(forwardOf(model)).toBe(forward)
    for (let round = 0; round < 2; round++)
      for (const backend of [a, b])
        for (const dtype of ['float32', 'float64'] as const)
          for (const n of [1, 5]) {
            const { params, state } = model.init({ inputShape: [4], dtype, backend })
            const x = rows(n, backend, dtype)
            const y = forward(params, state, x)
            expect(y.backend).toBe(backend)
            expect(await y.data()).toEqual(await model.apply(params, x, { state }).data())
          }
    expect([a.programs(), b.programs()]).toEqual([4, 4])
  })
  test('a model without state needs none; one with running statistics asks for them', () => {
    const plain = sequential([dense(2)])
    const { params } = plain.init({ inputShape: [4] })
    expect(forwardOf(plain)(params, undefined, tensor([[1, 2, 3, 4]])).shape).toEqual([1, 2])
    const tracked = example(cpu())
    expect(() =>
      forwardOf(tracked.model)(tracked.params, undefined, rows(1, tracked.params[0].weight.backend)),
    ).toThrow(/NOT_INITIALIZED/)
  })
  test('keeps a bounded number of programs, and none after dispose', () => {
    const backend = counted()
    const { model, params, state } = example(backend)
    const forward = forwardOf(model)
    for (let n = 1; n <= 20; n++) forward(params, state, rows(n, backend)).dispose()
    expect(backend.programs()).toBe(16)
    forward.dispose()
    expect(backend.programs()).toBe(0)
    expect(forward(params, state, rows(2, backend)).shape).toEqual([2, 2])
    expect(backend.programs()).toBe(1)
  })
  test('programs go when their model is collected, and not before', async () => {
    const backend = counted()
    const kept = example(backend)
    const forwardAlone = (() => {
      const { model, params, state } = example(backend, 5)
      const forward = forwardOf(model)
      forward(params, state, rows(1, backend)).dispose()
      return () => forward(params, state, rows(1, backend)).shape
    })()
    const { gc } = globalThis as { gc?: () => void }
    if (gc === undefined) throw new Error('run with --expose-gc')
    ;(() => {
      const { model, params, state } = example(backend, 7)
      forwardOf(model)(params, state, rows(1, backend)).dispose()
    })()
    forwardOf(kept.model)(kept.params, kept.state, rows(1, backend)).dispose()
    expect(backend.programs()).toBe(3)
    // Finalizers run between tasks, some time after a collection.
    await vi.waitFor(
      () => {
        gc()
        expect(backend.programs()).toBe(2)
      },
      { timeout: 10_000, interval: 5 },
    )
    let collections = 0
    await vi.waitFor(() => {
      gc()
      expect(++collections).toBe(5)
    })
    // The function alone keeps its model.
    expect(forwardAlone()).toEqual([1, 2])
    expect(kept.model.name).toBe('sequential')
  })
})

test('compileOnce traces once for each owner and signature', () => {
  const traced: string[] = []
  const named = compileOnce((owner: { name: string }, x: Tensor) => {
    traced.push(`${owner.name} ${x.shape.join()}`)
    return x
  })
  const [a, b] = [{ name: 'a' }, { name: 'b' }]
  for (const owner of [a, b, a, b]) for (const n of [1, 2]) named(owner)(tensor(new Float32Array(n)))
  expect(traced).toEqual(['a 1', 'a 2', 'b 1', 'b 2'])
})

test('layers of one part are models as well', async () => {
  const twice = layer({ name: 'twice', apply: (_, x) => x })
  expect(await forwardOf(twice)({}, undefined, tensor([[1, 2]])).toArray()).toEqual([[1, 2]])
})
