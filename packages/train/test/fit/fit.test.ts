import {
  abs,
  disposeTree,
  exp,
  key,
  mean,
  mul,
  randomUniform,
  setDefaultBackend,
  sqrt,
  sub,
  tensor,
  tensorsIn,
  type Backend,
  type Tensor,
} from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { kFold, takeRows, timeSeriesSplit } from '@neurite/data'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { activation, batchNorm, dense, dropout, layer, sequential, type Layer } from '@neurite/nn'
import { zeros } from '@neurite/nn/initializers'
import { adam, sgd, stepDecay, type Optimizer } from '@neurite/optimizers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  accuracy,
  checkpoint,
  earlyStopping,
  evaluate,
  fit,
  loadCheckpoint,
  meanAbsoluteError,
  memoryStore,
  predict,
  r2,
  type FitOptions,
} from '../../src/index.js'
import { slow } from '../support/slow.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const line = { x: [[0], [1], [2], [3], [4], [5]], y: [1, 3, 5, 7, 9, 11] }
const blobs = (rows: number): { x: number[][]; y: Int32Array } => ({
  x: Array.from({ length: rows }, (_, i) => [(i % 3) + 0.1 * Math.sin(i), ((i % 3) - 1) ** 2 + 0.1 * Math.cos(i)]),
  y: Int32Array.from({ length: rows }, (_, i) => i % 3),
})

const bytes = async (tree: unknown): Promise<number[]> => {
  const parts = await Promise.all(tensorsIn(tree).map((leaf) => leaf.data()))
  return parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)])
}

describe('what fit learns', () => {
  test('a line, from nested arrays and targets of one axis', async () => {
    const model = sequential([dense(1)])
    const { params, stoppedBy, epochs } = await fit(model, line, {
      loss: mse,
      optimizer: adam({ learningRate: 0.1 }),
      epochs: 500,
      batchSize: 'full',
    })
    expect(stoppedBy).toBe('epochs')
    expect(epochs).toBe(500)
    const [{ weight, bias }] = params as readonly [{ weight: Tensor; bias: Tensor }]
    expect(await weight.item()).toBeCloseTo(2, 1)
    expect(await bias.item()).toBeCloseTo(1, 1)
    const prediction = await predict(model, params, [[10]])
    expect(await prediction.item()).toBeCloseTo(21, 0)
  })

  test("the same from tensors, which stay the caller's", async () => {
    const model = sequential([dense(1)])
    const options: FitOptions = { loss: mse, optimizer: sgd({ learningRate: 0.01 }), epochs: 3 }
    const x = tensor(line.x)
    const y = tensor(line.y.map((value) => [value]))
    const a = await fit(model, { x, y }, options)
    const b = await fit(model, line, options)
    expect(await bytes(a.params)).toEqual(await bytes(b.params))
    expect(x.isReleased || y.isReleased).toBe(false)
  })

  test('class indices stay whole numbers', async () => {
    const model = sequential([dense(8, { activation: 'tanh' }), dense(3)])
    const data = blobs(60)
    const { params, history } = await fit(model, data, {
      loss: sparseCrossEntropy({ fromLogits: true }),
      optimizer: adam({ learningRate: 0.05 }),
      epochs: 40,
      metrics: { accuracy },
    })
    expect(history.accuracy.at(-1)).toBe(1)
    const report = await evaluate(
      model,
      params,
      { x: data.x, y: [...data.y] },
      { loss: sparseCrossEntropy({ fromLogits: true }), metrics: { accuracy } },
    )
    expect(report).toEqual({ loss: expect.closeTo(history.loss.at(-1)!, 1) as number, accuracy: 1 })
  })

  test('in float64 where asked', async () => {
    const { params } = await fit(sequential([dense(1)]), line, {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 1,
      dtype: 'float64',
    })
    expect(tensorsIn(params).map(({ dtype }) => dtype)).toEqual(['float64', 'float64'])
  })

  test('running statistics are threaded through, and evaluate asks for them', async () => {
    const model = sequential([batchNorm(), dense(1)])
    const { params, state } = await fit(model, line, {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 20,
      batchSize: 2,
    })
    const { movingMean } = Object.values(state)[0] as { movingMean?: Tensor }
    expect(tensorsIn(state).length).toBeGreaterThan(0)
    if (movingMean !== undefined) expect(await movingMean.item()).not.toBe(0)
    await expect(predict(model, params, line.x)).rejects.toMatchObject({ code: 'NOT_INITIALIZED' })
    expect((await predict(model, params, line.x, { state })).shape).toEqual([6, 1])
  })
})

