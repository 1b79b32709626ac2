import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensor, tensorsIn, type Tree } from '@neurite/core'
import { kFold, standardScaler, Table, weightedSampler } from '@neurite/data'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { activation, batchNorm, dense, dropout, sequential } from '@neurite/nn'
import {
  adam,
  adjustableLearningRate,
  chain,
  clipByGlobalNorm,
  cosineDecay,
  scheduleFrom,
  sgd,
} from '@neurite/optimizers'
import {
  accuracy,
  csvLogger,
  earlyStopping,
  evaluate,
  f1,
  fit,
  fitEvents,
  predict,
  reduceOnPlateau,
  type Checkpoint,
  type FitResult,
} from '@neurite/train'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transferring } from '../../src/index.js'
import { connectTraining, exposeTraining, type RemoteTraining } from '../../src/training/index.js'
import { reasonOf, threads } from '../support/threads.js'
import { double } from './double.js'

const start = threads(import.meta.dirname, 'worker')

beforeEach(() => setDefaultBackend(cpu()))

let remote: RemoteTraining
beforeAll(() => {
  remote = connectTraining(start())
})
afterAll(() => remote.dispose())

const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), i % 5])
const classes = rows.map(([a, b]) => (a! * b! > 0.2 ? 2 : a! > 0 ? 1 : 0))
const model = sequential([dense(8, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(3)])
const loss = sparseCrossEntropy({ fromLogits: true })
const data = { x: rows, y: classes }
const few = { loss: mse, optimizer: sgd(), epochs: 2 }
const line = { x: [[0], [1], [2], [3]], y: [1, 3, 5, 7] }

async function bits(tree: Tree): Promise<unknown> {
  return Promise.all(tensorsIn(tree).map(async (leaf) => [leaf.dtype, leaf.shape, await leaf.data()]))
}

/** All of a result but the clock. */
async function contents({ params, state, optimizerState, history, ...rest }: FitResult): Promise<unknown> {
  const { seconds, ...measured } = history
  const trees = [params, state, optimizerState]
  return { ...rest, measured, epochsTimed: seconds.length, trees: await Promise.all(trees.map(bits)) }
}

describe('fit gives what it gives here, bit for bit', () => {
  const options = { loss, epochs: 6, seed: 7, batchSize: 8, optimizer: adam({ learningRate: 0.02 }) }
  test.each([
    [
      'a validation share, metrics, a schedule, early stopping',
      data,
      {
        ...options,
        optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: cosineDecay({ initial: 0.05, steps: 20 }) })),
        validation: 0.25,
        stratify: classes,
        metrics: { accuracy, score: f1({ average: 'macro' }) },
        callbacks: [earlyStopping({ monitor: 'valAccuracy', patience: 2 })],
      },
    ],
    [
      'a plateau, class weights, sample weights, other data to validate on',
      { ...data, sampleWeights: rows.map((_, i) => 1 + (i % 3)) },
      {
        ...options,
        optimizer: adam({ learningRate: adjustableLearningRate(0.1) }),
        classWeights: { 0: 1, 1: 2.5, 2: 0.5 },
        validation: { x: rows.slice(0, 9), y: Int32Array.from(classes.slice(0, 9)) },
        callbacks: [reduceOnPlateau({ patience: 1, factor: 0.5 })],
      },
    ],
    [
      'a fold, one order for all epochs, gradient norms',
      data,
      {
        ...options,
        order: 'cyclic' as const,
        gradientNorm: true,
        validation: kFold(40, { folds: 4, seed: 1 })[0]!,
      },
    ],
    [
      'a table, float64',
      { x: Table.fromRows(rows.map(([a, b, c]) => ({ a, b, c }))), y: classes },
      {
        ...options,
        dtype: 'float64' as const,
        batchSize: 'full' as const,
        maxBytesOnDevice: 64,
      },
    ],
  ])('%s', async (_, data, options) => {
    const here = await contents(await fit(model, data, options))
    expect(await contents(await remote.fit(model, data, options))).toEqual(here)
  })
  test('tensors, and where a training begins', async () => {
    const tensors = { x: tensor(rows), y: tensor(classes, { dtype: 'int32' }) }
    const first = await fit(model, tensors, options)
    const { params, state, optimizerState } = first
    const going = { ...options, params, state, optimizerState }
    const here = await contents(await fit(model, tensors, going))
    expect(await contents(await remote.fit(model, tensors, going))).toEqual(here)
    // What was given is as it was.
    expect(await contents(await fit(model, tensors, going))).toEqual(here)
  })
  test('a checkpoint', async () => {
    const kept: Checkpoint[] = []
    const callbacks = [
      {
        name: 'keep',
        onEpochEnd: (_: unknown, run: { capture(sink: (one: Checkpoint) => void): void }) =>
          run.capture((one) => void kept.push(one)),
      },
    ]
    const whole = await contents(await fit(model, data, { ...options, callbacks }))
    expect(await contents(await remote.fit(model, data, { ...options, resume: kept[2] }))).toEqual(whole)
  })
  test('a layer of your own, by its builder', async () => {
    const own = sequential([double(), dense(1)])
    expect(await contents(await remote.fit(own, line, few))).toEqual(await contents(await fit(own, line, few)))
  })
  test('several at once', async () => {
    const seeds = [1, 2, 3]
    const there = await Promise.all(seeds.map((seed) => remote.fit(model, data, { ...options, seed })))
    for (const [i, seed] of seeds.entries())
      expect(await contents(there[i]!)).toEqual(await contents(await fit(model, data, { ...options, seed })))
  })
})

