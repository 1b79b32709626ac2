import { tensor, type Tensor } from '@neurite/core'
import * as explain from '@neurite/explain'
import * as io from '@neurite/io'
import * as javascript from '@neurite/io/javascript'
import * as npz from '@neurite/io/npz'
import * as onnx from '@neurite/io/onnx'
import { standardScaler } from '@neurite/data'
import { mse } from '@neurite/losses'
import { dense, sequential } from '@neurite/nn'
import { sgd } from '@neurite/optimizers'
import * as search from '@neurite/search'
import type { Entry, Factory } from '../factory.js'
import { kind, range, whole } from '../kinds.js'
import { thing } from '../values.js'
import { anOrder } from './data.js'

// Functions with options that make no thing but do some work: the same is expected of their options.

const itself = (made: unknown): unknown => made

export const signal = kind([1, true, 'abort', {}], [])
export const backend = kind([1, 'cpu', true, {}], [])
const shape = kind([4, [0], [1.5], ['2'], true, {}], [])

const model = sequential([dense(2, { activation: 'tanh' }), dense(1)])
const linear = sequential([dense(2), dense(1)])
const params = model.init({ inputShape: [2] }).params
const linearParams = linear.init({ inputShape: [2] }).params
const classifier = sequential([dense(2), dense(2, { activation: 'softmax' })])
const classifierParams = classifier.init({ inputShape: [2] }).params
const numbers = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)])
/** More rows than the default batch has, also where half of them are left out. */
const many = Array.from({ length: 80 }, (_, i) => [Math.sin(i), Math.cos(2 * i)])
const data = { x: many, y: many.map(([a, b]) => a! * b!) }

const network = thing(await explain.networkGraph(model, params))
const trace = thing(await explain.traceBackprop((x: Tensor) => explainable(x), tensor([3, 2])))
const flow = thing(await explain.gradientFlow(model, params, { x: numbers, y: numbers.map(([a]) => [a!]) }, mse))
const approximation = thing(await explain.approximate(Math.abs, { domain: [-1, 1], neurons: 2, steps: 0 }))

function explainable(x: Tensor): Tensor {
  return mse(x, tensor([0, 1]))
}

const wide = whole(320, Infinity, 390)
const ofTrace = kind([1, 'not there', true, {}], ['x'])

const SIGNAL = 'ends the work early'