describe('the same seed gives the same bytes', () => {
  const run = (seed: number, rows = 50): Promise<number[]> => {
    const model = sequential([dense(6, { activation: 'relu' }), dropout(0.3), dense(3)])
    const data = blobs(rows)
    return fit(model, data, {
      loss: sparseCrossEntropy({ fromLogits: true }),
      optimizer: adam(),
      epochs: 3,
      batchSize: 8,
      validation: 0.2,
      seed,
    }).then(({ params }) => bytes(params))
  }
  test('seed 7, twice', async () => expect(await run(7)).toEqual(await run(7)))
  test('seed 0 is a seed', async () => {
    const zero = await run(0)
    expect(zero).toEqual(await run(0))
    expect(zero).not.toEqual(await run(1))
  })
  test('params are those of model.init with the seed before the first step', async () => {
    const model = sequential([dense(2)])
    const { params } = model.init({ inputShape: [1], seed: 5 })
    const trained = await fit(
      model,
      { x: line.x, y: line.y.map((v) => [v, v]) },
      { loss: mse, optimizer: sgd({ learningRate: 0 }), epochs: 1, seed: 5 },
    )
    expect(await bytes(trained.params)).toEqual(await bytes(params))
  })
})

test('a batch size beyond the rows, or beyond what validation leaves, is all of them in one batch', async () => {
  for (const validation of [undefined, 0.5]) {
    const options: FitOptions = {
      ...{ loss: mse, optimizer: sgd(), epochs: 2 },
      ...(validation !== undefined && { validation }),
    }
    const all = await fit(sequential([dense(1)]), line, { ...options, batchSize: 'full' })
    const large = await fit(sequential([dense(1)]), line, { ...options, batchSize: 64 })
    expect(large.iterations).toBe(2)
    expect(await bytes(large.params)).toEqual(await bytes(all.params))
  }
})

describe('folds and groups', () => {
  const options: FitOptions = { loss: mse, optimizer: sgd(), epochs: 2, batchSize: 2, seed: 4 }
  const model = sequential([dense(1)])
  test('a fold trains and is judged as its rows alone, for kFold and timeSeriesSplit', async () => {
    for (const fold of [kFold(6, { folds: 3, seed: 1 })[1]!, timeSeriesSplit(6, { folds: 2 })[0]!]) {
      const taken = (rows: Int32Array) => ({ x: takeRows(line.x, rows), y: takeRows(line.y, rows) })
      const alone = await fit(model, taken(fold.trainIndices), { ...options, validation: taken(fold.testIndices) })
      const result = await fit(model, line, { ...options, validation: fold })
      expect(await bytes(result.params)).toEqual(await bytes(alone.params))
      expect(result.history.valLoss).toEqual(alone.history.valLoss)
      expect(result.split).toEqual({ trainIndices: fold.trainIndices, validationIndices: fold.testIndices })
    }
  })
  test('no group is on both sides', async () => {
    const groups = ['ann', 'bob', 'ann', 'cleo', 'bob', 'cleo']
    for (const seed of [0, 1, 2, 3]) {
      const { split } = await fit(model, line, { ...options, seed, validation: 0.3, groups })
      const [train, test] = [split.trainIndices, split.validationIndices].map((rows) =>
        [...rows].map((row) => groups[row]),
      )
      expect(train!.filter((group) => test!.includes(group))).toEqual([])
      expect(split.validationIndices).toHaveLength(2)
    }
  })
  test.each<[string, Partial<FitOptions>, RegExp]>([
    [
      'a row that is in both',
      { validation: { trainIndices: Int32Array.of(0, 1), testIndices: Int32Array.of(1) } },
      /trains with row 1, which it also tests/,
    ],
    [
      'a row that there is not',
      { validation: { trainIndices: Int32Array.of(0, 6), testIndices: Int32Array.of(1) } },
      /has row 6, the data has 6 rows: 0 to 5/,
    ],
    [
      'an empty part',
      { validation: { trainIndices: Int32Array.of(0), testIndices: Int32Array.of() } },
      /needs rows in both of its parts/,
    ],
    [
      'groups without a share',
      { groups: ['a', 'b', 'a', 'b', 'a', 'b'] },
      /groups decide how a validation share is drawn/,
    ],
    [
      'groups and classes',
      { validation: 0.5, groups: [1, 2, 1, 2, 1, 2], stratify: [1, 2, 1, 2, 1, 2] },
      /stratify and groups exclude each other/,
    ],
  ])('%s is refused', async (_, more, says) => {
    await expect(fit(model, line, { ...options, ...more })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(says) as string,
    })
  })
  test('a source has no folds', async () => {
    const [fold] = kFold(6, { folds: 2 })
    await expect(
      fit(model, { batches: () => [line] }, { loss: mse, optimizer: sgd(), epochs: 1, validation: fold! }),
    ).rejects.toThrow(/a share of a source cannot be held back/)
  })
})