test('memory that is marked is moved, other memory is copied', async () => {
  const x = { shape: [4, 1], data: new Float32Array([0, 1, 2, 3]) }
  const y = new Float32Array([1, 3, 5, 7])
  const here = await contents(await fit(sequential([dense(1)]), { x, y }, few))
  expect(await contents(await remote.fit(sequential([dense(1)]), { x, y }, few))).toEqual(here)
  expect([x.data, y].map(({ length }) => length)).toEqual([4, 4])
  expect(await contents(await remote.fit(sequential([dense(1)]), { x: transferring(x), y }, few))).toEqual(here)
  expect([x.data, y].map(({ length }) => length)).toEqual([0, 4])
  const again = { x: { shape: [4, 1], data: new Float32Array([0, 1, 2, 3]) }, y }
  expect(await contents(await remote.fit(sequential([dense(1)]), transferring(again), few))).toEqual(here)
  expect([again.x.data, y].map(({ length }) => length)).toEqual([0, 0])
})

describe('events', () => {
  const clockless = ({ seconds: _, samplesPerSecond: __, ...event }: Record<string, unknown>): unknown => event
  test('come as they come here, to the page', async () => {
    const told = async (train: typeof fit): Promise<unknown> => {
      const events: unknown[] = []
      await train(sequential([dense(1)]), line, {
        ...few,
        batchSize: 2,
        onIteration: (event) => void events.push(clockless({ ...event })),
        onEpoch: async (event) => {
          await Promise.resolve()
          events.push(clockless({ ...event }))
        },
      })
      return events
    }
    const here = await told(fit)
    expect(here).toHaveLength(6)
    expect(await told(remote.fit)).toEqual(here)
  })
  test.each([false, true])('stream, with iterations: %s', async (iterations) => {
    const streamed = async (train: typeof fitEvents): Promise<unknown> => {
      const events: unknown[] = []
      for await (const event of train(sequential([dense(1)]), line, { ...few, iterations, batchSize: 2 }))
        events.push(event.kind === 'end' ? await contents(event.result) : clockless({ ...event }))
      return events
    }
    expect(await streamed(remote.fitEvents)).toEqual(await streamed(fitEvents))
  })
  test('pace the training, which ends when they are left', async () => {
    let epochs = 0
    for await (const event of remote.fitEvents(sequential([dense(1)]), line, { ...few, epochs: 1e9 })) {
      if (event.kind === 'epoch' && ++epochs === 3) break
    }
    expect(epochs).toBe(3)
    // The worker is free again.
    expect((await remote.fit(sequential([dense(1)]), line, few)).epochs).toBe(2)
  })
  test('whose listener throws end it too', async () => {
    const error = new Error('enough')
    const onEpoch = (): void => {
      throw error
    }
    expect(await reasonOf(remote.fit(sequential([dense(1)]), line, { ...few, epochs: 1e9, onEpoch }))).toBe(error)
  })
  test('tell warnings to the page', async () => {
    const warnings: string[] = []
    const onWarning = (message: string): void => void warnings.push(message)
    const odd = sequential([dense(3), activation('softmax')])
    await remote.fit(odd, data, { loss, optimizer: sgd(), epochs: 1, onWarning })
    const here: string[] = []
    await fit(odd, data, { loss, optimizer: sgd(), epochs: 1, onWarning: (message) => void here.push(message) })
    expect(here).toHaveLength(1)
    expect(warnings).toEqual(here)
  })
})

