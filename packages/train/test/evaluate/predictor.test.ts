import { mul, setDefaultBackend, tensor, zeros, type Backend, type Executable, type Tree } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { batchNorm, conv2d, dense, embedding, flatten, graph, input, layer, unflatten, sequential } from '@neurite/nn'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { predict, predictor } from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

/** A device that can only answer later. */
function later(): Backend {
  const { readSync: _, ...backend }: Backend = cpu()
  return { ...backend, name: 'later', capabilities: { ...backend.capabilities, syncRead: false } }
}

/** A backend that counts the programs it holds, and whose programs can be made to fail. */
function watched() {
  const backend: Backend = cpu()
  const seen = { programs: 0, failing: false }
  const compile: Backend['compile'] = (program): Executable => {
    const executable = backend.compile(program)
    seen.programs++
    return {
      run(inputs, keys) {
        if (seen.failing) throw new Error('the device is gone')
        return executable.run(inputs, keys)
      },
      dispose() {
        seen.programs--
        executable.dispose()
      },
    }
  }
  return { backend: { ...backend, compile }, seen }
}

const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => Math.sin(3 * i))
const network = sequential([dense(8, { activation: 'tanh' }), dense(8, { activation: 'relu' }), dense(1)])
const models = {
  dense: { model: network, inputShape: [2], rows: numbers },
  'running statistics': { model: sequential([dense(3), batchNorm(), dense(2)]), inputShape: [2], rows: numbers },
  images: {
    model: sequential([
      conv2d(2, { kernelSize: 3, activation: 'relu' }),
      flatten(),
      dense(3, { activation: 'softmax' }),
    ]),
    inputShape: [5, 5, 1],
    rows: numbers,
  },
  'class indices': {
    model: sequential([embedding(5, 3), flatten(), dense(2)]),
    inputShape: [4],
    rows: (length: number) => Int32Array.from({ length }, (_, i) => (7 * i) % 5),
  },
  'an output that is reshaped': { model: sequential([dense(6), unflatten([2, 3])]), inputShape: [2], rows: numbers },
}

/** Other statistics than those of a fresh state. */
const moved = (state: Tree): Tree =>
  Array.isArray(state)
    ? state.map(moved)
    : Object.fromEntries(
        Object.entries(state).map(([name, leaf]) => [name, mul(leaf as ReturnType<typeof zeros>, 0.5)]),
      )

