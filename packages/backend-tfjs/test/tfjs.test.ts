import {
  add,
  broadcastTo,
  compile,
  erf,
  full,
  less,
  matmul,
  mean,
  mul,
  NeuriteError,
  relu,
  reshape,
  square,
  sub,
  tensor,
  tidy,
  transpose,
  valueAndGrad,
  where,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { conv2d, maxPool2d } from '@neurite/core/functional'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { tfjs } from '../src/index.js'

declare const console: { warn(...words: unknown[]): void }

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing thrown',
    (error: unknown) => (NeuriteError.isInstance(error) ? error.code : String(error)),
  )

const PLAIN = { transposeA: false, transposeB: false }

const host = (shape: readonly number[], seed: number): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(12.9898 * i + seed))
const make = (backend: Backend, shape: readonly number[], seed: number): Tensor =>
  tensor(host(shape, seed), { shape, backend })

/** What tfjs itself counts on an engine. */
function counts(engine: string): { tensors: number; bytes: number; buffers: number; data: number } {
  const { numTensors, numBytes, numDataBuffers } = tf.engine().state
  return { tensors: numTensors, bytes: numBytes, buffers: numDataBuffers, data: tf.findBackend(engine).numDataIds() }
}

afterEach(() => vi.restoreAllMocks())