describe('validation', () => {
  test('a share is drawn after shuffling, is disjoint from training, and is told', async () => {
    const data = blobs(90)
    const sorted = { x: data.x.map((row) => row), y: Int32Array.from(data.y).sort() }
    const { split, history } = await fit(sequential([dense(3)]), sorted, {
      loss: sparseCrossEntropy({ fromLogits: true }),
      optimizer: sgd(),
      epochs: 2,
      validation: 0.2,
      metrics: { accuracy },
    })
    expect(split.trainIndices).toHaveLength(72)
    expect(split.validationIndices).toHaveLength(18)
    expect(new Set([...split.trainIndices, ...split.validationIndices]).size).toBe(90)
    // The tail would be one class only.
    expect(new Set([...split.validationIndices].map((row) => sorted.y[row])).size).toBe(3)
    expect(Object.keys(history).sort()).toEqual([
      'accuracy',
      'learningRate',
      'loss',
      'seconds',
      'valAccuracy',
      'valLoss',
    ])
    expect(history.valLoss).toHaveLength(2)
  })
  test('with stratify, in proportion', async () => {
    const data = blobs(90)
    const { split } = await fit(sequential([dense(3)]), data, {
      loss: sparseCrossEntropy({ fromLogits: true }),
      optimizer: sgd(),
      epochs: 1,
      validation: 0.2,
      stratify: data.y,
    })
    const counts = [0, 1, 2].map((c) => [...split.validationIndices].filter((row) => data.y[row] === c).length)
    expect(counts).toEqual([6, 6, 6])
  })
  test('rows left out do not influence params', async () => {
    const options: FitOptions = {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 3,
      validation: 0.34,
      seed: 3,
    }
    const model = sequential([dense(1)])
    const first = await fit(model, line, options)
    const y = [...line.y]
    for (const row of first.split.validationIndices) y[row] = 1000
    const second = await fit(model, { x: line.x, y }, options)
    expect(await bytes(second.params)).toEqual(await bytes(first.params))
    expect(second.history.valLoss[0]).toBeGreaterThan(first.history.valLoss[0]! * 10)
  })
  test('data of its own; its loss is that of evaluate', async () => {
    const model = sequential([dense(1)])
    const other = { x: [[6], [7], [8]], y: [13, 15, 17] }
    const { params, history } = await fit(model, line, {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 4,
      validation: other,
      metrics: { r2 },
    })
    const report = await evaluate(model, params, other, { loss: mse, metrics: { r2 } })
    expect(history.valLoss.at(-1)).toBeCloseTo(report.loss, 6)
    expect(history.valR2.at(-1)).toBeCloseTo(report.r2, 6)
  })
  test('the loss of a whole set does not depend on how it is cut into batches', async () => {
    const model = sequential([dense(3)])
    const data = blobs(50)
    const weighted = { ...data, sampleWeights: Float64Array.from({ length: 50 }, (_, i) => i % 4) }
    const { params } = model.init({ inputShape: [2], seed: 1 })
    for (const set of [data, weighted]) {
      for (const loss of [
        sparseCrossEntropy({ fromLogits: true }),
        sparseCrossEntropy({ fromLogits: true, reduction: 'sum' }),
      ]) {
        const whole = await evaluate(model, params, set, { loss })
        const parts = await evaluate(model, params, set, { loss, batchSize: 7 })
        expect(parts.loss).toBeCloseTo(whole.loss, 4)
      }
    }
  })
})

