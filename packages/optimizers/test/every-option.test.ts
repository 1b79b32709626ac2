import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensorsIn, type Tree } from '@neurite/core'
import { describe, expect, test } from 'vitest'
import * as all from '../src/index.js'
import {
  accumulate,
  addDecayedWeights,
  adjustableLearningRate,
  chain,
  clipByGlobalNorm,
  ema,
  scale,
  setLearningRate,
  sgd,
  type Optimizer,
  type LearningRateSchedule,
} from '../src/index.js'
import { float64, int32, numbers } from './support/host.js'

setDefaultBackend(cpu())

const RATE = [-1, NaN, Infinity, '0.1', null, {}, { initial: '1' }]
const NOT_NEGATIVE = [-1, NaN, Infinity, '1', null]
const SHARE = [-0.1, 1, NaN, '0.5', null]
const POSITIVE = [0, -1, NaN, Infinity, '1']
const COUNT = [0, 1.5, NaN, '3', null]
const FLAG = [1, 'true', null]

/** An option: its documented default (undefined: it must be given), and values that are none. */
type Options = Readonly<Record<string, readonly [standard: unknown, wrong: readonly unknown[]]>>

const common = (learningRate: number, weightDecay = 0): Options => ({
  learningRate: [learningRate, RATE],
  weightDecay: [weightDecay, NOT_NEGATIVE],
  weightDecayMask: [true, [1, 'weight', null]],
})
const betas = { beta1: [0.9, SHARE], beta2: [0.999, SHARE], epsilon: [1e-8, NOT_NEGATIVE] } as const

const OPTIMIZERS: Readonly<Record<string, Options>> = {
  sgd: { ...common(0.01), momentum: [0, SHARE], nesterov: [false, FLAG], dampening: [0, SHARE] },
  gradientDescent: { learningRate: [0.01, RATE] },
  rmsprop: {
    ...common(0.01),
    decay: [0.99, SHARE],
    epsilon: [1e-8, NOT_NEGATIVE],
    momentum: [0, SHARE],
    centered: [false, FLAG],
  },
  adam: { ...common(0.001), ...betas, amsgrad: [false, FLAG] },
  adamw: { ...common(0.001, 0.01), ...betas, amsgrad: [false, FLAG] },
  adamax: { ...common(0.002), ...betas },
  nadam: { ...common(0.002), ...betas, momentumDecay: [0.004, NOT_NEGATIVE] },
  adagrad: { ...common(0.01), initialAccumulator: [0, NOT_NEGATIVE], epsilon: [1e-10, NOT_NEGATIVE] },
  adadelta: { ...common(1), rho: [0.9, SHARE], epsilon: [1e-6, POSITIVE] },
  lion: { ...common(0.0001), beta1: [0.9, SHARE], beta2: [0.99, SHARE] },
}

const SCHEDULES: Readonly<Record<string, { readonly given: object; readonly options: Options }>> = {
  stepDecay: {
    given: { initial: 0.1, every: 2 },
    options: { initial: [undefined, NOT_NEGATIVE], every: [undefined, COUNT], factor: [0.1, NOT_NEGATIVE] },
  },
  exponentialDecay: {
    given: { initial: 0.1, factor: 0.5 },
    options: { initial: [undefined, NOT_NEGATIVE], factor: [undefined, NOT_NEGATIVE], every: [1, COUNT] },
  },
  cosineDecay: {
    given: { initial: 0.1, steps: 5 },
    options: { initial: [undefined, NOT_NEGATIVE], steps: [undefined, COUNT], minimum: [0, NOT_NEGATIVE] },
  },
  cosineRestarts: {
    given: { initial: 0.1, steps: 2 },
    options: {
      initial: [undefined, NOT_NEGATIVE],
      steps: [undefined, COUNT],
      growth: [1, [0.5, NaN, '1']],
      minimum: [0, NOT_NEGATIVE],
    },
  },
  polynomialDecay: {
    given: { initial: 0.1, steps: 5 },
    options: {
      initial: [undefined, NOT_NEGATIVE],
      steps: [undefined, COUNT],
      end: [0, NOT_NEGATIVE],
      power: [1, NOT_NEGATIVE],
    },
  },
  piecewise: {
    given: { boundaries: [1, 2], values: [0.3, 0.2, 0.1] },
    options: {
      boundaries: [undefined, [3, [0, 1], [1, 1.5], ['1', 2], [2, 1]]],
      values: [undefined, [3, [1, 2, -1], [1, 2, '3']]],
    },
  },
  warmup: {
    given: { steps: 3, then: 0.1 },
    options: { steps: [undefined, COUNT], then: [undefined, NOT_NEGATIVE], from: [0, NOT_NEGATIVE] },
  },
  oneCycle: {
    given: { peak: 0.1, steps: 10 },
    options: {
      peak: [undefined, NOT_NEGATIVE],
      steps: [undefined, COUNT],
      warmupShare: [0.3, [0, 1, NaN, '0.5']],
      initialDivisor: [25, POSITIVE],
      finalDivisor: [1e4, POSITIVE],
    },
  },
}

