import * as families from '@neurite/backend-cpu/families'
import * as cpus from '@neurite/backend-cpu'
import { tensor, type Backend, type TypedArray } from '@neurite/core'
import * as files from '@neurite/files'
import { mse } from '@neurite/losses'
import { dense, dropout, sequential } from '@neurite/nn'
import { adam, adjustableLearningRate } from '@neurite/optimizers'
import * as terminal from '@neurite/terminal'
import * as train from '@neurite/train'
import type { Callback, FileStore, Metric } from '@neurite/train'
import type { Entry, Factory } from '../factory.js'
import { kind, range, whole } from '../kinds.js'

const finite = range('(-Infinity, Infinity)', 0.8, 0.1)

const CLASSES = {
  prediction: [0.1, 0.9, 0.4, 0.6, 0.7],
  target: [0, 1, 1, 0, 1],
}
const MANY = {
  prediction: [
    [0.5, 0.2, 0.3],
    [0.1, 0.3, 0.6],
    [0.2, 0.5, 0.3],
    [0.4, 0.35, 0.25],
  ],
  target: [0, 1, 2, 2],
}

/** A metric, as it is and weighted, and for logits. */
const measured =
  ({ prediction, target }: { readonly prediction: readonly unknown[]; readonly target: readonly unknown[] }) =>
  (made: Metric): unknown =>
    [{}, { weights: target.map((_, i) => 1 + (i % 2)) }].map((context) => [
      made.kind,
      made.mode,
      Reflect.apply(made, undefined, [prediction, target, context]) as number,
    ])

const binary = { tried: measured(CLASSES), kinds: { threshold: finite } }

/** Without null, which asks for each class's score. */
const average = { wrong: ['macro?', '', 1, true, {}], right: ['macro', 'micro', 'weighted'] }
const averaged = { ...binary, kinds: { ...binary.kinds, average, positiveLabel: kind([2, -1, 0.5, true, {}], [0]) } }

const METRICS: Readonly<Record<string, Factory<Metric>>> = fromConfigs({
  accuracy: { make: train.accuracy, ...binary },
  precision: { make: train.precision, ...averaged },
  recall: { make: train.recall, ...averaged },
  f1: { make: train.f1, ...averaged },
  topKAccuracy: { make: train.topKAccuracy, tried: measured(MANY), kinds: { k: whole(1) }, options: {} },
  averagePrecision: { make: train.averagePrecision, tried: measured(CLASSES) },
  rocAuc: { make: train.rocAuc, tried: measured(CLASSES) },
  logLoss: { make: train.logLoss, tried: measured(CLASSES) },
  meanAbsoluteError: { make: train.meanAbsoluteError, tried: measured(CLASSES) },
  meanSquaredError: { make: train.meanSquaredError, tried: measured(CLASSES) },
  r2: { make: train.r2, tried: measured(CLASSES) },
})

/** Each as it is when it was made again from what it says of itself. */
function fromConfigs(metrics: Readonly<Record<string, Factory<Metric>>>): Readonly<Record<string, Factory<Metric>>> {
  const again = ({ kind: name, options }: Metric): Metric => train.metricFromConfig({ kind: name!, ...options })
  return Object.fromEntries(
    Object.entries(metrics).map(([name, factory]) => [
      name,
      { ...factory, restored: (made) => factory.tried(again(made)) },
    ]),
  )
}

const model = sequential([dense(3, { activation: 'tanh' }), dropout(0.2), dense(1)])
const data = {
  x: Array.from({ length: 12 }, (_, i) => [i / 6 - 1]),
  y: Array.from({ length: 12 }, (_, i) => (i % 3) / 2),
}

/** What does not depend on the clock. */
const timeless = (history: object): unknown =>
  Object.fromEntries(Object.entries(history).filter(([name]) => !/seconds/i.test(name)))

/** A run of some epochs with a callback; `pause`: that ends half way, is saved, and goes on in another run. */
async function run(callback: Callback, epochs = 24, options: object = {}): Promise<unknown> {
  const result = await train.fit(model, data, {
    loss: mse,
    optimizer: adam({ learningRate: adjustableLearningRate(0.3) }),
    epochs,
    batchSize: 6,
    validation: 0.25,
    callbacks: [callback],
    ...options,
  })
  const { history, params, stoppedBy, bestEpoch } = result
  return { history: timeless(history), params, stoppedBy, bestEpoch }
}

/** Lines of text that a callback writes, but for the clock. */
const written: string[] = []
const stream = { write: (part: string) => written.push(part), isTTY: false, columns: 60 }

async function shown(made: Callback): Promise<unknown> {
  written.length = 0
  await run(made, 10)
  return written.join('').replaceAll(/\d+\.\d+(?=\n)/g, '?')
}

