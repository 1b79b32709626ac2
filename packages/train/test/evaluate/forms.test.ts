import { setDefaultBackend, tensor, type ArraySource } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { FeatureMatrix } from '@neurite/data'
import { crossEntropy, focalCrossEntropy, mse, sparseCrossEntropy } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  accuracy,
  diagnose,
  evaluate,
  fit,
  meanSquaredError,
  predict,
  predictor,
  type Metric,
} from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const rows = [
  [0.5, -1],
  [0.25, 2],
  [-0.75, 0.5],
]
const data = Float64Array.from(rows.flat())
/** What a person may have. Tensors are made in the tests, which set the backend first. */
const forms: Readonly<Record<string, () => ArraySource>> = {
  'nested arrays': () => rows,
  '{ shape, data } in float64': () => ({ shape: [3, 2], data }),
  '{ shape, data } in float32': () => ({ shape: [3, 2], data: Float32Array.from(data) }),
  'a matrix of package data': () => new FeatureMatrix(Float64Array.from(data), [3, 2], ['a', 'b']),
  'what knows itself as an array': () => ({ toHost: () => ({ shape: [3, 2], data }) }),
  'a tensor': () => tensor(rows),
}
const targets: Readonly<Record<string, () => ArraySource>> = {
  'an array': () => [1, 0, 2],
  'nested arrays': () => [[1], [0], [2]],
  'a typed array': () => Int32Array.of(1, 0, 2),
  'a tensor': () => tensor([[1], [0], [2]]),
}
const network = () => {
  const model = sequential([dense(3, { activation: 'tanh' }), dense(1)])
  return { model, params: model.init({ inputShape: [2], seed: 1 }).params }
}

describe.each(Object.entries(forms))('%s', (_, x) => {
  test('predict and predictor', async () => {
    const { model, params } = network()
    const expected = await (await predict(model, params, rows)).data()
    expect(await (await predict(model, params, x())).data()).toEqual(expected)
    const answers = predictor(model, params)
    const given = x()
    if ('dispose' in (given as object)) await expect(answers.predict(given as never)).rejects.toThrow(/x\.toHost\(\)/)
    else expect(answers.predictSync(given as never)).toEqual(expected)
  })
  test.each(Object.entries(targets))('evaluate, with %s as targets', async (_name, y) => {
    const { model, params } = network()
    const metrics = { error: meanSquaredError }
    const expected = await evaluate(model, params, { x: rows, y: [1, 0, 2] }, { loss: mse, metrics })
    expect(await evaluate(model, params, { x: x(), y: y() }, { loss: mse, metrics })).toEqual(expected)
    expect(expected.error).toBeCloseTo(expected.loss, 6)
  })
  test('diagnose', async () => {
    const { model } = network()
    const scaled = { x: rows, y: [1, 0, 200] }
    const expected = await diagnose(model, scaled, { loss: mse })
    expect(expected.map(({ kind }) => kind)).toEqual(['unscaled-targets'])
    expect(await diagnose(model, { ...scaled, x: x() }, { loss: mse })).toEqual(expected)
  })
})

describe('from a prediction to a metric', () => {
  const y = [1, 0, 1]
  test('what toHost() and toArray() give, and no tensor', async () => {
    const model = sequential([dense(1, { activation: 'sigmoid' })])
    const prediction = await predict(model, model.init({ inputShape: [2], seed: 1 }).params, rows)
    const value = accuracy(await prediction.toHost(), y)
    expect(accuracy((await prediction.toArray()) as number[][], y)).toBe(value)
    expect(() => accuracy(prediction as never, y)).toThrow(/prediction is a tensor.*await x\.toHost\(\)/)
  })
  test('any function of two arrays is a metric', async () => {
    const { model, params } = network()
    const worst: Metric = (prediction, target) =>
      Math.max(...prediction.data.map((value, i) => Math.abs(value - target.data[i]!)))
    const plain = (prediction: { data: ArrayLike<number> }): number => prediction.data.length
    const report = await evaluate(model, params, { x: rows, y }, { metrics: { worst, plain } })
    const outputs = await (await predict(model, params, rows)).data()
    expect(report.plain).toBe(3)
    expect(report.worst).toBeCloseTo(Math.max(...outputs.map((value, i) => Math.abs(value - y[i]!))), 6)
  })
  test('logits are told from probabilities by what the loss expects', async () => {
    const model = sequential([dense(2)])
    const { params } = model.init({ inputShape: [2], seed: 1 })
    const told: unknown[] = []
    const listening: Metric = (_p, _t, context) => told.push(context?.fromLogits)
    const oneHot = [[0, 1], [1, 0], [0, 1]] // prettier-ignore
    for (const fromLogits of [true, false])
      await evaluate(
        model,
        params,
        { x: rows, y: oneHot },
        { loss: crossEntropy({ fromLogits }), metrics: { listening } },
      )
    await evaluate(model, params, { x: rows, y: oneHot }, { metrics: { listening } })
    expect(told).toEqual([true, false, false])
  })
})