/** Factories whose options are tried here or in the tests of transforms. */
const OTHERS = [
  ...['accumulate', 'addDecayedWeights', 'adjustableLearningRate', 'applyUpdates', 'averageParams', 'chain', 'ema'],
  ...['clipByGlobalNorm', 'clipByValue', 'constantSchedule', 'currentLearningRate', 'globalNorm', 'scale'],
  ...['scheduleFrom', 'setLearningRate'],
]

test('every export is tried', () => {
  expect(Object.keys(all).sort()).toEqual([...Object.keys(OPTIMIZERS), ...Object.keys(SCHEDULES), ...OTHERS].sort())
})

const optimizerOf = (name: string): ((options?: object) => Optimizer) => all[name as 'sgd']
const scheduleOf =
  (name: string) =>
  (options: object): LearningRateSchedule =>
    all[name as 'warmup'](options as never)

/** Params after two updates, and every number of the state. */
function trained(optimizer: Optimizer): number[] {
  const params = { weight: float64([1, -2]) }
  let state = optimizer.init(params)
  let updates: Tree = {}
  for (const gradient of [
    [0.5, -3],
    [2, 0.25],
  ])
    [updates, state] = optimizer.update({ weight: float64(gradient) }, state, params)
  return [updates, state].flatMap((tree) => tensorsIn(tree).flatMap(numbers))
}

const rates = (schedule: LearningRateSchedule): number[] =>
  [0, 1, 2, 3, 7].flatMap((step) => numbers(schedule(int32(step))))

/** Wrong values are refused by name, and so are names that are none. */
function refuses(name: string, make: (options: object) => unknown, given: object, options: Options): void {
  for (const [option, [, wrong]] of Object.entries(options)) {
    for (const value of wrong)
      expect(() => make({ ...given, [option]: value }), `${option}: ${String(value)}`).toThrow(
        new RegExp(`^${name}: ${option}.*INVALID_ARGUMENT`),
      )
    expect(() => make({ ...given, [option.toUpperCase()]: 1 })).toThrow(`Did you mean '${option}'?`)
  }
  expect(() => make({ ...given, unheardOf: 1 })).toThrow(/UNKNOWN_OPTION/)
}

describe.each(Object.entries(OPTIMIZERS))('%s', (name, options) => {
  const make = optimizerOf(name)

  test('refuses wrong options', () => refuses(name, make, {}, options))

  test('has the defaults of its documentation, is the same twice, and changes nothing that it was given', () => {
    const standard = Object.fromEntries(Object.entries(options).map(([option, [value]]) => [option, value]))
    const given = Object.freeze({ ...standard })
    expect(trained(make(given))).toEqual(trained(make()))
    expect(trained(make({ learningRate: undefined }))).toEqual(trained(make()))
    const optimizer = make({ learningRate: 0.5 })
    expect(trained(optimizer)).toEqual(trained(optimizer))
    expect(Object.isFrozen(optimizer)).toBe(true)
  })

  test('has withLearningRate exactly if its rate is adjustable', () => {
    const params = { weight: float64([1]) }
    expect(make()).not.toHaveProperty('withLearningRate')
    expect(make({ learningRate: all.constantSchedule(1) })).not.toHaveProperty('withLearningRate')
    const optimizer = make({ learningRate: adjustableLearningRate(1) })
    const state = optimizer.init(params)
    const next = optimizer.withLearningRate!(state, 0.25)
    expect(numbers(optimizer.learningRate!(next))).toEqual([0.25])
    expect(numbers(optimizer.learningRate!(state))).toEqual([1])
    expect(() => optimizer.withLearningRate!(state, -1)).toThrow(
      /the learning rate must be a finite number >= 0, got -1/,
    )
  })
})

