import { cpu } from '@neurite/backend-cpu'
import { NeuriteError, setDefaultBackend, type Tensor } from '@neurite/core'
import { memoryStore } from '@neurite/files'
import { mse, sparseCrossEntropy } from '@neurite/losses'
import { batchNorm, dense, dropout, sequential, type Layer } from '@neurite/nn'
import { zeros } from '@neurite/nn/initializers'
import { adam, adjustableLearningRate, sgd } from '@neurite/optimizers'
import { expect, test } from 'vitest'
import {
  accuracy,
  checkpoint,
  csvLogger,
  earlyStopping,
  evaluate,
  fit,
  fitEvents,
  loadCheckpoint,
  meanAbsoluteError,
  reduceOnPlateau,
  type Callback,
  type FitOptions,
  type FitResult,
} from '../../src/index.js'

// Trainings from their begin to their end: every event in its order, with all that it says. Kept in golden/courses.txt; `vitest -u`
// writes it anew.
setDefaultBackend(cpu())

const line = sequential([dense(1, { weightInitializer: zeros })])
const rows = { x: [[0], [1], [2], [3], [4], [5]], y: [1, 3, 5, 7, 9, 11] }
const base = { loss: mse, optimizer: sgd({ learningRate: 0.04 }), epochs: 2, batchSize: 2 } as const
const aborted = (): never => {
  throw new Error('never')
}

/** In five digits, without what a clock says. */
const written = (value: unknown): string =>
  JSON.stringify(value, (name, part: unknown) => {
    if (name === 'seconds' || name === 'samplesPerSecond')
      return [part].flat().every((each) => (each as number) >= 0) ? `${[part].flat().length} of them` : part
    if (part instanceof Int32Array) return [...part]
    return typeof part === 'number' && Number.isFinite(part) ? Number(part.toPrecision(5)) : part
  })

async function resultOf({ params, state, optimizerState, ...rest }: FitResult): Promise<string> {
  const of = async (tree: unknown): Promise<unknown> =>
    tree === null || typeof tree !== 'object'
      ? tree
      : 'dtype' in tree
        ? await (tree as Tensor).toArray()
        : Object.fromEntries(
            await Promise.all(Object.entries(tree).map(async ([name, part]) => [name, await of(part)])),
          )
  return `  result ${written({ ...rest, params: await of(params), state: await of(state), optimizerState: await of(optimizerState) })}`
}

type Loose = Partial<Record<keyof FitOptions, unknown>>

/** All hooks of a run, and what it gave. */
async function course(options: Loose, data: unknown = rows, model: Layer = line): Promise<string> {
  const lines: string[] = []
  const log = (name: string, said: unknown = ''): void => void lines.push(`  ${name} ${written(said)}`)
  const watching: Callback = {
    name: 'watching',
    onTrainBegin: ({ epochs, measured, adjustable }) => log('begin', { epochs, measured: Object.keys(measured), modes: Object.values(measured).map(String), adjustable }), // prettier-ignore
    onEpochBegin: (event) => log('epoch begins', event),
    onIteration: (event) => log('iteration', event),
    onEpochEnd: (event) => log('epoch', event),
    onTrainEnd: (run, error) => log('end', { error: error instanceof Error ? error.message.slice(0, 90) : "none", history: run.history }), // prettier-ignore
  }
  const { callbacks = [], ...rest } = options as Partial<FitOptions>
  try {
    const result = await fit(
      model,
      data as typeof rows,
      {
        ...base,
        ...rest,
        onWarning: (message: string) => log('warning', message),
        callbacks: [...callbacks, watching],
      } as FitOptions,
    )
    lines.push(await resultOf(result))
  } catch (error) {
    log('failed', error instanceof NeuriteError ? error.message : String(error))
  }
  return lines.join('\n')
}

const batches = (sizes: readonly number[]) => ({
  *batches() {
    let at = 0
    for (const size of sizes) {
      yield { x: rows.x.slice(at, at + size), y: rows.y.slice(at, at + size) }
      at += size
    }
  },
})