const aStore = kind([1, 'file', true, {}, [1]], [])

const CALLBACKS: Readonly<Record<string, Factory<Callback>>> = {
  earlyStopping: {
    make: train.earlyStopping,
    kinds: {
      monitor: kind([1, true, {}, 'valLos'], ['loss']),
      patience: whole(1, Infinity, 2),
      minDelta: range('[0, Infinity)', 0.5),
    },
    standard: { mode: 'min' },
    options: { patience: 3 },
    beside: { monitor: { patience: 1 } },
    tried: (made) => run(made),
  },
  reduceOnPlateau: {
    make: train.reduceOnPlateau,
    kinds: {
      monitor: kind([1, true, {}, 'valLos'], ['loss']),
      patience: whole(1, Infinity, 1),
      minDelta: range('[0, Infinity)', 0.5),
      minLearningRate: range('[0, Infinity)', 0.2),
    },
    standard: { mode: 'min' },
    options: { patience: 2 },
    tried: (made) => run(made),
  },
  csvLogger: {
    make: train.csvLogger,
    given: [(line: string) => void written.push(line)],
    kinds: { target: kind([1, '', true, {}], []) },
    tried: shown,
  },
  checkpoint: {
    make: train.checkpoint,
    given: [files.memoryStore()],
    kinds: { store: aStore, everyEpochs: whole(1, Infinity, 7), everyIterations: whole(1) },
    tried: (made) => run(made),
    quiet: {
      everyEpochs: 'the last of training is kept in any case',
      everyIterations: 'the last of training is kept in any case',
    },
  },
}

const STORES: Readonly<Record<string, Factory<FileStore>>> = {
  memoryStore: {
    make: files.memoryStore,
    tried: async (made) => {
      await made.save(Uint8Array.of(1, 2, 3))
      return made.load()
    },
  },
  fileStore: {
    make: files.fileStore,
    given: ['no/such/folder/run.safetensors'],
    kinds: { target: kind([1, true, {}, [1]], []) },
    tried: (made) => made.load(),
  },
}

const names = kind([1, 'loss', {}, [1], true], [['valLoss']])

export const training: Entry = {
  source: 'packages/train/src/index.ts',
  exports: train,
  factories: { ...METRICS, ...CALLBACKS, ...STORES },
  others: {
    'is in browsers alone; its argument is tried by the tests of @neurite/files': ['indexedDbStore'],
    'trains, runs or measures; its options are tried with fit': [
      ...['fit', 'fitEvents', 'evaluate', 'predict', 'predictor', 'diagnose', 'fastest', 'confusionMatrix'],
      ...['classificationReport', 'tuneThreshold'],
    ],
    'reads the options of fit': ['fitReaders'],
    'saves and restores: callbacks go through it': ['loadCheckpoint', 'encodeCheckpoint', 'decodeCheckpoint'],
    'restores: every metric goes through the first; the tests of train bring every callback that has a config': [
      'metricFromConfig',
      'callbackFromConfig',
    ],
    'answers a question': ['validationName'],
  },
}

export const terminals: Entry = {
  source: 'packages/terminal/src/index.ts',
  exports: terminal,
  kinds: { TextStream: kind([1, 'stdout', true, {}], []), 'readonly string[]': names },
  factories: {
    progressBar: {
      make: terminal.progressBar,
      options: { stream },
      tried: shown,
      quiet: { stream: 'tried everywhere', color: 'for a terminal' },
    },
    terminalPlot: {
      make: terminal.terminalPlot,
      options: { stream },
      tried: shown,
      kinds: { height: whole(3) },
      quiet: { stream: 'tried everywhere' },
    },
  },
  others: {},
}

const someBackend = async (made: Backend<TypedArray>): Promise<unknown> => {
  const numbers = tensor([1, 2, 3], { backend: made })
  const value = await numbers.toArray()
  const { memory } = made
  numbers.dispose()
  return [value, memory.call(made)]
}

export const backends: readonly Entry[] = [
  {
    source: 'packages/backend-cpu/src/index.ts',
    exports: cpus,
    factories: {
      cpu: {
        make: cpus.cpu,
        tried: someBackend,
        kinds: { poolBytes: range('[0, Infinity]') },
        quiet: { poolBytes: 'how much is kept, never what comes out' },
      },
    },
    others: {},
  },
  {
    source: 'packages/backend-cpu/src/families.ts',
    exports: families,
    factories: {},
    others: {
      'puts families together; its own tests try its arguments': ['cpuOf'],
      'is a family of kernels': [
        'convolution',
        'fusion',
        'indexing',
        'order',
        'matmul',
        'movement',
        'pooling',
        'powers',
        'reductions',
        'softmax',
        'elementwise',
        'random',
      ],
    },
  },
]