describe('weights', () => {
  test('a sample weight of 0 is as if the row were not there', async () => {
    const model = sequential([dense(1)])
    const options: FitOptions = {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 5,
      batchSize: 'full',
      order: 'cyclic',
      dtype: 'float64',
    }
    const with0 = await fit(
      model,
      { x: [...line.x, [50]], y: [...line.y, -1000], sampleWeights: [1, 1, 1, 1, 1, 1, 0] },
      options,
    )
    const without = await fit(model, line, options)
    expect(with0.history.loss.at(-1)).toBeCloseTo(without.history.loss.at(-1)!, 10)
    const weighted = { x: [[1], [50], [2]], y: [3, -1000, 4], sampleWeights: [1, 0, 1] }
    const measures = { loss: mse, metrics: { r2, meanAbsoluteError } }
    const report = await evaluate(model, with0.params, weighted, measures)
    const plain = await evaluate(model, with0.params, { x: [[1], [2]], y: [3, 4] }, measures)
    for (const name of ['loss', 'r2', 'meanAbsoluteError'] as const) expect(report[name]).toBeCloseTo(plain[name], 10)
  })
  test('balanced class weights are rows / (classes * rows of the class)', async () => {
    const model = sequential([dense(2)])
    const data = { x: [[0], [1], [2], [3]], y: Int32Array.of(0, 0, 0, 1) }
    const options: FitOptions = {
      loss: sparseCrossEntropy({ fromLogits: true }),
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 3,
      order: 'cyclic',
      dtype: 'float64',
    }
    const balanced = await fit(model, data, { ...options, classWeights: 'balanced' })
    const byHand = await fit(model, data, { ...options, classWeights: { 0: 4 / 6, 1: 4 / 2 } })
    const asSamples = await fit(model, { ...data, sampleWeights: [2 / 3, 2 / 3, 2 / 3, 2] }, options)
    expect(await bytes(balanced.params)).toEqual(await bytes(byHand.params))
    expect(await bytes(balanced.params)).toEqual(await bytes(asSamples.params))
    expect(await bytes(balanced.params)).not.toEqual(await bytes((await fit(model, data, options)).params))
  })
})

describe('regularizers', () => {
  test('of layers pull on the weights, and count in the training loss alone', async () => {
    const strong = sequential([dense(1, { regularizer: { l2: 10 } })])
    const options: FitOptions = {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 200,
      batchSize: 'full',
      validation: line,
    }
    const pulled = await fit(strong, line, options)
    const free = await fit(sequential([dense(1)]), line, options)
    const weight = async (tree: unknown) => (await tensorsIn(tree)[0]!.data())[0]!
    expect(Math.abs(await weight(pulled.params))).toBeLessThan(Math.abs(await weight(free.params)) / 2)
    const penalty = 10 * (await weight(pulled.params)) ** 2
    expect(pulled.history.loss.at(-1)! - pulled.history.valLoss.at(-1)!).toBeCloseTo(penalty, 2)
  })
})

describe('memory', () => {
  test('200 fits leave nothing behind once results are disposed', async () => {
    const x = randomUniform(key(1), [12, 2])
    const y = randomUniform(key(2), [12, 1])
    const before = backend.memory()
    for (let i = 0; i < 200; i++) {
      const result = await fit(
        sequential([dense(1)]),
        { x, y },
        { loss: mse, optimizer: sgd({ momentum: 0.9 }), epochs: 2, batchSize: 5, validation: 2 / 12, seed: i },
      )
      disposeTree(result)
    }
    expect(backend.memory()).toEqual(before)
  })
  test('nor do fits whose start finds no memory, wherever it fails', async () => {
    for (let room = 0; ; room++) {
      const base: Backend = cpu()
      const limited = <F extends (...args: never[]) => object>(make: F): F =>
        ((...args) => {
          if (base.memory().buffers >= room) throw new Error('no memory')
          return make(...args)
        }) as F
      const { full } = base.kernels
      const small: Backend = {
        ...base,
        upload: limited((data, spec) => base.upload(data, spec)),
        kernels: { ...base.kernels, full: limited(full) },
      }
      const options = { loss: mse, optimizer: adam(), epochs: 1, batchSize: 4, backend: small }
      const failed = await fit(sequential([dense(2), batchNorm(), dense(1)]), line, options).then(
        (result) => (disposeTree(result), false),
        (error: Error) => error.message,
      )
      expect(base.memory().buffers, `room for ${room}`).toBe(0)
      if (failed === false) break
      expect(failed).toBe('no memory')
      expect(room).toBeLessThan(200)
    }
  })
  test('nor do fits that fail', async () => {
    const before = backend.memory()
    const failing = { name: 'failing', onEpochEnd: () => Promise.reject(new Error('disk full')) }
    await expect(
      fit(sequential([dense(1)]), line, { loss: mse, optimizer: adam(), epochs: 2, callbacks: [failing] }),
    ).rejects.toThrow('disk full')
    await expect(
      fit(sequential([dense(1)]), { x: line.x, y: [1, 2] }, { loss: mse, optimizer: adam(), epochs: 2 }),
    ).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
    await expect(
      fit(
        sequential([dense(2)]),
        { x: line.x, y: line.y.map((v) => [v, v, v]) },
        { loss: mse, optimizer: adam(), epochs: 2 },
      ),
    ).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
    expect(backend.memory()).toEqual(before)
  })
  test('params given stay as they were', async () => {
    const model = sequential([dense(1)])
    const { params } = model.init({ inputShape: [1], seed: 9 })
    const before = await bytes(params)
    await fit(model, line, { loss: mse, optimizer: sgd({ learningRate: 0.01 }), epochs: 3, params })
    expect(await bytes(params)).toEqual(before)
  })
})