describe.each(Object.entries(SCHEDULES))('%s', (name, { given, options }) => {
  const make = scheduleOf(name)

  test('refuses wrong options', () => refuses(name, make, given, options))

  test('has the defaults of its documentation, and is the same twice', () => {
    const standard = Object.fromEntries(Object.entries(options).map(([option, [value]]) => [option, value]))
    expect(rates(make(Object.freeze({ ...standard, ...given })))).toEqual(rates(make(given)))
    for (const [option, [value]] of Object.entries(options))
      if (value === undefined)
        expect(() => make({ ...given, [option]: undefined }), option).toThrow(new RegExp(`${name}: ${option} must be`))
  })
})

test('piecewise keeps nothing that its caller may change', () => {
  const values = [0.3, 0.1]
  const schedule = all.piecewise({ boundaries: [2], values })
  const before = rates(schedule)
  values[0] = 9
  expect(rates(schedule)).toEqual(before)
})

describe('withLearningRate reaches through', () => {
  const adjustable = sgd({ learningRate: adjustableLearningRate(1) })
  const wrapped: Readonly<Record<string, (inner: Optimizer) => Optimizer>> = {
    chain: (inner): Optimizer => chain(clipByGlobalNorm(1), inner, scale(2)),
    accumulate: (inner): Optimizer => accumulate(inner, { every: 2 }),
    ema: (inner): Optimizer => ema(inner),
    'all of them': (inner): Optimizer => chain(addDecayedWeights(0.1), ema(accumulate(inner, { every: 2 }))),
  }
  test.each(Object.entries(wrapped))('%s', (_, wrap) => {
    const optimizer = wrap(adjustable)
    const state = optimizer.init({ w: float64([1]) })
    const next = setLearningRate(optimizer, state, 0.125)
    expect(numbers(optimizer.learningRate!(next))).toEqual([0.125])
    expect(numbers(optimizer.learningRate!(state))).toEqual([1])
    // The rate alone is new.
    expect(tensorsIn(next).filter((leaf) => !tensorsIn(state).includes(leaf))).toHaveLength(1)
    expect(wrap(sgd())).not.toHaveProperty('withLearningRate')
  })

  test('the rate of a chain is that of its last part that has one, also where another is adjustable', () => {
    expect(chain(adjustable, sgd())).not.toHaveProperty('withLearningRate')
    const optimizer = chain(sgd(), adjustable, scale(2))
    const state = optimizer.withLearningRate!(optimizer.init({ w: float64([1]) }), 0.5)
    expect(numbers(optimizer.learningRate!(state))).toEqual([0.5])
  })
})

test('transforms refuse wrong options and arguments by name', () => {
  refuses('accumulate', (options) => accumulate(sgd(), options as never), {}, { every: [undefined, COUNT] })
  refuses('ema', (options) => ema(sgd(), options), {}, { decay: [0.999, SHARE] })
  refuses('addDecayedWeights', (options) => addDecayedWeights(0.1, options), {}, { mask: [true, [1, 'w', null]] })
  for (const value of ['1', NaN, Infinity]) expect(() => scale(value as number)).toThrow(/scale: factor must be/)
  for (const value of NOT_NEGATIVE) {
    expect(() => adjustableLearningRate(value as number)).toThrow(/adjustableLearningRate: initial must be/)
    expect(() => all.constantSchedule(value as number)).toThrow(/constantSchedule: value must be/)
  }
})