const COURSES: Readonly<Record<string, () => Promise<string>>> = {
  'all rows, none held back': () => course({}),
  'in full batches, in order': () => course({ batchSize: 'full', epochs: 3, gradientNorm: true }),
  'batches that do not come out even': () => course({ batchSize: 4, order: 'cyclic', epochs: 1 }),
  'with metrics and a share held back': () =>
    course({ validation: 0.34, metrics: { mae: meanAbsoluteError }, seed: 3, epochs: 2 }),
  'with validation data': () => course({ validation: { x: [[6], [7]], y: [13, 15] }, metrics: { mae: meanAbsoluteError } }), // prettier-ignore
  'with a fold': () =>
    course({ validation: { trainIndices: Int32Array.of(0, 1, 2, 3), testIndices: Int32Array.of(5, 4) } }),
  'with weights': () => course({ batchSize: 'full' }, { ...rows, sampleWeights: [0, 1, 2, 1, 1, 0] }),
  'with class weights, dropout and running statistics': () =>
    course(
      { loss: sparseCrossEntropy({ fromLogits: true }), classWeights: 'balanced', metrics: { accuracy }, batchSize: 3 },
      { x: rows.x, y: [0, 0, 0, 0, 1, 1] },
      sequential([batchNorm(), dropout(0.25), dense(2, { weightInitializer: zeros })]),
    ),
  'of a source': () => course({ validation: batches([2, 1]) }, batches([2, 2, 2])),
  'of a source whose batches differ': () => course({ metrics: { mae: meanAbsoluteError } }, batches([3, 1, 2])),
  'stopped by a callback in the middle of an epoch': () =>
    course({
      epochs: 5,
      callbacks: [{ name: 'stops', onIteration: ({ iteration }, run) => { if (iteration === 3) run.stop('enough') } } satisfies Callback], // prettier-ignore
    }),
  'stopped early, the best given back': () =>
    course({
      ...{ epochs: 9, batchSize: 'full', optimizer: sgd({ learningRate: 0.11 }) },
      callbacks: [earlyStopping({ monitor: 'loss', patience: 2 })],
    }),
  'stopped early, the last kept': () =>
    course({
      ...{ epochs: 9, batchSize: 'full', optimizer: sgd({ learningRate: 0.11 }) },
      callbacks: [earlyStopping({ monitor: 'loss', patience: 1, restoreBest: false })],
    }),
  'too little better': () =>
    course({ epochs: 9, callbacks: [earlyStopping({ monitor: 'loss', patience: 2, minDelta: 1e3 })] }),
  'on plateaus the rate falls, to its least': () =>
    course({
      ...{ epochs: 8, batchSize: 'full', optimizer: sgd({ learningRate: adjustableLearningRate(0.04) }) },
      callbacks: [reduceOnPlateau({ monitor: 'loss', patience: 2, factor: 0.25, minLearningRate: 0.005, minDelta: 1e3 })], // prettier-ignore
    }),
  'aborted in the second epoch': () => {
    const controller = new AbortController()
    return course({
      epochs: 5,
      signal: controller.signal,
      callbacks: [{ name: 'aborts', onIteration: ({ iteration }) => { if (iteration === 4) controller.abort() } } satisfies Callback], // prettier-ignore
    })
  },
  'a callback that fails': () =>
    course({ callbacks: [{ name: 'fails', onEpochEnd: () => Promise.reject(new Error('disk full')) }] }),
  'a source that fails': () =>
    course(
      {},
      {
        *batches() {
          yield { x: [[0]], y: [1] }
          aborted()
        },
      },
    ),
  'a loss that is not finite': () => course({ optimizer: sgd({ learningRate: 1e25 }), epochs: 3, batchSize: 'full' }),
  'a loss of no use': () =>
    course({ epochs: 1, batchSize: 6 }, rows, sequential([dense(1, { activation: 'softmax' })])),
}

test('events', async () => {
  const texts: string[] = []
  for (const [name, run] of Object.entries(COURSES)) texts.push(`${name}\n${await run()}`)
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('../golden/courses.txt')
})

test('events as they are taken, and a break', async () => {
  const kinds: string[] = []
  for await (const event of fitEvents(line, rows, { ...base, iterations: true } as never)) kinds.push(event.kind)
  const lines: string[] = []
  for await (const event of fitEvents(line, rows, base)) {
    lines.push(event.kind === 'end' ? await resultOf(event.result) : written(event))
    if (event.kind === 'epoch' && event.epoch === 0) lines.push('')
  }
  await expect([kinds.join(' '), ...lines].join('\n')).toMatchFileSnapshot('../golden/taken.txt')
}, 30_000)

test('checkpoints: when they are written, what is in them, and where one goes on', async () => {
  const lines: string[] = []
  for (const options of [{}, { everyEpochs: 2 }, { everyEpochs: 3, everyIterations: 2 }]) {
    const inner = memoryStore()
    const saved: number[] = []
    const store = {
      ...inner,
      async save(bytes: Uint8Array<ArrayBuffer>) {
        saved.push(bytes.length)
        await inner.save(bytes)
      },
    }
    const model = sequential([dense(1, { weightInitializer: zeros })])
    const run = { ...base, epochs: 4, optimizer: adam({ learningRate: 0.1 }) }
    const callbacks = () => [checkpoint(store, options), earlyStopping({ monitor: 'loss', patience: 3 })]
    const whole = await fit(model, rows, { ...run, callbacks: callbacks() })
    lines.push(`${JSON.stringify(options)}: ${saved.length} written`)
    const taken = (await loadCheckpoint(store))!
    lines.push(
      `  ${written({ ...taken, params: 0, state: 0, optimizerState: 0, callbacks: Object.keys(taken.callbacks ?? {}), about: 0 })}`,
    )
    const again = await fit(model, rows, { ...run, epochs: 6, resume: taken, callbacks: callbacks() })
    const longer = await fit(model, rows, { ...run, epochs: 6 })
    expect(written(again.history)).toBe(written(longer.history))
    lines.push(await resultOf(again), await resultOf(whole))
  }
  await expect(lines.join('\n')).toMatchFileSnapshot('../golden/checkpoints.txt')
})

test('a log of values', async () => {
  let text = ''
  await fit(line, rows, {
    ...{ ...base, validation: 0.34, metrics: { 'mae, "absolute"': meanAbsoluteError } },
    callbacks: [csvLogger((part) => void (text += part))],
  })
  await expect(text.replaceAll(/[\d.e-]+$/gm, '#')).toMatchFileSnapshot('../golden/log.txt')
})

test('what evaluate gives', async () => {
  const { params } = await fit(line, rows, base)
  const lines = [
    await evaluate(line, params, rows, { loss: mse }),
    await evaluate(line, params, rows, { metrics: { mae: meanAbsoluteError } }),
    await evaluate(
      line,
      params,
      { ...rows, sampleWeights: [0, 0, 0, 0, 0, 1] },
      { loss: mse, metrics: { mae: meanAbsoluteError } },
    ),
    await evaluate(line, params, batches([4, 2]), { loss: mse, metrics: { mae: meanAbsoluteError } }),
    await evaluate(line, params, rows, { loss: mse, batchSize: 4 }),
  ]
  await expect(lines.map(written).join('\n')).toMatchFileSnapshot('../golden/evaluated.txt')
})