describe('an init that throws leaves nothing behind', () => {
  const fails = (): never => {
    throw new Error('no init')
  }
  const broken = layer({
    name: 'broken',
    parameters: (shape) => ({ good: { shape, initializer: zeros }, bad: { shape, initializer: fails } }),
    apply: (_, x) => x,
  })
  const good: FitOptions = { loss: mse, optimizer: adam(), epochs: 1 }
  const late: Optimizer = {
    ...adam(),
    init: (params) => {
      adam().init(params)
      return fails()
    },
  }
  const cases: [string, Layer, Partial<FitOptions>][] = [
    ['of a layer', sequential([dense(2), broken]), {}],
    ['of an optimizer', sequential([dense(1)]), { optimizer: late }],
    ['of an optimizer, beside params of the caller', sequential([dense(1)]), { optimizer: late, params: [{}] }],
  ]
  test.each(cases)('%s', async (_, model, more) => {
    const before = backend.memory().buffers
    const params = more.params && model.init({ inputShape: [1] }).params
    const held = backend.memory().buffers
    const store = memoryStore()
    const own = { ...good, ...more, ...(params && { params }) }
    await expect(fit(model, line, own)).rejects.toThrow('no init')
    expect(backend.memory().buffers).toBe(held)
    disposeTree(params)
    const saved = sequential([dense(1)])
    disposeTree(await fit(saved, line, { ...good, callbacks: [checkpoint(store)] }))
    const resume = await loadCheckpoint(store)
    const names = ['model', 'optimizer'] as const
    const { params: _params, ...others } = more
    await expect(fit(model, line, { ...good, ...others, resume, resumeDespite: names })).rejects.toThrow('no init')
    expect(backend.memory().buffers).toBe(before)
  })
})

describe('events', () => {
  test('an iteration tells loss, rate, speed and, where asked, the gradient norm', async () => {
    const seen: unknown[] = []
    await fit(sequential([dense(1)]), line, {
      loss: mse,
      optimizer: sgd({ learningRate: 0.25 }),
      epochs: 2,
      batchSize: 4,
      gradientNorm: true,
      onIteration: (event) => void seen.push(event),
    })
    expect(seen).toHaveLength(4)
    expect(seen[2]).toEqual({
      epoch: 1,
      iteration: 2,
      loss: expect.any(Number) as number,
      gradientNorm: expect.any(Number) as number,
      learningRate: 0.25,
      samplesPerSecond: expect.any(Number) as number,
    })
  })
  test('the speed is that of the clock', async () => {
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 4))
    const speeds: number[] = []
    try {
      await fit(sequential([dense(1)]), line, {
        loss: mse,
        optimizer: sgd(),
        epochs: 1,
        batchSize: 4,
        onIteration: ({ samplesPerSecond }) => void speeds.push(samplesPerSecond),
      })
    } finally {
      clock.mockRestore()
    }
    // Rows so far, within 4 ms for each look at the clock, of which there is at least one.
    expect(speeds).toHaveLength(2)
    speeds.forEach((speed, i) => {
      const looks = [4, 6][i]! / (0.004 * speed)
      expect(looks).toBeGreaterThanOrEqual(1)
      expect(looks).toBeCloseTo(Math.round(looks), 9)
    })
  })
  test('the gradient norm is that of the batch', async () => {
    // w = 0 and b = 0: d(mean (w x + b - y)^2) = (-2 mean(x y), -2 mean(y)) = (-6, -4)
    let norm = 0
    const params = [{ weight: tensor([[0]]), bias: tensor([0]) }] as const
    await fit(
      sequential([dense(1)]),
      { x: [[1], [2]], y: [2, 2] },
      {
        loss: mse,
        optimizer: sgd(),
        epochs: 1,
        params,
        gradientNorm: true,
        onIteration: (event) => void (norm = event.gradientNorm!),
      },
    )
    expect(norm).toBeCloseTo(Math.hypot(6, 4), 5)
  })
  test('the event loop gets turns while training runs', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const x = randomUniform(key(1), [512, 16])
    const y = randomUniform(key(2), [512, 1])
    await fit(
      sequential([dense(64, { activation: 'tanh' }), dense(64, { activation: 'tanh' }), dense(1)]),
      { x, y },
      {
        loss: mse,
        optimizer: adam(),
        epochs: 10_000,
        batchSize: 64,
        onEpoch: (_event) => undefined,
        callbacks: [
          {
            name: 'until turns',
            onEpochEnd: (_event, run) => {
              if (turns >= 3) run.stop('turns')
            },
          },
        ],
      },
    ).then(({ stoppedBy }) => expect(stoppedBy).toBe('turns'))
    clearInterval(timer)
  })
})