test('of a source, targets are kept for metrics alone', async () => {
  const { gc } = globalThis as { gc?: () => void }
  if (gc === undefined) throw new Error('run with --expose-gc')
  const [batchRows, count] = [20_000, 24]
  const { model, params } = network()
  const held = async (metrics: Readonly<Record<string, Metric>>): Promise<number> => {
    const used: number[] = []
    const batches = async function* () {
      for (let i = 0; i < count; i++) {
        yield { x: { shape: [batchRows, 2], data: new Float32Array(2 * batchRows) }, y: new Float64Array(batchRows) }
        // Buffers are given back a turn later.
        for (let turn = 0; turn < 2; turn++) {
          gc()
          await new Promise((resolve) => setTimeout(resolve))
        }
        used.push(process.memoryUsage().arrayBuffers)
      }
    }
    await evaluate(model, params, { batches }, { loss: mse, metrics, batchSize: batchRows })
    return used.at(-1)! - used[1]!
  }
  // Four bytes a row at least, of 22 batches.
  const all = 4 * batchRows * (count - 2)
  expect(await held({ error: meanSquaredError })).toBeGreaterThan(0.9 * all)
  expect(await held({})).toBeLessThan(0.4 * all)
})

test('batches give what one batch gives, and one program serves every call of a shape', async () => {
  const { model, params } = network()
  const x = Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(i)])
  const y = x.map(([a, b]) => a! * b!)
  const sampleWeights = x.map((_, i) => i)
  const whole = await evaluate(
    model,
    params,
    { x, y, sampleWeights },
    { loss: mse, metrics: { error: meanSquaredError } },
  )
  for (const batchSize of [1, 3, 5, 10]) {
    const parts = await evaluate(
      model,
      params,
      { x, y, sampleWeights },
      { loss: mse, metrics: { error: meanSquaredError }, batchSize },
    )
    expect(parts.loss).toBeCloseTo(whole.loss, 6)
    expect(parts.error).toBeCloseTo(whole.error, 6)
    expect(await (await predict(model, params, x, { batchSize })).data()).toEqual(
      await (await predict(model, params, x)).data(),
    )
  }
})

describe('a loss that weighs classes: its mean is that of all rows, however they are cut', () => {
  const x = Array.from({ length: 7 }, (_, i) => [Math.sin(i), Math.cos(i)])
  const indices = [0, 1, 2, 0, 0, 1, 0]
  const hot = indices.map((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)))
  const soft = indices.map((c) => [0, 1, 2].map((k) => (k === c ? 0.5 : 0.25)))
  const weighed = { fromLogits: true, classWeights: [1, 5, 0.5] }
  const model = sequential([dense(3)])
  const batchesOf = (set: { x: number[][]; y: unknown[]; sampleWeights?: number[] }, size: number) =>
    function* () {
      for (let i = 0; i < x.length; i += size) {
        const part = <T>(of: readonly T[]): T[] => of.slice(i, i + size)
        yield {
          x: part(set.x),
          y: part(set.y) as number[],
          ...(set.sampleWeights && { sampleWeights: part(set.sampleWeights) }),
        }
      }
    }

  test.each([
    ['sparseCrossEntropy', sparseCrossEntropy(weighed), indices],
    ['crossEntropy', crossEntropy({ ...weighed, labelSmoothing: 0.1 }), hot],
    ['crossEntropy of soft rows', crossEntropy(weighed), soft],
    ['focalCrossEntropy', focalCrossEntropy(weighed), hot],
  ])('%s', async (_, loss, y) => {
    const { params } = model.init({ inputShape: [2], seed: 1 })
    for (const sampleWeights of [undefined, [1, 2, 0, 1, 3, 1, 0.5]]) {
      const set = { x, y, ...(sampleWeights && { sampleWeights }) }
      const whole = await evaluate(model, params, set as never, { loss })
      const still = { loss, optimizer: sgd({ learningRate: 0 }), epochs: 1, params, onWarning: () => undefined }
      for (const size of [1, 2, 3, 7]) {
        const source = { batches: batchesOf(set, size) }
        expect((await evaluate(model, params, set as never, { loss, batchSize: size })).loss).toBeCloseTo(whole.loss, 6)
        expect((await evaluate(model, params, source, { loss })).loss).toBeCloseTo(whole.loss, 6)
        const inMemory = await fit(model, set as never, { ...still, batchSize: size, validation: set })
        expect(inMemory.history.loss[0]).toBeCloseTo(whole.loss, 6)
        expect(inMemory.history.valLoss[0]).toBeCloseTo(whole.loss, 6)
        expect((await fit(model, source, still)).history.loss[0]).toBeCloseTo(whole.loss, 6)
      }
    }
  })
})
