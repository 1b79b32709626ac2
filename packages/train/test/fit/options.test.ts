import { mean, setDefaultBackend, square, sub, tensor, type Tensor } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { FeatureMatrix } from '@neurite/data'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  csvLogger,
  earlyStopping,
  evaluate,
  fit,
  fitEvents,
  reduceOnPlateau,
  type Callback,
  type Dataset,
  type FitOptions,
} from '../../src/index.js'

beforeAll(() => setDefaultBackend(cpu()))

const model = sequential([dense(1)])
const line: Dataset = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }
const good: FitOptions = { loss: mse, optimizer: sgd(), epochs: 2 }
const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code
const first = async (options: object): Promise<unknown> => {
  for await (const event of fitEvents(model, line, options as never)) return event
  return undefined
}

describe('an option with a wrong value is refused by name', () => {
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    loss: [undefined, 'mse', null],
    optimizer: [undefined, sgd, 'sgd', {}],
    epochs: [undefined, 0, 1.5, '3', NaN, Infinity],
    batchSize: [0, 2.5, 'half', null],
    order: ['shuffled', null],
    validation: [0, 1, -0.2, NaN, 'none', null],
    metrics: [null, [], 'accuracy', { accuracy: 'accuracy' }],
    callbacks: [null, {}, [null], [earlyStopping], [{}], [{ name: '' }], [{ name: 'a', onEpochEnd: 3 }]],
    seed: [0.5, '0', NaN, 2 ** 60],
    signal: [true, {}, new AbortController()],
    onIteration: ['log', null],
    onEpoch: [3],
    gradientNorm: [1, 'yes'],
    classWeights: ['even', 3, null, { 0: -1 }, { a: 1 }, [1, NaN]],
    backend: ['cpu', cpu, {}],
    dtype: ['float16', 32],
    maxBytesOnDevice: [-1, 0.5, '1 GB', null, Infinity],
    resume: ['run.ckpt', {}],
  }
  for (const [name, values] of Object.entries(wrong)) {
    test.each(values.map((value) => [value]))(`${name}: %o`, async (value) => {
      const error = await fit(model, line, { ...good, [name]: value }).catch((caught: unknown) => caught)
      expect(codeOf(error)).toBe('INVALID_ARGUMENT')
      expect((error as Error).message).toMatch(new RegExp(`^fit: ${name}.* must `))
      expect(codeOf(await first({ ...good, [name]: value }).catch((caught: unknown) => caught))).toBe(
        'INVALID_ARGUMENT',
      )
    })
  }
})

test.each([
  ['epoch', 'epochs'],
  ['batch_size', 'batchSize'],
  ['optimiser', 'optimizer'],
  ['metric', 'metrics'],
  ['onepoch', 'onEpoch'],
])('the option %s is unknown, and %s was meant', async (name, meant) => {
  await expect(fit(model, line, { ...good, [name]: 1 })).rejects.toMatchObject({
    code: 'UNKNOWN_OPTION',
    message: expect.stringContaining(`Did you mean '${meant}'?`) as string,
  })
})

test.each<[string, () => Callback, string]>([
  ['patience', () => earlyStopping({ patience: 0 }), 'a whole number >= 1'],
  ['minDelta', () => earlyStopping({ minDelta: -1 }), 'a finite number >= 0'],
  ['mode', () => earlyStopping({ mode: 'lower' as never }), "'min' or 'max'"],
  ['monitor', () => earlyStopping({ monitor: 3 as never }), 'a string'],
  ['restoreBest', () => earlyStopping({ restoreBest: 1 as never }), 'true or false'],
  ['factor', () => reduceOnPlateau({ factor: 1 }), 'a number in (0, 1)'],
  ['minLearningRate', () => reduceOnPlateau({ minLearningRate: -1 }), 'a finite number >= 0'],
  ['append', () => csvLogger('log.csv', { append: 1 as never }), 'true or false'],
  ['the target', () => csvLogger(''), 'the name of a file or a function'],
])('callbacks read their options: %s', (name, make, expected) => {
  expect(make).toThrow(`${name} must be ${expected}`)
})

test('data are whatever holds numbers: tables, matrices, tensors, what toArray gives', async () => {
  const matrix = new FeatureMatrix(Float64Array.of(0, 1, 2, 3), [4, 1])
  const table = { toHost: () => ({ shape: [4, 1], data: Float64Array.of(0, 1, 2, 3) }) }
  const weights = [1, 2, 0, 1]
  const train = async (x: Dataset['x'], sampleWeights: Dataset['x']) =>
    (await fit(model, { x, y: line.y, sampleWeights }, good)).history.loss
  const expected = await train(line.x, weights)
  const onDevice = tensor([[0], [1], [2], [3]])
  for (const x of [matrix, table, onDevice, (await onDevice.toArray()) as Dataset['x'], await onDevice.toHost()])
    expect(await train(x, weights)).toEqual(expected)
  for (const given of [Int32Array.from(weights), tensor(weights), [[1], [2], [0], [1]]])
    expect(await train(line.x, given)).toEqual(expected)
})

describe('a function as loss', () => {
  const squares = (prediction: Tensor, target: Tensor, { weights }: { readonly weights?: Tensor } = {}): Tensor =>
    mse(prediction, target, weights && { weights })
  const plain = ((prediction: Tensor, target: Tensor) => mean(square(sub(prediction, target)))) as never
  const weighed = { ...line, sampleWeights: [1, 2, 0, 1] }

  test('learns what the loss of this form learns', async () => {
    const { history } = await fit(model, line, { ...good, loss: plain })
    expect(history.loss).toEqual((await fit(model, line, good)).history.loss)
  })
  test('weights that it would pass over are refused', async () => {
    for (const call of [
      () => fit(model, weighed, { ...good, loss: plain }),
      () => fit(model, line, { ...good, loss: plain, validation: weighed }),
      () => fit(model, { x: line.x, y: [0, 1, 0, 1] }, { ...good, loss: plain, classWeights: 'balanced' }),
      () => fit(model, { batches: () => [weighed] }, { ...good, loss: plain }),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/(sample|class)Weights need a loss that counts/) as string,
      })
  })
  test('by evaluate too, and so is one that says that it weighs and does not', async () => {
    const { params } = model.init({ inputShape: [1] })
    for (const data of [weighed, { batches: () => [weighed] }])
      await expect(evaluate(model, params, data, { loss: plain })).rejects.toThrow(
        /sampleWeights need a loss that counts/,
      )
    const deaf = Object.assign((p: Tensor, t: Tensor) => mse(p, t), { weighs: true }) as never
    const error = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('did not take { weights }') as string }
    await expect(fit(model, weighed, { ...good, loss: deaf })).rejects.toMatchObject(error)
    await expect(evaluate(model, params, weighed, { loss: deaf })).rejects.toMatchObject(error)
    expect((await fit(model, line, { ...good, loss: deaf })).epochs).toBe(good.epochs)
  })
  test('one that says that it weighs gets them', async () => {
    const loss = Object.assign(squares, { weighs: true }) as never
    const { history } = await fit(model, weighed, { ...good, loss })
    expect(history.loss).toEqual((await fit(model, weighed, good)).history.loss)
  })
})