test('the length of gradients whose squares overflow is told', async () => {
  const norms: (number | undefined)[] = []
  await fit(
    sequential([dense(1, { useBias: false })]),
    { x: [[3e20, 4e20]], y: [0] },
    {
      ...{ loss: (p: Tensor) => mean(p), optimizer: sgd({ learningRate: 1e-30 }), epochs: 1, gradientNorm: true },
      onIteration: ({ gradientNorm }) => void norms.push(gradientNorm),
    },
  )
  expect(norms).toEqual([expect.closeTo(5e20, -14)])
})

describe('abort', () => {
  test('before training is an error, as with fetch', async () => {
    await expect(
      fit(sequential([dense(1)]), line, { loss: mse, optimizer: sgd(), epochs: 1, signal: AbortSignal.abort('no') }),
    ).rejects.toMatchObject({ code: 'ABORTED', cause: 'no' })
  })
  test('during training ends it between two steps, and nothing is lost', async () => {
    const controller = new AbortController()
    const result = await fit(sequential([dense(1)]), line, {
      loss: mse,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 100,
      batchSize: 2,
      signal: controller.signal,
      onIteration: ({ iteration }) => {
        if (iteration === 6) controller.abort()
      },
    })
    expect(result).toMatchObject({ stoppedBy: 'signal', epochs: 2, iterations: 7 })
    expect(result.history.loss).toHaveLength(2)
    expect(await (result.params as readonly [{ weight: Tensor }])[0].weight.item()).toEqual(expect.any(Number))
  })
  test('reaches a busy run from a timer', async () => {
    const x = randomUniform(key(1), [256, 8])
    const y = randomUniform(key(2), [256, 1])
    const result = await fit(
      sequential([dense(32), dense(1)]),
      { x, y },
      {
        loss: mse,
        optimizer: sgd({ learningRate: 1e-4 }),
        epochs: 1e9,
        batchSize: 16,
        signal: AbortSignal.timeout(120),
      },
    )
    expect(result.stoppedBy).toBe('signal')
  })
})

describe('a loss that is not finite', () => {
  const explode = (more: Partial<FitOptions>) =>
    fit(
      sequential([dense(1)]),
      { x: line.x.map(([v]) => [v! * 1e6]), y: line.y },
      { loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 50, batchSize: 3, order: 'cyclic', ...more },
    )
  test('names epoch, iteration, rows, operation and likely causes, and gives the params before', async () => {
    const error: unknown = await explode({}).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'NON_FINITE' })
    const { message, details } = error as Error & {
      details: {
        epoch: number
        iteration: number
        rows: number[]
        primitive: string
        params: readonly [{ weight: Tensor }]
      }
    }
    expect(message).toMatch(
      /epoch \d+, iteration \d+ \(rows (0, 1, 2|3, 4, 5)\) .*'\w+' in (gradient of )?(sequential\[0\] dense|the loss|the optimizer): .*The learning rate was 0\.100\. The gradient's norm was \S+\. .*unscaled features \(they reach \d\.00e\+6.*learning rate/s,
    )
    expect(details.primitive).not.toBe('input')
    expect(details).toMatchObject({
      learningRate: expect.closeTo(0.1, 6) as number,
      gradientNorm: expect.any(Number) as number,
    })
    expect(Number.isFinite(await details.params[0].weight.item())).toBe(true)
  })
  test('names the layer, the rate of a schedule, and the norm of the gradient', async () => {
    const before = backend.memory().buffers
    const steep = sequential([dense(2), activation((h) => exp(mul(h, 100))), dense(1)])
    const params = [
      { weight: tensor([[1, -1]]), bias: tensor([0, 0]) },
      {},
      { weight: tensor([[1], [1]]), bias: tensor([0]) },
    ]
    const options: FitOptions = {
      ...{ loss: mse, optimizer: sgd({ learningRate: stepDecay({ initial: 0.5, every: 1, factor: 0.1 }) }) },
      ...{ epochs: 1, order: 'cyclic', batchSize: 1, params },
    }
    const error: unknown = await fit(steep, { x: [[0], [9]], y: [2, 2] }, options).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringMatching(
        /iteration 1 .*is 'exp' in sequential\[1\] activation: Infinity .*The learning rate was 0\.0500\. The gradient's norm was \d+(\.\d+)?\. /,
      ) as string,
      details: { scope: 'sequential[1] activation', learningRate: expect.closeTo(0.05, 6) as number },
    })
    const { details } = error as { details: { params: unknown; state: unknown; optimizerState: unknown } }
    disposeTree([details.params, details.state, details.optimizerState, params])
    expect(backend.memory().buffers).toBe(before)
  })
  test('names the operation of the update that overflowed, one step before the loss shows it', async () => {
    // sqrt has an infinite slope at 0: the loss is finite, the gradient is not.
    const slope = Object.assign((p: Tensor, t: Tensor) => mean(sqrt(abs(sub(p, t)))), {
      kind: 'rootError',
      options: {},
    })
    const params = [{ weight: tensor([[2]]), bias: tensor([1]) }] as const
    const error: unknown = await fit(sequential([dense(1)]), line, {
      loss: slope,
      optimizer: sgd(),
      epochs: 2,
      params,
      order: 'cyclic',
      batchSize: 3,
    }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'NON_FINITE', details: { iteration: 0, rows: [0, 1, 2] } })
    expect((error as { details: { primitive: string } }).details.primitive).not.toBe('input')
  })
  test('is found after the very last update too', async () => {
    const slope = Object.assign((p: Tensor, t: Tensor) => mean(sqrt(abs(sub(p, t)))), {
      kind: 'rootError',
      options: {},
    })
    const params = [{ weight: tensor([[2]]), bias: tensor([1]) }] as const
    await expect(
      fit(sequential([dense(1)]), line, { loss: slope, optimizer: sgd(), epochs: 1, params }),
    ).rejects.toMatchObject({ code: 'NON_FINITE', details: { iteration: 0 } })
  })
})