export const explaining: Entry = {
  source: 'packages/explain/src/index.ts',
  exports: explain,
  kinds: {
    AbortSignal: signal,
    'Backend<object>': backend,
    'readonly number[]': shape,
    Tree: kind([], []),
    Detail: kind(['some', 1, true, {}], ['all']),
    Theme: kind(['blue', 1, true, {}], ['dark', 'light']),
    string: kind([1, true, {}], ['a title']),
    Activation: kind(['tanhh', 1, true, {}], ['gelu']),
  },
  factories: {
    networkGraph: {
      make: explain.networkGraph,
      given: [model, params],
      kinds: { model: kind([], []), params: kind([], []) },
      quiet: { inputShape: 'known from the params' },
      tried: itself,
    },
    toDot: {
      make: explain.toDot,
      given: [network],
      kinds: { graph: kind([], []), maxNodes: whole(15) },
      quiet: { maxNodes: 'the network is small' },
      tried: itself,
      standard: { weights: true },
    },
    toSvg: {
      make: explain.toSvg,
      given: [network],
      kinds: { graph: kind([], []), maxNodes: whole(15), width: wide },
      quiet: { maxNodes: 'the network is small' },
      tried: itself,
      standard: { weights: true },
    },
    traceSvg: {
      make: explain.traceSvg,
      given: [trace],
      kinds: { trace: kind([], []), width: wide, path: ofTrace },
      tried: itself,
      quiet: { detail: 'nothing has a name' },
    },
    traceGraph: {
      make: explain.traceGraph,
      given: [trace],
      kinds: { trace: kind([], []), path: ofTrace },
      tried: itself,
      quiet: { detail: 'nothing has a name' },
    },
    gradientFlowSvg: {
      make: explain.gradientFlowSvg,
      given: [flow],
      kinds: { flow: kind([], []), width: wide },
      tried: itself,
    },
    approximationSvg: {
      make: explain.approximationSvg,
      given: [approximation, Math.abs],
      kinds: { approximation: kind([], []), f: kind([1, 'abs', true, {}], []), width: wide },
      tried: itself,
    },
    latexSteps: {
      make: explain.latexSteps,
      given: [trace],
      kinds: { trace: kind([], []), digits: whole(1, 100, 2), only: ofTrace },
      tried: itself,
      quiet: { detail: 'nothing has a name', digits: 'whole numbers' },
    },
    traceBackprop: {
      make: explain.traceBackprop,
      given: [explainable, tensor([3, 2])],
      kinds: { f: kind([1, 'f', true], []), inputs: kind([], []), names: kind([3, {}, true], ['v']) },
      tried: itself,
    },
    collapseLinear: {
      make: explain.collapseLinear,
      given: [linear, linearParams],
      kinds: { model: kind([], []), params: kind([], []), state: kind([], []) },
      quiet: { inputShape: 'known from the params', state: 'there is none', seed: 'of a check' },
      tried: itself,
    },
    approximate: {
      make: explain.approximate,
      given: [Math.abs],
      options: { domain: [-1, 1], neurons: 2, steps: 0 },
      kinds: {
        f: kind([1, 'abs', true, {}], []),
        domain: kind([3, [1, 0], ['a', 'b'], [0], true, {}], [[0, 1]]),
        neurons: whole(1, Infinity, 3),
        maxNeurons: whole(1),
        tolerance: range('(0, Infinity)'),
        steps: whole(0),
      },
      quiet: {
        tolerance: 'not together with neurons',
        maxNeurons: 'goes with tolerance',
        backend: 'another computes the same',
        signal: SIGNAL,
        onProgress: 'is told, and changes nothing',
      },
      beside: { tolerance: { neurons: undefined } },
      standard: { neurons: undefined },
      tried: async (made: explain.Approximation) => ({ ...made }),
    },
  },
  others: {
    'has an option that is read where it is used': ['gradientFlow'],
    'is a constant': ['FLOW_THRESHOLDS'],
  },
}

const bytes = await io.toSafetensors({ w: tensor([1, 2]) })
const saved = await io.encodeModel({ model, params, examples: numbers.slice(0, 3) })
const limits = {
  maxBytes: kind([0.5, -1, NaN, '1', true, {}], []),
  maxTensors: kind([0.5, -1, NaN, '1', true, {}], []),
  maxWork: kind([0.5, -1, NaN, '1', true, {}], []),
}
const LIMIT = 'a limit'
const ofFiles = {
  kinds: { 'Backend<object>': backend, 'readonly number[]': shape, AbortSignal: signal },
}
const loading = {
  kinds: {
    ...limits,
    bytes: kind([1, 'model', true, {}, []], []),
    tolerance: kind([-1, NaN, '1', true, {}], []),
    builders: kind([1, 'dense', true, [1]], []),
  },
  quiet: {
    maxBytes: LIMIT,
    maxTensors: LIMIT,
    maxWork: LIMIT,
    signal: SIGNAL,
    backend: 'another computes the same',
    builders: 'for layers of your own',
    tolerance: LIMIT,
  },
}