describe.each(['cpu', 'wasm'] as const)('on the engine %s', (engine) => {
  test('memory agrees with what tfjs counts', async () => {
    const backend = await tfjs(engine)
    const before = counts(engine)
    const x = make(backend, [4, 5], 1)
    const y = tidy(() => matmul(x, reshape(x, [5, 4])))
    const after = counts(engine)
    expect(backend.memory()).toEqual({ buffers: 2, bytes: 4 * 20 + 4 * 16 })
    expect(after.tensors - before.tensors).toBe(2)
    expect(after.bytes - before.bytes).toBe(4 * 20 + 4 * 16)
    x.dispose()
    y.dispose()
    expect(counts(engine)).toEqual(before)
  })

  test('a convolutional network trains, and its steps leave nothing in the engine', async () => {
    const backend = await tfjs(engine)
    const x = make(backend, [4, 6, 6, 1], 1)
    const y = make(backend, [4, 2], 2)
    type Params = { filter: Tensor; weight: Tensor }
    const loss = ({ filter, weight }: Params): Tensor => {
      const image = maxPool2d(relu(conv2d(x, filter, { padding: 'same' })), { window: 2, strides: 2 })
      return mean(square(sub(matmul(reshape(image, [4, 18]), weight), y)))
    }
    const step = compile(
      (p: Params) => {
        const [value, g] = valueAndGrad(loss)(p)
        return {
          loss: value,
          p: { filter: sub(p.filter, mul(g.filter, 0.01)), weight: sub(p.weight, mul(g.weight, 0.01)) },
        }
      },
      { donate: [0] },
    )
    let p: Params = { filter: make(backend, [3, 3, 1, 2], 3), weight: make(backend, [18, 2], 4) }
    const losses: number[] = []
    let warm: unknown
    for (let i = 0; i < 100; i++) {
      const result = step(p)
      p = result.p
      losses.push(await result.loss.item())
      result.loss.dispose()
      warm ??= counts(engine)
      expect(counts(engine)).toEqual(warm)
    }
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
    for (const each of [x, y, p.filter, p.weight]) each.dispose()
    step.dispose()
  })

  test('10,000 steps leave the tensor counts unchanged', async () => {
    const backend = await tfjs(engine)
    const x = make(backend, [3], 1)
    const before = counts(engine)
    for (let i = 0; i < 10_000; i++) tidy(() => void relu(add(x, x)))
    expect(counts(engine)).toEqual(before)
    x.dispose()
  })

  test('10,000 compiled steps leave tf.memory() unchanged, and disposing of them all of it', async () => {
    const backend = await tfjs(engine)
    // tf.memory() would have tfjs choose, and start an engine anew.
    await tf.setBackend(engine)
    const x = make(backend, [3, 2], 1)
    const before = [tf.memory(), counts(engine)]
    const step = compile(
      (w: Tensor) => {
        const y = relu(matmul(x, w))
        const slope = where(less(0, y), y, 0)
        return { w: add(w, mul(matmul(transpose(x), slope), 0.01)), loss: mean(y), one: full([2], 1, { backend }) }
      },
      { donate: [0] },
    )
    let w = make(backend, [2, 2], 2)
    let warm: unknown
    for (let i = 0; i < 10_000; i++) {
      const next = step(w)
      w = next.w
      next.loss.dispose()
      next.one.dispose()
      warm ??= [tf.memory(), counts(engine)]
    }
    expect([tf.memory(), counts(engine)]).toEqual(warm)
    w.dispose()
    step.dispose()
    expect([tf.memory(), counts(engine)]).toEqual(before)
    x.dispose()
  })

  test('a backend that is disposed of takes along what its programs keep', async () => {
    const before = counts(engine)
    const backend = await tfjs(engine)
    const step = compile((w: Tensor) => where(less(0, w), w, 0))
    const w = make(backend, [2, 2], 1)
    step(w)
    expect(backend.memory().buffers).toBe(2)
    backend.dispose()
    expect(counts(engine)).toEqual(before)
    step.dispose()
    expect(counts(engine)).toEqual(before)
  })

  test('programs that are rewritten compute what they say', async () => {
    const backend = await tfjs(engine)
    const [row, column, square] = [make(backend, [1, 3], 1), make(backend, [3, 1], 2), make(backend, [3, 3], 3)]
    const f = (p: Tensor, q: Tensor, s: Tensor) => ({
      // Both operands are repeated: one of them has to stay so.
      both: add(broadcastTo(p, [3, 3]), broadcastTo(q, [3, 3])),
      same: mul(broadcastTo(p, [3, 3]), broadcastTo(p, [3, 3])),
      one: sub(s, broadcastTo(q, [3, 3])),
      chosen: where(less(s, 0), s, 2),
      outer: mul(matmul(q, p), -0.25),
      large: mul(matmul(q, p), 3),
      view: mul(reshape(s, [9]), 2),
      constant: full([2], 7, { backend }),
    })
    const compiled = compile(f, { donate: [2] })
    const expected = f(row, column, square)
    const got = compiled(row, column, square)
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
      expect(got[name].shape).toEqual(expected[name].shape)
      const [a, b] = [Array.from(await got[name].data()), Array.from(await expected[name].data())]
      a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 6))
    }
    backend.dispose()
  })

  test('an error inside a compiled program leaves nothing behind', async () => {
    const backend = await tfjs(engine)
    const f32 = (shape: readonly number[]) => ({ shape, dtype: 'float32' }) as const
    const before = counts(engine)
    const executable = backend.compile({
      inputs: [{ id: 0, role: 'argument', donated: true, ...f32([2, 3]) }],
      keys: 0,
      // Core would have refused these shapes.
      instructions: [
        { id: 1, primitive: 'exp', inputs: [0], params: {}, ...f32([2, 3]) },
        { id: 2, primitive: 'matmul', inputs: [1, 1], params: PLAIN, ...f32([2, 3]) },
      ],
      outputs: [2],
    })
    expect(() => executable.run([backend.upload(host([2, 3], 1), f32([2, 3]))], [])).toThrow()
    executable.dispose()
    expect(counts(engine)).toEqual(before)
  })

  test('an error inside a kernel leaves nothing behind', async () => {
    const backend = await tfjs(engine)
    const spec = { shape: [2, 3], dtype: 'float32' } as const
    const storage = backend.upload(host(spec.shape, 1), spec)
    const before = counts(engine)
    // Core would have refused these shapes: a second reshape fails after the first has made a view.
    const operands = [
      { storage, shape: [3, 2], dtype: 'float32' },
      { storage, shape: [7, 7], dtype: 'float32' },
    ] as const
    expect(() => backend.kernels.matmul(operands, PLAIN, { shape: [3, 7], dtype: 'float32' })).toThrow()
    expect(counts(engine)).toEqual(before)
    expect(tf.findBackend(engine).refCount(storage.dataId)).toBe(1)
    backend.release(storage)
  })
})