describe('an abort', () => {
  test('of a training keeps what was learned', async () => {
    const controller = new AbortController()
    let epochs = 0
    const { stoppedBy, history } = await remote.fit(sequential([dense(1)]), line, {
      ...few,
      epochs: 1e9,
      signal: controller.signal,
      onEpoch: () => {
        if (++epochs === 3) controller.abort()
      },
    })
    expect(stoppedBy).toBe('signal')
    expect(history.loss.length).toBeGreaterThanOrEqual(3)
  })
  test('before it throws, as without a worker', async () => {
    const reason = new Error('too late')
    const options = { ...few, signal: AbortSignal.abort(reason) }
    const here = (await reasonOf(fit(sequential([dense(1)]), line, options))) as Error
    const there = await reasonOf(remote.fit(sequential([dense(1)]), line, options))
    expect(there).toMatchObject({ code: 'ABORTED', message: here.message })
    expect((there as Error).cause).toBe(reason)
  })
  test('of a prediction and a measurement is ABORTED', async () => {
    const { params } = await fit(sequential([dense(1)]), line, few)
    const signal = AbortSignal.abort()
    const aborted = { code: 'ABORTED' }
    expect(await reasonOf(remote.predict(sequential([dense(1)]), params, [[1]], { signal }))).toMatchObject(aborted)
    expect(await reasonOf(remote.evaluate(sequential([dense(1)]), params, line, { loss: mse, signal }))).toMatchObject(
      aborted,
    )
  })
})

test('predict and evaluate give what they give here', async () => {
  const { params, state } = await fit(model, data, { loss, optimizer: adam(), epochs: 2 })
  const x = standardScaler().fit(rows).transform(rows)
  const [here, there] = [await predict(model, params, x, { state }), await remote.predict(model, params, x, { state })]
  expect(await bits(there)).toEqual(await bits(here))
  expect(there.backend).toBe(tensorsIn(params)[0]!.backend)
  const measures = { loss, metrics: { accuracy }, state, batchSize: 7 }
  const report = await remote.evaluate(model, params, { x, y: classes }, measures)
  expect(report).toEqual(await evaluate(model, params, { x, y: classes }, measures))
  expect(report.accuracy).toBeGreaterThanOrEqual(0)
})

describe('what cannot travel is refused, and says the way out', () => {
  const one = sequential([dense(1)])
  const refused = (message: RegExp) => ({
    code: 'NOT_SUPPORTED',
    message: expect.stringMatching(new RegExp(`${message.source}.*expose`)) as string,
  })
  test.each([
    [/fit: loss is a function/, { ...few, loss: (p: never, t: never) => mse(p, t) }],
    [/fit: metrics\.own is a function/, { ...few, metrics: { own: () => 1 } }],
    [
      /fit: optimizer has no config/,
      { ...few, optimizer: { init: () => ({}), update: (g: Tree, s: Tree) => [g, s] as [Tree, Tree] } },
    ],
    [/fit: callbacks\[0\], 'csvLogger'/, { ...few, callbacks: [csvLogger('log.csv')] }],
    [/fit: order is a sampler/, { ...few, order: weightedSampler([1, 1, 1, 1]) }],
    [/fit: validation: the data is a source/, { ...few, validation: { batches: () => [line] } }],
  ])('%s', async (message, options) => {
    expect(await reasonOf(remote.fit(one, line, options as typeof few))).toMatchObject(refused(message))
  })
  test('a model with a function in it, a source of batches', async () => {
    const own = sequential([dense(1, { activation: (x) => x })])
    expect(await reasonOf(remote.fit(own, line, few))).toMatchObject(refused(/fit: the model cannot be sent/))
    expect(await reasonOf(remote.fit(one, { batches: () => [line] }, few))).toMatchObject(
      refused(/fit: the data is a source/),
    )
  })
  test('a schedule that was a function, which only the worker sees', async () => {
    const optimizer = sgd({ learningRate: scheduleFrom(() => 0.1, { steps: 3 }) })
    expect(await reasonOf(remote.fit(one, line, { ...few, optimizer }))).toMatchObject({ code: 'NOT_SUPPORTED' })
  })
})