export const filing: readonly Entry[] = [
  {
    source: 'packages/io/src/index.ts',
    exports: io,
    ...ofFiles,
    factories: {
      fromSafetensors: { make: io.fromSafetensors, given: [bytes], ...loading, tried: itself },
      decodeModel: {
        make: io.decodeModel,
        given: [saved],
        ...loading,
        tried: async (made: io.SavedModel) => made.predict(numbers),
      },
    },
    others: {
      'saves what is given, and has no options': ['toSafetensors', 'fromNpy', 'toNpy', 'encodeModel', 'saveModel'],
      'reads a file with the options of decodeModel': ['loadModel'],
    },
  },
  {
    source: 'packages/io/src/npz/index.ts',
    exports: npz,
    factories: {
      toNpz: {
        make: npz.toNpz,
        given: [{ w: numbers.concat(numbers) }],
        kinds: { arrays: kind([1, 'w', true], []) },
        tried: itself,
      },
      fromNpz: {
        make: npz.fromNpz,
        given: [await npz.toNpz({ w: numbers })],
        kinds: { ...limits, bytes: kind([1, 'w', true], []), maxArrays: limits.maxTensors },
        quiet: { maxBytes: LIMIT, maxArrays: LIMIT },
        tried: itself,
      },
    },
    others: {},
  },
  {
    source: 'packages/io/src/onnx/index.ts',
    exports: onnx,
    ...ofFiles,
    factories: {
      toOnnx: {
        make: onnx.toOnnx,
        given: [model, params],
        options: { inputShape: [2] },
        kinds: {
          inputShape: kind([4, [1.5], ['2'], true, {}], []),
          model: kind([], []),
          params: kind([], []),
          state: kind([], []),
          preprocessing: kind([1, 'scaler', true, {}], []),
        },
        quiet: {
          inputShape: 'the model takes one',
          state: 'there is none',
          preprocessing: 'tried with the package',
          inputType: 'for embeddings',
        },
        tried: itself,
      },
    },
    others: {},
  },
  {
    source: 'packages/io/src/javascript/index.ts',
    exports: javascript,
    ...ofFiles,
    factories: {
      toJavaScript: {
        make: javascript.toJavaScript,
        given: [classifier, classifierParams],
        options: { examples: numbers, labels: ['a', 'b'] },
        kinds: {
          model: kind([], []),
          params: kind([], []),
          state: kind([], []),
          examples: kind([], [numbers.map(([a, b]) => ({ a: a!, b: b! }))]),
          preprocessing: kind([1, 'scaler', true, {}], [standardScaler().fit(numbers)]),
          target: kind([1, 'scaler', true, {}], []),
          labels: kind([1, 'a', true, {}, ['a']], [['c', 'd']]),
          threshold: kind([], []),
          wasm: kind([1, 'model.wasm', true, {}, new Uint8Array(8)], []),
        },
        quiet: {
          state: 'there is none',
          target: 'tried with the package',
          threshold: 'for one output',
          wasm: 'tried with the umbrella, which has toWasm',
        },
        standard: { threshold: undefined },
        tried: itself,
      },
    },
    others: {},
  },
]

const mode = kind(['lower', 1, true], ['max'])
const searchKinds = {
  mode,
  concurrency: whole(1),
  trials: whole(1, Infinity, 5),
  leaderboard: kind([{}, [3], 1, 'best'], []),
  engine: kind([1, 'cluster', true, {}, { runRound: 1 }], []),
  objective: kind([1, 'loss', true, {}], []),
  space: kind([1, 'space', true, {}, { a: [] }, { a: 1 }], []),
}
const searchQuiet = {
  concurrency: 'how many at once, never what comes out',
  signal: SIGNAL,
  leaderboard: 'what was tried already',
  engine: 'who runs the trials, which then are named',
  onTrial: 'is told, and changes nothing',
}
const space = { a: [1, 2, 3], b: thing(search.uniformBetween(0, 1)) }
interface Point {
  readonly a: number
  readonly b?: number
}
const objective = ({ a, b = 0 }: Point, { seed, resource = 1 }: search.TrialContext): number =>
  (a - 2) ** 2 + b / resource + (seed % 7) * 1e-3

/** What was found, but for the clock. */
const found = ({ best, leaderboard }: search.SearchResult<Point>): unknown =>
  [best, ...leaderboard].map((trial) => ({ ...trial, seconds: 0 }))

const ends = (make: (...given: never[]) => unknown): Factory<search.Dimension<number>> => ({
  make,
  given: [2, 9],
  kinds: { minimum: kind([NaN, Infinity, '1', true, {}, 9], []), maximum: kind([NaN, Infinity, '1', true, {}, 2], []) },
  tried: ({ kind: what, draw }) => [what, ...[0, 0.3, 0.7, 0.999].map(draw)],
})