describe('beside other users of tfjs', () => {
  test('the active engine and the flags stay what they are', async () => {
    await tf.setBackend('cpu')
    const flag = tf.env().getBool('PROD')
    const backend = await tfjs('wasm')
    expect(tf.getBackend()).toBe('cpu')
    const x = make(backend, [3], 1)
    const y = add(x, x)
    expect(tf.getBackend()).toBe('cpu')
    expect(Array.from(tf.add([1], [2]).dataSync())).toEqual([3])
    expect(tf.env().getBool('PROD')).toBe(flag)
    for (const each of [x, y]) each.dispose()
  })

  test('two engines take turns in one program', async () => {
    const [a, b] = [await tfjs('cpu'), await tfjs('wasm')]
    const [x, y] = [make(a, [8], 1), make(b, [8], 1)]
    const results: number[][] = []
    for (let i = 0; i < 3; i++) {
      tidy(() => {
        results.push(Array.from(square(x).dataSync()), Array.from(square(y).dataSync()))
      })
    }
    for (const result of results) expect(result).toEqual(results[0])
    x.dispose()
    y.dispose()
  })

  test('a tf.tidy around the caller takes nothing away', async () => {
    const backend = await tfjs('cpu')
    let y: Tensor | undefined
    tf.tidy(() => {
      const x = make(backend, [2], 1)
      y = add(x, x)
      x.dispose()
    })
    expect(y!.dataSync().length).toBe(2)
    y!.dispose()
  })

  test('an engine that tfjs removes is missed by name', async () => {
    tf.registerBackend('short-lived', () => tf.findBackend('cpu'))
    tf.copyRegisteredKernels('cpu', 'short-lived')
    const backend = await tfjs('short-lived')
    const x = make(backend, [2], 1)
    delete tf.engine().registry['short-lived']
    expect(await codeOf(Promise.resolve().then(() => add(x, x)))).toBe('BACKEND_UNAVAILABLE')
    x.dispose()
  })

  test('no banner reaches the console', async () => {
    const warn = vi.spyOn(console, 'warn')
    const backend = await tfjs('cpu')
    make(backend, [2], 1).dispose()
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('what cannot run', () => {
  test('WebGL and WebGPU need a browser', async () => {
    await expect(tfjs('webgl')).rejects.toThrow('tfjs:webgl cannot run here: there is no WebGL here')
    await expect(tfjs('webgpu')).rejects.toThrow('tfjs:webgpu cannot run here: there is no WebGPU here')
    expect(await codeOf(tfjs('webgl'))).toBe('BACKEND_UNAVAILABLE')
  })

  test('an engine nobody registered', async () => {
    await expect(tfjs('fpga')).rejects.toThrow('tfjs knows no engine of this name')
  })

  test('an engine that fails to initialise says why', async () => {
    tf.registerBackend('broken', () => Promise.reject(new Error('no such device')))
    const warn = vi.spyOn(console, 'warn')
    await expect(tfjs('broken')).rejects.toThrow('the engine failed to initialise: no such device')
    expect(warn).not.toHaveBeenCalled()
  })

  test('wrong arguments', async () => {
    expect(await codeOf(tfjs(''))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(tfjs('cpu', { wasmPath: '/' } as object))).toBe('UNKNOWN_OPTION')
  })

  test('a lost WebGL context is a coded error', async () => {
    let lost = false
    const proxy = Object.create(tf.findBackend('cpu'), {
      gpgpu: { value: { gl: { isContextLost: () => lost } } },
    }) as tf.KernelBackend
    tf.registerBackend('losing', () => proxy)
    tf.copyRegisteredKernels('cpu', 'losing')
    const backend = await tfjs('losing')
    const x = make(backend, [2], 1)
    const reading = x.data()
    lost = true
    expect(await codeOf(reading)).toBe('DEVICE_LOST')
    expect(await codeOf(Promise.resolve().then(() => add(x, x)))).toBe('DEVICE_LOST')
    expect(await codeOf(tfjs('losing'))).toBe('BACKEND_UNAVAILABLE')
    x.dispose()
  })
})

// The last one: tfjs forgets the engine.
test('what lay on an engine that tfjs removed can be disposed of', async () => {
  const backend = await tfjs('wasm')
  const x = make(backend, [2], 1)
  const keeping = compile((w: Tensor) => where(less(0, w), w, 0))
  const y = keeping(x)
  const z = erf(x)
  tf.removeBackend('wasm')
  x.dispose()
  keeping.dispose()
  backend.dispose()
  expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
  for (const each of [y, z]) each.dispose()
})
