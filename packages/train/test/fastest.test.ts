import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, type Backend, type TypedArray } from '@neurite/core'
import { batchNorm, conv2d, dense, dropout, embedding, flatten, sequential } from '@neurite/nn'
import { adam } from '@neurite/optimizers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fastest } from '../src/index.js'

setDefaultBackend(cpu())
const model = sequential([dense(8, { activation: 'tanh' }), dropout(0.5), batchNorm(), dense(1)])
const options = { model, inputShape: [2], batchSize: 4, duration: 20 }

// A clock of our own: a test that waits for real time fails on a busy machine.
let clock = 0
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => (clock += 0.01))
})
afterEach(() => {
  vi.restoreAllMocks()
})

const quick = (): Backend => slower(0.05, 'cpu')

/** A backend whose steps take so long, and which says when it ends. */
function slower(milliseconds: number, name: string): Backend & { readonly ended: () => boolean } {
  const backend = cpu()
  const dispose = vi.fn(() => backend.dispose())
  const slow: Backend<TypedArray> & { readonly ended: () => boolean } = {
    ...backend,
    name,
    dispose,
    ended: () => dispose.mock.calls.length > 0,
    compile(program) {
      const executable = backend.compile(program)
      return {
        run(inputs, keys) {
          clock += milliseconds
          return executable.run(inputs, keys)
        },
        dispose: () => executable.dispose(),
      }
    },
  }
  return slow
}

test('the fastest is taken, the figures are told, and what it made itself and did not choose is disposed of', async () => {
  const made = slower(3, 'made')
  const given = slower(6, 'given')
  const found = await fastest([() => made, given, quick()], { ...options, optimizer: adam() })
  expect(found.backend.name).toBe('cpu')
  expect(found.measured.map(({ name, index }) => [name, index])).toEqual([
    ['cpu', 2],
    ['made', 0],
    ['given', 1],
  ])
  for (const { microseconds, steps } of found.measured) {
    expect(microseconds).toBeGreaterThan(0)
    expect(steps).toBeGreaterThan(0)
  }
  expect(found.measured[1]!.microseconds).toBeGreaterThanOrEqual(3000)
  expect(found.measured[2]!.microseconds).toBeGreaterThanOrEqual(6000)
  expect(found.reason).toMatch(/^cpu: a training step of 4 examples takes cpu .* µs, made .* µs, given .* µs\.$/)
  expect([made.ended(), given.ended()]).toEqual([true, false])
  expect(found.backend.memory()).toEqual({ buffers: 0, bytes: 0 })
})

test('of two that are equally fast the first is taken', async () => {
  const [a, b] = [slower(4, 'a'), slower(4, 'b')]
  expect((await fastest([b, a], options)).backend).toBe(b)
  expect((await fastest([a, b], options)).backend).toBe(a)
})

test('candidates that cannot run are told; promises are taken; if none is left, every reason is said', async () => {
  const broken = (): Promise<Backend> => Promise.reject(new Error('no such device'))
  const { backend, refused } = await fastest(
    [broken, Promise.reject(new Error('gone')), Promise.resolve(quick())],
    options,
  )
  expect(backend.name).toBe('cpu')
  expect(refused).toEqual([
    { index: 0, reason: 'no such device' },
    { index: 1, reason: 'gone' },
  ])
  await expect(fastest([broken], options)).rejects.toThrow(
    expect.objectContaining({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('candidate 0: no such device') as string,
    }),
  )
})

test('a model of indices gets indices', async () => {
  const words = sequential([embedding(5, 3), flatten(), dense(2)])
  expect((await fastest([quick()], { ...options, model: words, inputShape: [4] })).measured).toHaveLength(1)
})

test('mistakes of the caller are errors, not candidates that cannot run', async () => {
  await expect(fastest([], options)).rejects.toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  await expect(fastest([quick()], { ...options, duration: 0 })).rejects.toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  )
  // A window that is larger than the image.
  await expect(
    fastest([quick()], {
      ...options,
      model: sequential([conv2d(2, { kernelSize: 5 }), flatten()]),
      inputShape: [3, 3, 1],
    }),
  ).rejects.toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }))
  const controller = new AbortController()
  controller.abort()
  await expect(fastest([quick()], { ...options, signal: controller.signal })).rejects.toThrow(
    expect.objectContaining({ code: 'ABORTED' }),
  )
})