const training = {
  kinds: {
    loss: kind([1, 'mse', true, {}], []),
    epochs: whole(1),
    batchSize: kind([0, 1.5, 'all', NaN, true, {}], [4, 'full']),
    validation: kind([0, 1, NaN, 'x', true, {}], []),
    stratify: kind([1, true, {}], []),
    groups: kind([1, true, {}], []),
    metrics: kind([1, 'accuracy', true, [1], { a: 1 }], []),
    callbacks: kind([1, 'earlyStopping', true, {}, [1], [{}], [{ name: 'a', onEpoch: () => 0 }]], []),
    classWeights: kind([1, 'balance', true, { 0: -1 }, { 0: '1' }], []),
    params: kind([], []),
    state: kind([], []),
    optimizerState: kind([], []),
    resume: kind([1, 'x', true, {}], []),
    onWarning: kind([1, 'x', true, {}], []),
    model: kind([1, 'x', true, {}], []),
    data: kind([1, 'x', true, {}], []),
    prepare: kind([1, 'scale', true, {}], []),
    order: anOrder(80),
    folds: whole(2, Infinity, 3),
    maxBytesOnDevice: whole(0),
  },
  quiet: {
    ...{ signal: SIGNAL, validation: 'tried with callbacks', stratify: 'of classes', metrics: 'tried one by one' },
    groups: 'of groups',
    ...{ callbacks: 'tried one by one', classWeights: 'of classes', params: 'goes on', state: 'goes on' },
    ...{ optimizerState: 'goes on', resume: 'goes on', backend: 'another computes the same', loss: 'tried one by one' },
    ...{
      onIteration: 'is told',
      maxBytesOnDevice: 'computes the same',
      onEpoch: 'is told',
      onWarning: 'is told',
      gradientNorm: 'is told',
      optimizer: 'tried one by one',
      prepare: 'up to the caller',
    },
  },
}

export const searching: Entry = {
  source: 'packages/search/src/index.ts',
  exports: search,
  kinds: {
    AbortSignal: signal,
    'Backend<object>': backend,
    'Optimizer<Tree>': kind([1, 'sgd', true, {}, sgd], []),
  },
  factories: {
    uniformBetween: ends(search.uniformBetween),
    logUniformBetween: ends(search.logUniformBetween),
    integerBetween: ends(search.integerBetween),
    gridSearch: {
      make: search.gridSearch,
      given: [{ a: [1, 2, 3] }, objective],
      kinds: searchKinds,
      quiet: searchQuiet,
      tried: found,
    },
    randomSearch: {
      make: search.randomSearch,
      given: [space, objective],
      options: { trials: 3 },
      kinds: searchKinds,
      quiet: searchQuiet,
      tried: found,
    },
    successiveHalving: {
      make: search.successiveHalving,
      given: [space, objective],
      options: { trials: 9, maxResource: 9 },
      kinds: {
        ...searchKinds,
        minResource: range('(0, Infinity)', 2),
        maxResource: range('(0, Infinity)', 3),
        factor: whole(2, Infinity, 2),
      },
      quiet: searchQuiet,
      tried: found,
    },
    crossValidate: {
      make: search.crossValidate,
      given: [model, data],
      options: { loss: mse, optimizer: sgd(), epochs: 1, folds: 2 },
      ...training,
      called: '(crossValidate|fit|kFold)',
      tried: itself,
    },
    learningRateFinder: {
      make: search.learningRateFinder,
      given: [model, data],
      options: { loss: mse, optimizer: (learningRate: never) => sgd({ learningRate }), steps: 10 },
      ...training,
      kinds: {
        ...training.kinds,
        minimum: kind([0, -1, NaN, Infinity, '1', true, 20], [1e-3]),
        maximum: kind([0, NaN, Infinity, '1', true, 1e-7], [1]),
        steps: whole(10, Infinity, 12),
        optimizer: kind([1, 'sgd', true, sgd()], []),
      },
      called: '(learningRateFinder|fit)',
      tried: itself,
    },
    workerPool: {
      make: search.workerPool,
      given: [() => ({})],
      options: { workers: 1 },
      kinds: { create: kind([1, 'worker', true, {}], []), workers: whole(1) },
      tried: ({ workers }: search.WorkerPool) => workers,
    },
  },
  others: { 'answers within a worker': ['exposeObjective'], 'asks an objective, for engines': ['judge'] },
}