describe('errors are those of train', () => {
  const one = sequential([dense(1)])
  test.each([
    ['a misspelt option', () => ({ ...few, epoch: 3 }), line],
    ['a wrong option', () => ({ ...few, epochs: 0 }), line],
    ['options that do not go together', () => ({ ...few, stratify: [1, 2, 3, 4] }), line],
    ['rows that do not fit', () => few, { x: [[0], [1]], y: [1] }],
    ['data without targets', () => few, { x: [[0], [1]] }],
    ['ragged data', () => few, { x: [[0], [1, 2]], y: [1, 2] }],
    [
      'a loss that leaves the finite numbers',
      () => ({ ...few, optimizer: sgd({ learningRate: 1e30 }), epochs: 9 }),
      line,
    ],
    ['a monitor that is not measured', () => ({ ...few, callbacks: [earlyStopping()] }), line],
  ])('%s', async (_, options, given) => {
    const attempt = (train: typeof fit): Promise<unknown> => reasonOf(train(one, given as typeof line, options()))
    const here = (await attempt(fit)) as { code: string; message: string }
    expect(await attempt(remote.fit)).toMatchObject({ code: here.code, message: here.message })
  })
  test('and of backends', async () => {
    using other = connectTraining(start(), { workerBackend: 'broken' })
    expect(await reasonOf(other.fit(one, line, few))).toMatchObject({
      code: 'TASK_FAILED',
      message: expect.stringMatching(/no device/) as string,
    })
    using none = connectTraining(start(), { workerBackend: 'webgl' })
    expect(await reasonOf(none.fit(one, line, few))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/no backend 'webgl'; the worker has cpu, broken/) as string,
    })
    setDefaultBackend(undefined)
    expect(await reasonOf(remote.fit(one, line, few))).toMatchObject({ code: 'NO_DEFAULT_BACKEND' })
    const backend = cpu()
    const { params } = await remote.fit(one, line, { ...few, backend })
    expect(tensorsIn(params)[0]!.backend).toBe(backend)
  })
})

test('dispose ends a training under way', async () => {
  const other = connectTraining(start())
  const training = reasonOf(
    other.fit(sequential([dense(1)]), line, { ...few, epochs: 1e9, onEpoch: () => other.dispose() }),
  )
  expect(await training).toMatchObject({ code: 'ABORTED' })
})

test('a worker gives back what it took', async () => {
  const backend = cpu()
  const { port1, port2 } = new MessageChannel()
  exposeTraining({ backend }, port2)
  using other = connectTraining(port1)
  const here = cpu()
  const { params, state, optimizerState } = await other.fit(model, data, {
    loss,
    optimizer: adam(),
    epochs: 2,
    backend: here,
    callbacks: [earlyStopping({ monitor: 'loss' })],
  })
  await other.predict(model, params, rows, { state })
  await other.evaluate(model, params, data, { loss, state })
  await reasonOf(
    other.fit(model, data, { loss, optimizer: adam({ learningRate: 1e30 }), epochs: 9, params, state, optimizerState }),
  )
  for await (const event of other.fitEvents(model, data, { loss, optimizer: adam(), epochs: 9 }))
    if (event.kind === 'epoch') break
  expect(backend.memory()).toMatchObject({ buffers: 0 })
})

test('tasks of your own stand beside training', async () => {
  const tasks = { double: (x: number) => 2 * x }
  const { port1, port2 } = new MessageChannel()
  exposeTraining({ backend: cpu(), tasks }, port2)
  using other = connectTraining<typeof tasks>(port1)
  expect(await other.call('double', 21)).toBe(42)
  expect((await other.fit(sequential([dense(1)]), line, few)).epochs).toBe(2)
})

test('wrong calls', () => {
  const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as object
  const { port1, port2 } = new MessageChannel()
  expect(() => exposeTraining({ backend: {} }, port2)).toThrow(/backend is empty/)
  expect(() => exposeTraining({ backend: { cpu: 3 } as never }, port2)).toThrow(/backend\.cpu must be a function/)
  expect(() => exposeTraining({ backend: cpu as never }, port2)).toThrow(invalid)
  expect(() => exposeTraining({ backend: cpu(), builders: { a: 1 } as never }, port2)).toThrow(/builders\.a/)
  expect(() => exposeTraining({ backend: cpu(), backends: 1 } as never, port2)).toThrow(/backends/)
  expect(() => exposeTraining({ backend: cpu(), tasks: { fit: () => 1 } }, port2)).toThrow(/tasks\.fit has the name/)
  expect(() => exposeTraining({ backend: cpu() })).toThrow(/this is no worker/)
  expect(() => connectTraining(port1, { workerBackend: 3 } as never)).toThrow(invalid)
  expect(() => connectTraining(3 as never)).toThrow(invalid)
})
