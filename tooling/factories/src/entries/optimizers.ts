import { tensor, type Tree } from '@neurite/core'
import { fromSafetensors, toSafetensors } from '@neurite/io'
import * as optimizers from '@neurite/optimizers'
import type { LearningRateSchedule, Optimizer } from '@neurite/optimizers'
import type { Entry, Factory } from '../factory.js'
import { aFunction, kind, range, whole } from '../kinds.js'
import { thing } from '../values.js'

const { adjustableLearningRate, constantSchedule, sgd } = optimizers

const GRADIENTS = [
  [0.5, -3, 1e-3],
  [2, 0.25, -1],
  [-1, 0.5, 0.1],
]

/** Updates of a few steps. `kept` is what becomes of the state between two of them. */
async function trained(optimizer: Optimizer, kept?: (state: Tree) => Promise<Tree>): Promise<unknown> {
  const params = { weight: tensor([1, -2, 0.5], { dtype: 'float64' }) }
  let state = optimizer.init(params)
  const steps: unknown[] = []
  for (const gradient of GRADIENTS) {
    state = kept === undefined ? state : await kept(state)
    const [updates, next] = optimizer.update({ weight: tensor(gradient, { dtype: 'float64' }) }, state, params)
    steps.push([updates, next])
    state = next
  }
  return steps
}

async function throughFile(state: Tree): Promise<Tree> {
  return (fromSafetensors(await toSafetensors({ state })) as { readonly state: Tree }).state
}

/** From its config, where that holds no function; its state by way of a file. */
const restored = (optimizer: Optimizer): Promise<unknown> => {
  const config = optimizer.config!
  const again = JSON.stringify(config).includes('"custom"') ? optimizer : optimizers.optimizerFromConfig(config)
  return trained(again, throughFile)
}

const rates = (schedule: LearningRateSchedule): unknown =>
  [0, 1, 2, 3, 7].map((step) => schedule(tensor(step, { dtype: 'int32' })))

const notNegative = range('[0, Infinity)')
const positive = range('(0, Infinity)')
const optimizer = kind([{}, optimizers.sgd, 'sgd', 1], [])

const KINDS = {
  LearningRate: kind(
    [-1, NaN, Infinity, '0.1', true, {}, { initial: '1' }],
    [0.3, constantSchedule(0.2), thing(adjustableLearningRate(0.4))],
  ),
  Mask: kind([1, 'weight', { weight: 1 }], [false, () => false, { weight: false }]),
}

const made = (name: string, more: Partial<Factory<Optimizer>> = {}): [string, Factory<Optimizer>] => [
  name,
  {
    make: optimizers[name as 'adam'],
    tried: (one) => trained(one),
    restored,
    standard: { weightDecayMask: true },
    beside: { weightDecayMask: { weightDecay: 0.1 } },
    ...more,
  },
]

const scheduled = (
  name: string,
  options: object,
  more: Partial<Factory<LearningRateSchedule>> = {},
): [string, Factory<LearningRateSchedule>] => [
  name,
  {
    make: optimizers[name as 'warmup'],
    options: options as Readonly<Record<string, unknown>>,
    tried: rates,
    kinds: { every: whole(1), steps: whole(1, Infinity, 3, 30) },
    ...more,
  },
]

const factories = Object.fromEntries<Factory<never>>([
  made('sgd', {
    beside: {
      weightDecayMask: { weightDecay: 0.1 },
      nesterov: { momentum: 0.9 },
      dampening: { momentum: 0.9 },
    },
  }),
  made('gradientDescent'),
  ...['rmsprop', 'adam', 'adamw', 'adamax', 'nadam', 'adagrad', 'adadelta', 'lion'].map((name) => made(name)),
  scheduled('stepDecay', { initial: 0.1, every: 2 }),
  scheduled('exponentialDecay', { initial: 0.1, factor: 0.5 }),
  scheduled('cosineDecay', { initial: 0.1, steps: 5 }),
  scheduled(
    'cosineRestarts',
    { initial: 0.1, steps: 2 },
    { kinds: { steps: whole(1, Infinity, 3, 30), growth: range('[1, Infinity)', 1.5, 2) } },
  ),
  scheduled('polynomialDecay', { initial: 0.1, steps: 5 }),
  scheduled(
    'piecewise',
    { boundaries: [1, 2], values: [0.3, 0.2, 0.1] },
    {
      kinds: {
        boundaries: kind([3, [0, 1], [1, 1.5], ['1', 2], [2, 1], [1, 1], {}], [[1, 7]]),
        values: kind([3, [1, 2, -1], [1, 2, '3'], [1, 2], [1, 2, NaN], {}], [[3, 2, 1]]),
      },
    },
  ),
  scheduled(
    'warmup',
    { steps: 3, then: 0.1 },
    { kinds: { steps: whole(1), then: kind([-1, NaN, Infinity, '1', true, {}], [0.2, constantSchedule(0.5)]) } },
  ),
  scheduled(
    'oneCycle',
    { peak: 0.1, steps: 10 },
    { kinds: { steps: whole(4, Infinity, 20), initialDivisor: positive, finalDivisor: range('(0, Infinity)', 3) } },
  ),
  [
    'scheduleFrom',
    {
      make: optimizers.scheduleFrom,
      given: [(step: number) => 1 / (step + 1)],
      options: { steps: 5 },
      kinds: { f: aFunction, steps: whole(1, Infinity, 2) },
      tried: rates,
    },
  ],
  ['constantSchedule', { make: constantSchedule, given: [0.1], kinds: { value: notNegative }, tried: rates }],
  [
    'adjustableLearningRate',
    {
      make: adjustableLearningRate,
      given: [0.1],
      kinds: { initial: notNegative },
      tried: (rate: never) => trained(sgd({ learningRate: rate })),
    },
  ],
  made('addDecayedWeights', { given: [0.1], kinds: { decay: notNegative }, standard: { mask: true }, beside: {} }),
  made('clipByValue', { given: [0.4], kinds: { max: positive } }),
  made('clipByGlobalNorm', { given: [0.4], kinds: { max: positive } }),
  made('scale', { given: [-2], kinds: { factor: range('(-Infinity, Infinity)') } }),
  made('chain', { given: [optimizers.clipByValue(0.5), sgd()], kinds: { optimizers: optimizer } }),
  made('accumulate', { given: [sgd()], options: { every: 2 }, kinds: { optimizer, every: whole(1) } }),
  made('ema', { given: [sgd()], kinds: { optimizer } }),
] as [string, Factory<never>][])

export const optimizersAndSchedules: Entry = {
  source: 'packages/optimizers/src/index.ts',
  exports: optimizers,
  factories,
  kinds: KINDS,
  others: {
    'restores: every optimizer goes through it': ['optimizerFromConfig'],
    'works on params, gradients or states': [
      ...['applyUpdates', 'averageParams', 'currentLearningRate', 'setLearningRate', 'globalNorm'],
    ],
  },
}
