import { describe, expect, test } from 'vitest'
import { cpu } from '@neurite/backend-cpu'
import { tensor, tensorsIn, type Backend, type Executable, type NeuriteError } from '@neurite/core'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential } from '@neurite/nn'
import { adam, sgd } from '@neurite/optimizers'
import {
  accuracy,
  checkpoint,
  evaluate,
  fit,
  loadCheckpoint,
  memoryStore,
  predict,
  type FitOptions,
} from '../../src/index.js'

const ROWS = 203
const WIDTH = 7
const features = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(i) + (i % WIDTH))
const labels = Int32Array.from({ length: ROWS }, (_, i) => i % 3)
const data = {
  x: { shape: [ROWS, WIDTH], data: features },
  y: labels,
  sampleWeights: Float32Array.from({ length: ROWS }, (_, i) => 1 + (i % 4)),
}
/** Of x and y; weights come beside. */
const BYTES = 4 * ROWS * (WIDTH + 1)
const model = () => sequential([dense(6, { activation: 'tanh' }), batchNorm(), dropout(0.2), dense(3)])
const options = { loss: sparseCrossEntropy({ fromLogits: true }), optimizer: adam(), epochs: 3, seed: 4, batchSize: 8 }

/** The backend, the largest upload, how much lay on it at most, and the iterations of each call. */
function watched() {
  const base = cpu() as Backend
  const seen = { upload: 0, most: 0, counts: [] as number[] }
  const backend: Backend = {
    ...base,
    upload(array, spec) {
      seen.upload = Math.max(seen.upload, array.byteLength)
      const storage = base.upload(array, spec)
      seen.most = Math.max(seen.most, base.memory().bytes)
      return storage
    },
    compile(program): Executable {
      const { run, runMany, dispose } = base.compile(program)
      return {
        run,
        dispose,
        runMany(loop, count, inputs, keys) {
          seen.counts.push(count)
          return runMany!(loop, count, inputs, keys)
        },
      }
    },
  }
  return { backend, seen }
}

async function bitsOf(tree: unknown): Promise<number[][]> {
  return Promise.all(tensorsIn(tree).map(async (leaf) => [...(await leaf.data())]))
}

