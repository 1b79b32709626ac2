import { Worker } from 'node:worker_threads'
import { conformanceVitest } from '@neurite/conformance/vitest'
import { compile, matmul, relu, valueAndGrad, sum, type Backend, type Tensor } from '@neurite/core'
import { conv2d } from '@neurite/core/functional'
import { afterEach, expect, test, vi } from 'vitest'
import { wasm } from '../src/index.js'
import { Control } from '../src/threads/control.js'
import { of } from './support/waves.js'

conformanceVitest({ name: 'wasm, 2 threads', create: () => wasm({ threads: 2, maxMemory: 2 ** 28 }), runs: 10 })

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** Products of every way of lying, and a convolution with its gradients: large enough to be shared. */
async function work(backend: Backend): Promise<Float32Array[]> {
  const results: Tensor[] = []
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
  ] as const) {
    const a = of(transposeA ? [130, 101] : [101, 130], 1, backend)
    const b = of(transposeB ? [77, 130] : [130, 77], 2, backend)
    results.push(compile((x: Tensor, y: Tensor) => matmul(x, y, { transposeA, transposeB }))(a, b))
  }
  const image = of([7, 12, 12, 8], 3, backend)
  const filter = of([3, 3, 8, 16], 4, backend)
  const [loss, gradients] = compile((x: Tensor, w: Tensor) =>
    valueAndGrad(([p, q]: readonly [Tensor, Tensor]) => sum(relu(conv2d(p, q, { padding: 'same' }))))([x, w]),
  )(image, filter)
  results.push(loss, ...gradients)
  return Promise.all(results.map(async (each) => Float32Array.from(await each.data())))
}

test(
  'the bits are the same for any number of threads, and shares are really given away',
  { timeout: 60_000 },
  async () => {
    const run = vi.spyOn(Control.prototype, 'run')
    const expected = await work(await wasm())
    expect(run).not.toHaveBeenCalled()
    for (const threads of [2, 3, 5]) {
      const backend = await wasm({ threads })
      run.mockClear()
      expect(await work(backend)).toEqual(expected)
      expect(run.mock.calls.length).toBeGreaterThan(4)
      expect(run.mock.calls.some(([calls]) => calls.length === threads - 1)).toBe(true)
      backend.dispose()
    }
  },
)

test.each([
  // What would be left for the last thread is a product that the kernel takes for a thin one.
  [17, 300, 200, false, true],
  [17, 1, 40_000, true, false],
  [18, 3, 20_000, false, true],
  [33, 300, 200, false, false],
])('a product of %i rows, %i columns, %i products: the same bits for two threads', async (...product) => {
  const [m, n, k, transposeA, transposeB] = product
  const multiply = async (backend: Backend): Promise<number[]> => {
    const a = of(transposeA ? [k, m] : [m, k], 1, backend)
    const b = of(transposeB ? [n, k] : [k, n], 2, backend)
    return Array.from(await matmul(a, b, { transposeA, transposeB }).data())
  }
  const backend = await wasm({ threads: 2 })
  expect(await multiply(backend)).toEqual(await multiply(await wasm()))
  backend.dispose()
})

test('a thread that fails is an error, and the next job is like any other', async () => {
  const backend = await wasm({ threads: 2 })
  const real = Control.prototype.run
  vi.spyOn(Control.prototype, 'run').mockImplementationOnce(function (this: Control, calls, own) {
    // Far beyond the memory.
    return real.call(
      this,
      calls.map((call) => ({ ...call, args: call.args.map((value, i) => (i === 0 ? 2 ** 31 : value)) })),
      own,
    )
  })
  const multiply = (): Tensor => matmul(of([200, 200], 1, backend), of([200, 200], 2, backend))
  expect(multiply).toThrow(expect.objectContaining({ code: 'WORKER_FAILED' }))
  const alone = await wasm()
  expect([...(await multiply().data())]).toEqual([
    ...(await matmul(of([200, 200], 1, alone), of([200, 200], 2, alone)).data()),
  ])
  backend.dispose()
})

test('where memory cannot be shared, an error says what a page needs', async () => {
  vi.stubGlobal('SharedArrayBuffer', undefined)
  await expect(wasm({ threads: 2 })).rejects.toThrow(
    expect.objectContaining({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining('cross-origin isolated') as string,
    }),
  )
  await expect(wasm({ threads: 1 })).resolves.toBeDefined()
})

test('in a page, threads are workers from a blob, and a worker that is blocked is an error', async () => {
  /** A page's worker, on one of Node. */
  class PageWorker {
    readonly #worker: Worker
    constructor(text: string) {
      if (blocked) throw new Error('Refused to create a worker')
      this.#worker = new Worker(text, { eval: true })
    }
    postMessage(message: unknown): void {
      this.#worker.postMessage(message)
    }
    terminate(): void {
      void this.#worker.terminate()
    }
    addEventListener(event: string, listener: (value: object) => void): void {
      this.#worker.on(event, (data) => listener({ data: data as unknown }))
    }
  }
  let blocked = false
  const revoked = vi.fn()
  vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
  vi.stubGlobal('Worker', PageWorker)
  class TextBlob extends Blob {
    constructor(readonly parts: string[]) {
      super(parts)
    }
  }
  vi.stubGlobal('Blob', TextBlob)
  vi.stubGlobal('URL', {
    createObjectURL: ({ parts }: { parts: string[] }) => parts.join(''),
    revokeObjectURL: revoked,
  })
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  try {
    const backend = await wasm({ threads: 2 })
    const alone = await wasm()
    const expected = await matmul(of([200, 200], 1, alone), of([200, 200], 2, alone)).data()
    const run = vi.spyOn(Control.prototype, 'run')
    expect(await matmul(of([200, 200], 1, backend), of([200, 200], 2, backend)).data()).toEqual(expected)
    expect(run).toHaveBeenCalled()
    backend.dispose()
    vi.advanceTimersByTime(10_000)
    expect(revoked).toHaveBeenCalledTimes(1)
    blocked = true
    await expect(wasm({ threads: 2 })).rejects.toThrow(/its threads do not start \(Refused to create a worker\)/)
  } finally {
    vi.useRealTimers()
  }
})