describe('gives what predict gives, to the bit', () => {
  for (const [backendName, make] of Object.entries({ cpu, later }))
    for (const dtype of ['float32', 'float64'] as const)
      for (const [name, { model, inputShape, rows }] of Object.entries(models))
        test(`${name}, ${dtype}, ${backendName}`, async () => {
          const backend: Backend = make()
          const { params, state: fresh } = model.init({ inputShape, seed: 3, dtype, backend })
          const state = moved(fresh)
          const before = backend.memory()
          const answers = predictor(model, params, { inputShape, state, batchSize: 3 })
          const width = inputShape.reduce((a, b) => a * b, 1)
          for (const n of [1, 2, 3, 7, 0, 1]) {
            const data = rows(n * width)
            using outputs = await predict(model, params, { shape: [n, ...inputShape], data }, { state, batchSize: 3 })
            const expected = await outputs.data()
            expect(await answers.predict(data)).toEqual(expected)
            expect(await answers.predict({ shape: [n, ...inputShape], data })).toEqual(expected)
            if (backend.capabilities.syncRead) expect(answers.predictSync(data)).toEqual(expected)
          }
          expect(backend.memory()).toEqual(before)
          answers.dispose()
          expect(backend.memory()).toEqual(before)
        })
  test('a model without params, which hands its input on', async () => {
    const x = input([2, 2])
    for (const model of [sequential([flatten()]), graph({ inputs: x, outputs: x })]) {
      const { params } = model.init({ inputShape: [2, 2] })
      const answers = predictor(model, params, { inputShape: [2, 2] })
      expect(answers.predictSync(Float32Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(1, 2, 3, 4))
      expect(await answers.predict([[[1, 2], [3, 4]]])).toEqual(Float32Array.of(1, 2, 3, 4)) // prettier-ignore
    }
  })
  test('a layer that closes over a tensor', async () => {
    const factor = tensor([10, 100])
    const model = sequential([dense(2), layer({ name: 'scaled', apply: (_, x) => mul(x, factor) })])
    const { params } = model.init({ inputShape: [2], seed: 1 })
    using outputs = await predict(model, params, [[1, 2]])
    expect(predictor(model, params).predictSync([[1, 2]])).toEqual(await outputs.data())
  })
  test('without inputShape rows come in their shape, whichever that is', async () => {
    const model = sequential([conv2d(2, { kernelSize: 3, padding: 'same' })])
    const { params } = model.init({ inputShape: [4, 4, 1] })
    const answers = predictor(model, params)
    for (const shape of [
      [1, 4, 4, 1],
      [2, 6, 5, 1],
    ]) {
      const x = { shape, data: numbers(shape.reduce((a, b) => a * b)) }
      using outputs = await predict(model, params, x)
      expect(answers.predictSync(x)).toEqual(await outputs.data())
    }
  })
})

describe('what it makes and holds', () => {
  const { backend, seen } = watched()
  const { params } = network.init({ inputShape: [2], backend })
  const rows = Float32Array.of(1, 2, 3, 4)

  test('no tensor a call, and a new array each', () => {
    const answers = predictor(network, params, { inputShape: [2] })
    const first = answers.predictSync(rows)
    const { id } = zeros([1])
    const second = answers.predictSync(rows)
    expect(zeros([1]).id).toBe(id + 1)
    expect(second).toEqual(first)
    expect(second).not.toBe(first)
    answers.dispose()
  })
  test('a bounded number of programs, none once disposed', async () => {
    const before = seen.programs
    const answers = predictor(network, params, { inputShape: [2] })
    for (let n = 1; n <= 20; n++) answers.predictSync(new Float32Array(2 * n))
    expect(seen.programs).toBe(before + 16)
    const latest = answers.predict(rows)
    answers.dispose()
    expect(seen.programs).toBe(before)
    expect(await latest).toHaveLength(2)
    expect(() => answers.predictSync(rows)).toThrow(/TENSOR_RELEASED/)
    await expect(answers.predict(rows)).rejects.toMatchObject({ code: 'TENSOR_RELEASED' })
  })
  test('params for itself: theirs may be disposed', () => {
    const own = network.init({ inputShape: [2], backend, seed: 5 })
    const { buffers } = backend.memory()
    {
      using answers = predictor(network, own.params, { inputShape: [2] })
      const expected = answers.predictSync(rows)
      for (const { weight, bias } of own.params) {
        weight.dispose()
        bias!.dispose()
      }
      expect(backend.memory().buffers).toBe(buffers)
      expect(answers.predictSync(rows)).toEqual(expected)
    }
    expect(backend.memory().buffers).toBe(buffers - 6)
  })
  test('programs until nobody can call it', async () => {
    const { gc } = globalThis as { gc?: () => void }
    if (gc === undefined) throw new Error('run with --expose-gc')
    const before = seen.programs
    const makeOne = () => {
      const { predictSync } = predictor(network, params, { inputShape: [2] })
      predictSync(rows)
      return predictSync
    }
    const predictSync = makeOne()
    makeOne()
    expect(seen.programs).toBe(before + 2)
    // Finalizers run between tasks, some time after a collection.
    const collect = (times: number) => {
      let collections = 0
      return vi.waitFor(
        () => {
          gc()
          expect(++collections).toBeGreaterThan(times)
          expect(seen.programs).toBe(before + 1)
        },
        { timeout: 10_000, interval: 5 },
      )
    }
    await collect(0)
    await collect(5)
    expect(predictSync(rows)).toHaveLength(2)
  })
  test('nothing, where a run fails', async () => {
    const answers = predictor(network, params, { inputShape: [2], batchSize: 1 })
    answers.predictSync(rows)
    const before = backend.memory()
    seen.failing = true
    expect(() => answers.predictSync(rows)).toThrow('the device is gone')
    await expect(answers.predict(rows)).rejects.toThrow('the device is gone')
    seen.failing = false
    expect(backend.memory()).toEqual(before)
  })
})

describe('refuses', () => {
  const { params } = network.init({ inputShape: [2], backend: cpu() })
  const flat = predictor(network, params, { inputShape: [2] })
  const shaped = predictor(network, params)
  const wrong = {
    'three numbers for rows of two': [flat, Float32Array.of(1, 2, 3), 'SHAPE_MISMATCH', /rows of shape \[2\].*2 a row/],
    'rows of three': [flat, [[1, 2, 3]], 'SHAPE_MISMATCH', /has shape \[1, 3\]/],
    'a single number': [flat, 1, 'SHAPE_MISMATCH', /has shape \[\]/],
    'flat numbers without inputShape': [shaped, [1, 2], 'SHAPE_MISMATCH', /dense/],
    'a number without inputShape': [shaped, 1, 'SHAPE_MISMATCH', /single number/],
    'ragged rows': [shaped, [[1, 2], [3]], 'SHAPE_MISMATCH', /ragged/],
    NaN: [flat, Float32Array.of(1, 2, NaN, 4), 'NON_FINITE', /row 1, column 0/],
    text: [flat, '1, 2', 'INVALID_ARGUMENT', /rows must be numbers/],
    nothing: [flat, undefined, 'INVALID_ARGUMENT', /undefined/],
    'a promise': [flat, Promise.resolve([1, 2]), 'INVALID_ARGUMENT', /await it/],
    'a tensor': [flat, params[0].weight, 'INVALID_ARGUMENT', /await x\.toHost\(\)/],
  } as const
  for (const [name, [answers, rows, code, message]] of Object.entries(wrong))
    test(name, async () => {
      const refused = await answers.predict(rows as never).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code, message: expect.stringMatching(message) as string })
      expect(() => answers.predictSync(rows as never)).toThrow(expect.objectContaining({ code }) as Error)
    })
  test('predictSync where a device answers later', () => {
    const backend = later()
    const slow = predictor(network, network.init({ inputShape: [2], backend }).params, { inputShape: [2] })
    expect(() => slow.predictSync([1, 2])).toThrow(/NOT_SUPPORTED/)
  })
  test('params on two backends', () => {
    const [one, other] = [cpu(), cpu()].map((backend) => network.init({ inputShape: [2], backend }).params)
    const mixed = predictor(network, [one![0], other![1], one![2]], { inputShape: [2] })
    expect(() => mixed.predictSync([1, 2])).toThrow(/MIXED_BACKENDS/)
  })
  test('options', () => {
    const make = (options: object) => () => predictor(network, params, options)
    expect(make({ inputShap: [2] })).toThrow(/Did you mean 'inputShape'/)
    for (const options of [{ inputShape: 2 }, { inputShape: [0] }, { batchSize: 0 }, { state: 'none' }])
      expect(make(options), JSON.stringify(options)).toThrow(/INVALID_ARGUMENT/)
  })
})
