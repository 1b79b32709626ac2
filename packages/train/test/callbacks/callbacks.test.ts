import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disposeTree, setDefaultBackend, tensor, tensorsIn, type Backend } from '@neurite/core'
import { cpu } from '@neurite/backend-cpu'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { adjustableLearningRate, sgd } from '@neurite/optimizers'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  checkpoint,
  csvLogger,
  earlyStopping,
  evaluate,
  fit,
  meanSquaredError,
  memoryStore,
  reduceOnPlateau,
  type Callback,
  type FitOptions,
  type Metric,
} from '../../src/index.js'

let backend: Backend
beforeEach(() => {
  backend = cpu()
  setDefaultBackend(backend)
})

const line = { x: [[0], [1], [2], [3], [4], [5]], y: [1, 3, 5, 7, 9, 11] }
// Against these targets the training loss falls while the validation loss first falls, then rises: w = 2 is passed at w = 1.
const turning = { x: [[1]], y: [1] }
const start = () => [{ weight: tensor([[0]]), bias: tensor([0]) }] as const
const model = sequential([dense(1)])
const base: FitOptions = { loss: mse, optimizer: sgd({ learningRate: 0.01 }), epochs: 60 }
const bytes = async (tree: unknown): Promise<number[]> =>
  (await Promise.all(tensorsIn(tree).map((leaf) => leaf.data()))).flatMap((part) => [...part])