describe('wrong calls are refused before the first step', () => {
  const model = sequential([dense(1)])
  const good: FitOptions = { loss: mse, optimizer: sgd(), epochs: 1 }
  const cases: [string, string, () => Promise<unknown>][] = [
    ['an unknown option', 'UNKNOWN_OPTION', () => fit(model, line, { ...good, epoch: 3 } as FitOptions)],
    ['an unknown field of the data', 'UNKNOWN_OPTION', () => fit(model, { ...line, weights: [1] } as never, good)],
    ['no epochs', 'INVALID_ARGUMENT', () => fit(model, line, { ...good, epochs: 0 })],
    ['half an epoch', 'INVALID_ARGUMENT', () => fit(model, line, { ...good, epochs: 0.5 })],
    [
      'an order that does not exist',
      'INVALID_ARGUMENT',
      () => fit(model, line, { ...good, order: 'shuffled' as never }),
    ],
    ['a validation share of 1', 'INVALID_ARGUMENT', () => fit(model, line, { ...good, validation: 1 })],
    ['a fractional seed', 'INVALID_ARGUMENT', () => fit(model, line, { ...good, seed: 0.5 })],
    ['NaN in x', 'NON_FINITE', () => fit(model, { x: [[1], [NaN]], y: [1, 2] }, good)],
    ['infinity in a tensor', 'NON_FINITE', () => fit(model, { x: tensor([[1], [Infinity]]), y: [1, 2] }, good)],
    ['NaN in y', 'NON_FINITE', () => fit(model, { x: [[1], [2]], y: [1, NaN] }, good)],
    ['NaN in validation data', 'NON_FINITE', () => fit(model, line, { ...good, validation: { x: [[NaN]], y: [1] } })],
    ['rows that do not match', 'SHAPE_MISMATCH', () => fit(model, { x: [[1], [2]], y: [1] }, good)],
    ['ragged rows', 'SHAPE_MISMATCH', () => fit(model, { x: [[1], [2, 3]], y: [1, 2] }, good)],
    ['no rows', 'INVALID_ARGUMENT', () => fit(model, { x: [], y: [] }, good)],
    ['no y', 'INVALID_ARGUMENT', () => fit(model, { x: [[1]] } as never, good)],
    ['arrays instead of { x, y }', 'INVALID_ARGUMENT', () => fit(model, [[1]] as never, good)],
    [
      'an optimizer that was not called',
      'INVALID_ARGUMENT',
      () => fit(model, line, { ...good, optimizer: sgd as never }),
    ],
    [
      'a loss without reduction',
      'INVALID_ARGUMENT',
      () => fit(model, line, { ...good, loss: mse({ reduction: 'none' }) }),
    ],
    [
      'an unknown hook',
      'UNKNOWN_OPTION',
      () => fit(model, line, { ...good, callbacks: [{ name: 'x', onEpochFinish: () => undefined } as never] }),
    ],
    [
      'a callback that was not called',
      'INVALID_ARGUMENT',
      () => fit(model, line, { ...good, callbacks: [earlyStopping as never] }),
    ],
    ['a metric called loss', 'INVALID_ARGUMENT', () => fit(model, line, { ...good, metrics: { loss: r2 } })],
    [
      'accuracy of a regression',
      'INVALID_ARGUMENT',
      () => fit(model, { x: line.x, y: [1.5, 2, 3, 4, 5, 6] }, { ...good, metrics: { accuracy } }),
    ],
    ['negative weights', 'INVALID_ARGUMENT', () => fit(model, { ...line, sampleWeights: [1, 1, 1, 1, 1, -1] }, good)],
    [
      'class weights that miss a class',
      'INVALID_ARGUMENT',
      () => fit(model, { x: line.x, y: [0, 1, 0, 1, 0, 1] }, { ...good, classWeights: { 0: 1 } }),
    ],
    [
      'indices that are not whole',
      'INVALID_ARGUMENT',
      () =>
        fit(
          sequential([dense(3)]),
          { x: line.x, y: [0, 1, 2, 0, 1, 0.5] },
          { ...good, loss: sparseCrossEntropy({ fromLogits: true }) },
        ),
    ],
  ]
  for (const [what, code, call] of cases) {
    test(`${what}: ${code}`, async () => {
      const before = backend.memory().buffers
      const error: unknown = await call().catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code })
      // The caller's own tensor is all that may be there.
      expect(backend.memory().buffers - before).toBeLessThanOrEqual(what.includes('tensor') ? 1 : 0)
    })
  }
})