describe('data that is larger than maxBytesOnDevice', () => {
  const run = async (extra: Partial<FitOptions>, given: Parameters<typeof fit>[1] = data) => {
    const { backend, seen } = watched()
    const { params, state, optimizerState, history } = await fit(model(), given, { ...options, backend, ...extra })
    const { seconds: _, ...measured } = history
    const result = { bits: await bitsOf([params, state, optimizerState]), measured }
    for (const leaf of tensorsIn([params, state, optimizerState])) leaf.dispose()
    expect(backend.memory()).toEqual({ buffers: 0, bytes: 0 })
    return { result, seen }
  }

  test.each<[string, Partial<FitOptions>]>([
    ['plain', {}],
    ['told of each step', { onIteration: () => undefined, gradientNorm: true }],
    ['in float64', { dtype: 'float64' }],
    ['all at once', { batchSize: 'full' }],
    [
      'a share held back, metrics, classes weighed',
      { validation: 0.25, metrics: { accuracy }, classWeights: 'balanced', order: 'random' },
    ],
    ['other data for validation', { validation: data, metrics: { accuracy } }],
  ])('is learned as on the device, to the bit: %s', async (_, extra) => {
    const { result } = await run(extra)
    for (const maxBytesOnDevice of [0, BYTES - 1]) {
      const there = await run({ ...extra, maxBytesOnDevice })
      expect(there.result).toEqual(result)
    }
  })

  test('begins one byte beyond the limit, and lies there batch by batch', async () => {
    const within = await run({ maxBytesOnDevice: BYTES })
    expect(within.seen.upload).toBe(4 * ROWS * WIDTH)
    const beyond = await run({ maxBytesOnDevice: BYTES - 1, metrics: { accuracy }, onIteration: () => undefined })
    // Evaluation takes 256 rows at once: all there are. Steps take 8.
    expect(beyond.seen.upload).toBe(4 * ROWS * WIDTH)
    const alone = await run({ maxBytesOnDevice: BYTES - 1, onIteration: () => undefined })
    expect(alone.seen.upload).toBeLessThanOrEqual(4 * Math.max(8 * WIDTH, 6 * WIDTH))
    expect(alone.seen.most).toBeLessThan(within.seen.most - 4 * ROWS * WIDTH)
  })

  test('still makes many steps in one call, as many as a mebibyte of rows', async () => {
    const { seen } = await run({ maxBytesOnDevice: 0, epochs: 30 })
    expect(Math.max(...seen.counts)).toBeGreaterThan(4)
    const rows = 3000
    const wide = {
      x: { shape: [rows, 300], data: new Float32Array(rows * 300).map((_, i) => Math.sin(i)) },
      y: Int32Array.from({ length: rows }, (_, i) => i % 3),
    }
    const large = await run({ maxBytesOnDevice: 0, epochs: 3, batchSize: 200 }, wide)
    // 200 rows of 301 numbers are 240,800 bytes.
    expect(Math.max(...large.seen.counts)).toBeLessThanOrEqual(4)
    expect(large.seen.upload).toBeLessThanOrEqual(2 ** 20)
  })

  test('says where a loss failed as on the device', async () => {
    const failing = async (maxBytesOnDevice: number): Promise<Partial<NeuriteError>> => {
      const wild = { ...options, loss: mse, optimizer: sgd({ learningRate: 50 }), maxBytesOnDevice, backend: cpu() }
      const given = { x: data.x, y: features.subarray(0, ROWS) }
      const error = (await fit(sequential([dense(1)]), given, wild).catch((e: unknown) => e)) as NeuriteError
      // Which instruction it is depends on the program, which here has no gathering.
      const { params, state, optimizerState, position: _, ...details } = error.details
      const bits = await bitsOf([params, state, optimizerState])
      return { code: error.code, message: error.message, details: { ...details, bits } }
    }
    const error = await failing(0)
    expect(error.code).toBe('NON_FINITE')
    expect(error).toEqual(await failing(BYTES))
  })

  test('goes on from a checkpoint of a run with the data on the device, and the other way', async () => {
    const { result } = await run({ epochs: 4 })
    for (const [first, second] of [
      [0, BYTES],
      [BYTES, 0],
    ] as const) {
      const store = memoryStore()
      await run({ epochs: 2, maxBytesOnDevice: first, callbacks: [checkpoint(store)] })
      const resume = await loadCheckpoint(store)
      const resumed = await run({ epochs: 4, maxBytesOnDevice: second, resume })
      expect(resumed.result).toEqual(result)
    }
  })

  test('tensors stay where they are, and with features there the targets go there, too', async () => {
    const { result } = await run({})
    const { backend, seen } = watched()
    const x = tensor(data.x, { backend })
    const y = tensor(labels, { backend })
    seen.upload = 0
    for (const given of [
      { ...data, x, y },
      { ...data, x },
      { ...data, y },
    ]) {
      const made = await fit(model(), given, { ...options, backend, maxBytesOnDevice: 0 })
      expect(await bitsOf([made.params, made.state, made.optimizerState])).toEqual(result.bits)
    }
    expect(seen.upload).toBeLessThan(4 * ROWS * WIDTH)
    expect(x.isReleased || y.isReleased).toBe(false)
  })
})

test('predict sends what is on the host a batch at a time', async () => {
  const { backend, seen } = watched()
  const { params, state } = model().init({ inputShape: [WIDTH], backend })
  const whole = await predict(model(), params, data.x, { state })
  expect(seen.upload).toBe(4 * ROWS * WIDTH)
  seen.upload = 0
  const parts = await predict(model(), params, data.x, { state, batchSize: 10 })
  expect(seen.upload).toBe(4 * 10 * WIDTH)
  expect(await parts.toArray()).toEqual(await whole.toArray())
  const { loss } = await evaluate(model(), params, data, { state, loss: options.loss })
  const small = await evaluate(model(), params, data, { state, loss: options.loss, batchSize: 10 })
  expect(small.loss).toBeCloseTo(loss, 5)
})