describe('earlyStopping', () => {
  test('stops after `patience` epochs without improvement and restores the best', async () => {
    const result = await fit(model, line, {
      ...base,
      params: start(),
      validation: turning,
      callbacks: [earlyStopping({ patience: 4 })],
    })
    const { valLoss } = result.history
    const best = valLoss.indexOf(Math.min(...valLoss))
    expect(result.stoppedBy).toBe('earlyStopping')
    expect(result.bestEpoch).toBe(best)
    expect(result.epochs).toBe(best + 1 + 4)
    const report = await evaluate(model, result.params, turning, { loss: mse })
    expect(report.loss).toBeCloseTo(valLoss[best]!, 6)
    expect(report.loss).toBeLessThan(valLoss.at(-1)!)
  })
  test('restores the best when all epochs were run as well', async () => {
    const result = await fit(model, line, {
      ...base,
      epochs: 12,
      params: start(),
      validation: turning,
      callbacks: [earlyStopping({ patience: 100 })],
    })
    const { valLoss } = result.history
    expect(result.stoppedBy).toBe('epochs')
    expect(result.bestEpoch).toBeLessThan(11)
    expect((await evaluate(model, result.params, turning, { loss: mse })).loss).toBeCloseTo(Math.min(...valLoss), 6)
  })
  test('and after an abort', async () => {
    const controller = new AbortController()
    const result = await fit(model, line, {
      ...base,
      params: start(),
      validation: turning,
      signal: controller.signal,
      callbacks: [earlyStopping({ patience: 100 })],
      onEpoch: ({ epoch }) => {
        if (epoch === 9) controller.abort()
      },
    })
    expect(result.stoppedBy).toBe('signal')
    expect((await evaluate(model, result.params, turning, { loss: mse })).loss).toBeCloseTo(
      Math.min(...result.history.valLoss),
      6,
    )
  })
  test('restoreBest: false keeps the last', async () => {
    const options: FitOptions = { ...base, params: start(), validation: turning }
    const kept = await fit(model, line, { ...options, callbacks: [earlyStopping({ patience: 4, restoreBest: false })] })
    const plain = await fit(model, line, { ...options, epochs: kept.epochs })
    expect(kept.bestEpoch).toBeUndefined()
    expect(await bytes(kept.params)).toEqual(await bytes(plain.params))
  })
  test('minDelta: what is better by less does not count', async () => {
    const result = await fit(model, line, {
      ...base,
      params: start(),
      callbacks: [earlyStopping({ monitor: 'loss', minDelta: 1000, patience: 3 })],
    })
    expect(result.epochs).toBe(4)
  })
  test('knows the direction of metrics; a metric of unknown direction needs mode', async () => {
    const worse: Metric = Object.assign(() => 1, { kind: 'worse', mode: 'max' as const })
    const unknown = ((prediction: Parameters<Metric>[0], target: Parameters<Metric>[1]) =>
      meanSquaredError(prediction, target)) as Metric
    const constant = await fit(model, line, {
      ...base,
      metrics: { worse },
      callbacks: [earlyStopping({ monitor: 'worse', patience: 2 })],
    })
    expect(constant.epochs).toBe(3)
    const options = (mode?: 'min'): FitOptions => ({
      ...base,
      epochs: 3,
      metrics: { unknown },
      callbacks: [earlyStopping({ monitor: 'unknown', ...(mode && { mode }) })],
    })
    await expect(fit(model, line, options())).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect((await fit(model, line, options('min'))).bestEpoch).toBe(2)
  })
  test('a monitor that is not measured is refused before training', async () => {
    await expect(fit(model, line, { ...base, callbacks: [earlyStopping()] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('validation share') as string,
    })
  })
  test('one object serves two runs, and nothing is left behind', async () => {
    const callback = earlyStopping({ patience: 4 })
    const before = backend.memory()
    const lengths: number[] = []
    for (let i = 0; i < 2; i++) {
      const params = start()
      const result = await fit(model, line, { ...base, params, validation: turning, callbacks: [callback] })
      lengths.push(result.epochs)
      disposeTree([params, result])
    }
    expect(lengths[0]).toBe(lengths[1])
    expect(backend.memory()).toEqual(before)
  })
})

describe('reduceOnPlateau', () => {
  test('lowers the rate that the next epochs go by, down to the minimum', async () => {
    const { history } = await fit(model, line, {
      ...base,
      epochs: 8,
      optimizer: sgd({ learningRate: adjustableLearningRate(0.0625) }),
      callbacks: [
        reduceOnPlateau({ monitor: 'loss', minDelta: 1e6, factor: 0.25, patience: 2, minLearningRate: 0.001953125 }),
      ],
    })
    expect(history.learningRate).toEqual([
      0.0625, 0.0625, 0.0625, 0.015625, 0.015625, 0.00390625, 0.00390625, 0.001953125,
    ])
  })
  test('a rate of 0 stops learning: what is set is what is used', async () => {
    const stop: Callback = {
      name: 'stop',
      onEpochEnd: (event, run) => {
        if (event.epoch === 0) run.setLearningRate(0)
      },
    }
    const options: FitOptions = { ...base, optimizer: sgd({ learningRate: adjustableLearningRate(0.01) }) }
    const stopped = await fit(model, line, { ...options, epochs: 5, callbacks: [stop] })
    const one = await fit(model, line, { ...options, epochs: 1 })
    expect(await bytes(stopped.params)).toEqual(await bytes(one.params))
  })
  test('a fixed rate is refused before training, and leaves nothing behind', async () => {
    const before = backend.memory()
    await expect(
      fit(model, line, { ...base, callbacks: [reduceOnPlateau({ monitor: 'loss' })] }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('adjustableLearningRate') as string,
    })
    expect(backend.memory()).toEqual(before)
  })
})

describe('csvLogger', () => {
  test('a line an epoch, in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'neurite-'))
    const file = join(folder, 'log.csv')
    const { history } = await fit(model, line, {
      ...base,
      epochs: 3,
      validation: turning,
      callbacks: [csvLogger(file)],
    })
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines[0]).toBe('epoch,loss,valLoss,learningRate,seconds')
    expect(lines).toHaveLength(4)
    expect(lines[3]!.split(',').slice(0, 3).map(Number)).toEqual([2, history.loss[2], history.valLoss[2]])
    const again = (append: boolean, more: object = {}, to = file) =>
      fit(model, line, { ...base, epochs: 2, ...more, callbacks: [csvLogger(to, { append })] })
    const linesOf = async (of: string): Promise<string[]> => (await readFile(of, 'utf8')).trimEnd().split('\n')
    await again(true, { validation: turning })
    expect(await linesOf(file)).toHaveLength(6)
    // Numbers under other names would be read as theirs.
    await expect(again(true)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringMatching(/log\.csv' does not begin with 'epoch,loss,learningRate,seconds'/) as string,
    })
    expect(await linesOf(file)).toHaveLength(6)
    await again(false)
    expect(await linesOf(file)).toHaveLength(3)
    // A file that is not there, or has nothing, begins with the names all the same.
    const other = join(folder, 'other.csv')
    for (const lines of [3, 5]) {
      await again(true, {}, other)
      expect(await linesOf(other)).toHaveLength(lines)
    }
    expect((await linesOf(other))[0]).toBe('epoch,loss,learningRate,seconds')
    await writeFile(other, 'epoch,loss')
    await expect(again(true, {}, other)).rejects.toMatchObject({ code: 'BAD_FILE' })
    await rm(folder, { recursive: true })
  })
  test('what cannot be', async () => {
    for (const target of ['', 7, undefined]) expect(() => csvLogger(target as never)).toThrow(/INVALID_ARGUMENT/)
    expect(() => csvLogger('a', { append: 1 as never })).toThrow(/append must be true or false, got 1/)
    expect(() => csvLogger('a', JSON.parse('{"appendd":true}') as object)).toThrow(/UNKNOWN_OPTION/)
    const training = fit(model, line, { ...base, epochs: 1, callbacks: [csvLogger('no/such/folder/log.csv')] })
    await expect(training).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringMatching(/no such file/) as string,
    })
  })
})