describe('a backend that reads only asynchronously', () => {
  const options: FitOptions = { loss: mse, optimizer: adam({ learningRate: 0.1 }), epochs: 4, batchSize: 4, seed: 1 }
  test('gives the same bytes, one step behind, and leaves nothing', async () => {
    const asynchronous = slow(cpu())
    const result = await fit(sequential([dense(1)]), line, { ...options, backend: asynchronous })
    const expected = await fit(sequential([dense(1)]), line, options)
    expect(await bytes(result.params)).toEqual(await bytes(expected.params))
    expect(result.history.loss).toEqual(expected.history.loss)
    disposeTree(result)
    expect(asynchronous.memory().buffers).toBe(0)
  })
  test('streams too, from a source that takes its tensors back at the next batch', async () => {
    const asynchronous = slow(cpu())
    const batches = function* () {
      for (const [from, to] of [
        [0, 4],
        [4, 6],
      ]) {
        const lent = {
          x: tensor(line.x.slice(from, to), { backend: asynchronous }),
          y: tensor(line.y.slice(from, to), { backend: asynchronous }),
        }
        try {
          yield lent
        } finally {
          disposeTree(lent)
        }
      }
    }
    const more: FitOptions = { ...options, order: 'cyclic' }
    const { order: _order, batchSize: _batchSize, ...streamed } = more
    const result = await fit(sequential([dense(1)]), { batches }, streamed)
    expect(await bytes(result.params)).toEqual(await bytes((await fit(sequential([dense(1)]), line, more)).params))
    disposeTree(result)
    expect(asynchronous.memory().buffers).toBe(0)
    const steep: FitOptions = { ...streamed, optimizer: sgd({ learningRate: 1e30 }) }
    const error = await fit(sequential([dense(1)]), { batches }, steep).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'NON_FINITE', message: expect.stringContaining('first operation') as string })
    const { params, state, optimizerState } = (error as { details: Record<string, unknown> }).details
    disposeTree([params, state, optimizerState])
    expect(asynchronous.memory().buffers).toBe(0)
  })
  test('names the same step and operation', async () => {
    const steep = { x: line.x.map(([v]) => [v! * 1e6]), y: line.y }
    const more: FitOptions = {
      loss: mse,
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 50,
      batchSize: 3,
      order: 'cyclic',
    }
    const place = async (own: Backend): Promise<unknown> => {
      const error = await fit(sequential([dense(1)]), steep, { ...more, backend: own }).catch(
        (caught: unknown) => caught,
      )
      const { iteration, rows, primitive, position } = (error as { details: Record<string, unknown> }).details
      return { iteration, rows, primitive, position }
    }
    expect(await place(slow(cpu()))).toEqual(await place(cpu()))
  })
})
