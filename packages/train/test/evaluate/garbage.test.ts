import { NeuriteError, setDefaultBackend, tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { describe, expect, test } from 'vitest'
import * as train from '../../src/index.js'

setDefaultBackend(cpu())

const { accuracy, averagePrecision, confusionMatrix, diagnose, evaluate, f1, logLoss, predict, predictor } = train
const { meanAbsoluteError, meanSquaredError, precision, r2, recall, rocAuc, topKAccuracy } = train
const metrics = {
  accuracy,
  averagePrecision,
  classificationReport: train.classificationReport,
  confusionMatrix,
  f1,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  precision,
  r2,
  recall,
  rocAuc,
  topKAccuracy,
}

/** What is no array of numbers, and what the error is. */
const garbage: Readonly<Record<string, readonly [value: unknown, code: string]>> = {
  null: [null, 'INVALID_ARGUMENT'],
  undefined: [undefined, 'INVALID_ARGUMENT'],
  text: ['0, 1', 'INVALID_ARGUMENT'],
  'a function': [() => [0, 1], 'INVALID_ARGUMENT'],
  'a symbol': [Symbol('rows'), 'INVALID_ARGUMENT'],
  'a date': [new Date(0), 'INVALID_ARGUMENT'],
  'a promise': [Promise.resolve([0, 1]), 'INVALID_ARGUMENT'],
  'an object': [{}, 'INVALID_ARGUMENT'],
  'a shape without data': [{ shape: [2] }, 'INVALID_ARGUMENT'],
  'data of another length': [{ shape: [3], data: new Float32Array(2) }, 'SHAPE_MISMATCH'],
  'texts in an array': [['0', '1'], 'INVALID_ARGUMENT'],
  'nulls in an array': [[[0], [null]], 'INVALID_ARGUMENT'],
  'ragged arrays': [[[0, 1], [1]], 'SHAPE_MISMATCH'],
  'a number': [1, 'SHAPE_MISMATCH'],
  'more rows': [[0, 1, 1], 'SHAPE_MISMATCH'],
  'no rows': [[], 'SHAPE_MISMATCH'],
  'rows of nothing': [[[], []], 'SHAPE_MISMATCH'],
  NaN: [[0, NaN], 'NON_FINITE'],
}
/** A whole set of rows may have any length, and a model that fits it. */
const shapes = ['a number', 'more rows', 'no rows', 'rows of nothing']
const refused = expect.objectContaining({ name: 'NeuriteError' }) as Error
const withCode = (code: string) => expect.objectContaining({ code }) as Error

describe.each(Object.entries(metrics))('%s', (name, metric) => {
  test.each(Object.entries(garbage))('given %s', (_, [value, code]) => {
    expect(() => metric(value as never, [0, 1])).toThrow(withCode(code))
    expect(() => metric([0, 1], value as never)).toThrow(withCode(code))
    expect(() => metric([0, 1], value as never)).toThrow(new RegExp(`^${name}: `))
    if (value !== undefined) expect(() => metric([0, 1], [0, 1], { weights: value as never })).toThrow(refused)
  })
  test('given a tensor: says what to do', () => {
    for (const call of [() => metric(tensor([0, 1]) as never, [0, 1]), () => metric([0, 1], tensor([0, 1]) as never)])
      expect(call).toThrow(/await x\.toHost\(\)/)
  })
  test('given negative weights, or none that count', () => {
    for (const weights of [
      [1, -1],
      [0, 0],
      [Infinity, 1],
    ])
      expect(() => metric([0, 1], [0, 1], { weights })).toThrow(withCode('INVALID_ARGUMENT'))
  })
  test('given a misspelt option, or a wrong one', () => {
    expect(() => metric([0, 1], [0, 1], { weight: [1, 1] } as never)).toThrow(/Did you mean 'weights'/)
    expect(() => metric([0, 1], [0, 1], { fromLogits: 1 } as never)).toThrow(withCode('INVALID_ARGUMENT'))
    expect(() => metric([0, 1], [0, 1], null as never)).toThrow(withCode('INVALID_ARGUMENT'))
  })
})

describe('the factories of metrics', () => {
  const { confusionMatrix: _, classificationReport: __, ...others } = metrics
  const factories: Readonly<Record<string, train.MetricFactory<never>>> = others
  test.each(Object.entries(factories))('%s', (name, factory) => {
    for (const alone of [[0, 1], new Float32Array(0), tensor([1]), Promise.resolve([1]), null, 'macro', 3])
      if (alone !== null) expect(() => factory(alone as never)).toThrow(/takes a prediction and a target/)
    expect(() => factory({ wieghts: 1 } as never)).toThrow(withCode('UNKNOWN_OPTION'))
    const { kind, mode } = factory()
    expect([kind, mode]).toEqual([name, factory.mode])
    const pair = [[[0.25, 0.75], [1, 0]], [[0, 1], [1, 0]]] as const // prettier-ignore
    expect(factory({} as never)(...pair)).toBe(factory(...pair))
  })
  test('which way is better', () => {
    const smaller = Object.values(factories).filter(({ mode }) => mode === 'min')
    expect(smaller.map(({ kind }) => kind)).toEqual(['logLoss', 'meanAbsoluteError', 'meanSquaredError'])
  })
  test('options that are wrong', () => {
    for (const make of [
      () => accuracy({ threshold: NaN }),
      () => accuracy({ threshold: '0.5' as never }),
      () => f1({ average: 'mean' as never }),
      () => precision({ threshold: Infinity }),
      () => topKAccuracy({ k: 0 }),
      () => topKAccuracy({ k: 1.5 }),
      () => confusionMatrix([0, 1], [0, 1], { classes: 1.5 }),
      () => confusionMatrix([0, 1], [0, 1], { classes: 1 }),
    ])
      expect(make).toThrow(withCode('INVALID_ARGUMENT'))
  })
})

const model = sequential([dense(1)])
const { params } = model.init({ inputShape: [1] })
const data = { x: [[0], [1]], y: [0, 1] }
const rejects = (call: () => Promise<unknown>, code?: string): Promise<void> =>
  expect(Promise.resolve().then(call)).rejects.toEqual(code === undefined ? refused : withCode(code))

describe.each(Object.entries(garbage))('given %s as', (name, [value, code]) => {
  const as = value as never
  const exact = shapes.includes(name) ? undefined : code
  test('x', async () => {
    await rejects(() => evaluate(model, params, { x: as, y: [0, 1] }, { loss: mse }), exact)
    if (name !== 'NaN') await rejects(() => diagnose(model, { x: as, y: [0, 1] }, { loss: mse }), exact)
    if (name === 'more rows') return
    await rejects(() => predict(model, params, as), exact)
    await rejects(() => predictor(model, params).predict(as), exact)
  })
  test('y', async () => {
    await rejects(() => evaluate(model, params, { x: [[0], [1]], y: as }, { loss: mse }), exact)
    if (name !== 'NaN') await rejects(() => diagnose(model, { x: [[0], [1]], y: as }, { loss: mse }), exact)
  })
  test('sampleWeights', async () => {
    if (value !== undefined)
      await rejects(() => evaluate(model, params, { ...data, sampleWeights: as }, { loss: mse }), exact)
  })
  test('the data, the model, params, state or options', async () => {
    await rejects(() => evaluate(model, params, as, { loss: mse }))
    await rejects(() => diagnose(model, as, { loss: mse }))
    for (const call of [
      () => evaluate(as, params, data, { loss: mse }),
      () => predict(as, params, [[1]]),
      () => diagnose(as, data, { loss: mse }),
      async () => predictor(as, params),
      () => evaluate(model, as, data, { loss: mse }),
      () => predict(model, as, [[1]]),
      () => predictor(model, as).predict([[1]]),
    ])
      await rejects(call)
    if (value === undefined) return
    // A model without state takes any tree for one, and options are an object.
    const tree = typeof value === 'object' && value !== null && !(value instanceof Promise)
    if (!tree) {
      await rejects(() => evaluate(model, params, data, { loss: mse, state: as }), 'INVALID_ARGUMENT')
      await rejects(() => predict(model, params, [[1]], { state: as }), 'INVALID_ARGUMENT')
    }
    const options: object[] = [{ loss: as }, { metrics: as }, { metrics: { m: as } }]
    if (name !== 'a number') options.push({ loss: mse, batchSize: as })
    await rejects(() => evaluate(model, params, data, as))
    for (const wrong of options)
      if (typeof value !== 'function') await rejects(() => evaluate(model, params, data, wrong as never))
    await rejects(
      () => predict(model, params, [[1]], { batchSize: name === 'a number' ? 0.5 : as }),
      'INVALID_ARGUMENT',
    )
  })
})

describe('options of the entries', () => {
  test('misspelt ones name the one that was meant', async () => {
    await expect(evaluate(model, params, data, { los: mse } as never)).rejects.toThrow(/Did you mean 'loss'/)
    await expect(predict(model, params, [[1]], { batchsize: 2 } as never)).rejects.toThrow(/Did you mean 'batchSize'/)
    await expect(diagnose(model, data, { loss: mse, batchSiz: 2 } as never)).rejects.toThrow(/Did you mean 'batchSize'/)
  })
  test('wrong values', async () => {
    for (const batchSize of [0, 1.5, NaN, '2', null]) {
      await rejects(
        () => evaluate(model, params, data, { loss: mse, batchSize: batchSize as never }),
        'INVALID_ARGUMENT',
      )
      await rejects(() => diagnose(model, data, { loss: mse, batchSize: batchSize as never }), 'INVALID_ARGUMENT')
    }
    await rejects(() => evaluate(model, params, data, {}), 'INVALID_ARGUMENT')
    await rejects(() => diagnose(model, data, {} as never), 'INVALID_ARGUMENT')
  })
  test('a metric that gives no number', async () => {
    const text = (() => 'good') as never
    await expect(evaluate(model, params, data, { metrics: { text } })).rejects.toThrow(
      /'text' must return a number.*'good'/,
    )
    expect(NeuriteError.isInstance(await evaluate(model, params, data, { metrics: { text } }).catch((e) => e))).toBe(
      true,
    )
  })
})