describe('callbacks', () => {
  test('hooks come in order, onTrainEnd also after an error', async () => {
    const heard: string[] = []
    const note = (what: string) => () => void heard.push(what)
    const listening: Callback = {
      name: 'listening',
      onTrainBegin: note('begin'),
      onEpochBegin: note('epoch'),
      onIteration: note('step'),
      onEpochEnd: note('end'),
      onTrainEnd: (_run, error) => void heard.push(error === undefined ? 'done' : 'failed'),
    }
    await fit(model, line, { ...base, epochs: 1, batchSize: 3, callbacks: [listening] })
    expect(heard).toEqual(['begin', 'epoch', 'step', 'step', 'end', 'done'])
    heard.length = 0
    const failing: Callback = {
      name: 'failing',
      onEpochEnd: () => {
        throw new Error('no')
      },
    }
    await expect(fit(model, line, { ...base, epochs: 1, callbacks: [listening, failing] })).rejects.toThrow('no')
    expect(heard.at(-1)).toBe('failed')
  })
  test('two of one name are refused', async () => {
    await expect(
      fit(model, line, { ...base, validation: turning, callbacks: [earlyStopping(), earlyStopping()] }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
  test('see params as they are after the step', async () => {
    const weights: number[] = []
    const peek: Callback = {
      name: 'peek',
      onIteration: async (_event, run) => void weights.push((await tensorsIn(run.params)[0]!.data())[0]!),
    }
    const params = [{ weight: tensor([[0]]), bias: tensor([0]) }] as const
    const result = await fit(
      model,
      { x: [[1]], y: [1] },
      { loss: mse, optimizer: sgd({ learningRate: 0.25 }), epochs: 2, params, callbacks: [peek] },
    )
    expect(weights[0]).toBeCloseTo(0.5, 6)
    expect(weights[1]).toBe((await tensorsIn(result.params)[0]!.data())[0])
  })
})

describe('a callback that remembers serves one run at a time', () => {
  const small = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }
  const model = sequential([dense(1)])
  const options = { loss: mse, optimizer: sgd({ learningRate: adjustableLearningRate(0.01) }), epochs: 3 }
  const makers: [string, () => Callback][] = [
    ['earlyStopping', () => earlyStopping({ monitor: 'loss' })],
    ['reduceOnPlateau', () => reduceOnPlateau({ monitor: 'loss' })],
    ['csvLogger', () => csvLogger(() => undefined)],
    ['checkpoint', () => checkpoint(memoryStore())],
    ['one of one’s own', () => ({ name: 'own', save: () => ({ data: 1 }) })],
  ]
  test.each(makers)('%s', async (_, make) => {
    const callback = make()
    const first = fit(model, small, { ...options, callbacks: [callback] })
    await expect(fit(model, small, { ...options, callbacks: [callback] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(
        /the callback '.+' serves another run that has not ended.*make one for each run/,
      ) as string,
    })
    // The first goes on as if nothing had been, and then the callback is free, also after a run that failed.
    expect((await first).epochs).toBe(3)
    await expect(fit(model, { x: [[NaN]], y: [1] }, { ...options, callbacks: [callback] })).rejects.toThrow()
    expect((await fit(model, small, { ...options, callbacks: [callback] })).epochs).toBe(3)
  })
  test('one that only listens may listen to several', async () => {
    const epochs: number[] = []
    const listener: Callback = { name: 'listener', onEpochEnd: ({ epoch }) => void epochs.push(epoch) }
    await Promise.all([1, 2].map(() => fit(model, small, { ...options, callbacks: [listener] })))
    expect(epochs.sort()).toEqual([0, 0, 1, 1, 2, 2])
  })
})
