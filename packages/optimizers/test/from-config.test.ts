import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensor, type Tensor } from '@neurite/core'
import { expect, test } from 'vitest'
import {
  accumulate,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  addDecayedWeights,
  adjustableLearningRate,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  clipByValue,
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  ema,
  exponentialDecay,
  lion,
  nadam,
  oneCycle,
  optimizerFromConfig,
  piecewise,
  polynomialDecay,
  rmsprop,
  scale,
  scheduleFrom,
  sgd,
  stepDecay,
  warmup,
  type Optimizer,
} from '../src/index.js'

setDefaultBackend(cpu())

const rates = [
  constantSchedule(0.1),
  cosineDecay({ initial: 0.1, steps: 4, minimum: 0.01 }),
  cosineRestarts({ initial: 0.1, steps: 2, growth: 1.5 }),
  exponentialDecay({ initial: 0.1, factor: 0.5 }),
  oneCycle({ peak: 0.1, steps: 10 }),
  piecewise({ boundaries: [2], values: [0.1, 0.2] }),
  polynomialDecay({ initial: 0.1, steps: 4, power: 2 }),
  stepDecay({ initial: 0.1, every: 2 }),
  warmup({ steps: 2, then: 0.1 }),
  warmup({ steps: 2, then: warmup({ steps: 1, then: cosineDecay({ initial: 0.1, steps: 4 }) }) }),
  adjustableLearningRate(0.1),
]

const optimizers: readonly Optimizer[] = [
  adadelta(),
  adagrad({ learningRate: 0.3 }),
  adam({ amsgrad: true, weightDecay: 0.1, weightDecayMask: { w: true, b: false } }),
  adamax({ beta1: 0.5 }),
  adamw({ weightDecay: 0.5 }),
  lion(),
  nadam({ momentumDecay: 0.1 }),
  rmsprop(),
  sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  chain(
    clipByGlobalNorm(1),
    clipByValue(0.5),
    scale(2),
    addDecayedWeights(0.1, { mask: { w: false, b: true } }),
    sgd(),
  ),
  ema(accumulate(adam(), { every: 2 }), { decay: 0.5 }),
  ...rates.map((learningRate) => sgd({ learningRate })),
]

async function train(optimizer: Optimizer): Promise<unknown> {
  let params = { w: tensor([1, -2]), b: tensor([0.5]) }
  let state = optimizer.init(params)
  for (let i = 1; i < 5; i++) {
    const [updates, next] = optimizer.update({ w: tensor([0.3 * i, -1]), b: tensor([2 / i]) }, state, params)
    params = applyUpdates(params, updates)
    state = next
  }
  const numbers = (one: Tensor): Promise<unknown> => one.toArray()
  return [await numbers(params.w), await numbers(params.b)]
}

test.each(optimizers.map((optimizer) => [JSON.stringify(optimizer.config), optimizer]))(
  '%s comes back from its config and takes the same steps',
  async (text, optimizer) => {
    const again = optimizerFromConfig(JSON.parse(text) as never)
    expect(again.config).toEqual(optimizer.config)
    expect(await train(again)).toEqual(await train(optimizer))
    expect(again.withLearningRate === undefined).toBe(optimizer.withLearningRate === undefined)
  },
)

test('what is left out is the default', () => {
  expect(optimizerFromConfig({ kind: 'sgd' }).config).toEqual(sgd().config)
})

test('functions of your own are refused', () => {
  const refused = expect.objectContaining({ code: 'NOT_SUPPORTED' }) as object
  for (const optimizer of [
    sgd({ learningRate: ({ backend }) => tensor(0.1, { backend }) }),
    sgd({ learningRate: scheduleFrom((step) => 1 / (1 + step), { steps: 3 }) }),
    sgd({ learningRate: warmup({ steps: 2, then: ({ backend }) => tensor(0.1, { backend }) }) }),
    adam({ weightDecayMask: (path) => path === 'w' }),
    chain(addDecayedWeights(0.1, { mask: (path) => path === 'w' }), sgd()),
    ema({ init: () => ({}), update: (grads, state) => [grads, state] }) as Optimizer,
  ])
    expect(() => optimizerFromConfig(optimizer.config!)).toThrow(refused)
})

test('what is no optimizer of the package is refused', () => {
  const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as object
  for (const kind of ['toString', ['sgd'], { kind: 'sgd' }, undefined])
    expect(() => optimizerFromConfig({ kind } as never)).toThrow(invalid)
  expect(() => optimizerFromConfig(undefined as never)).toThrow(invalid)
  expect(() => optimizerFromConfig({ kind: 'chain', optimizers: 3 })).toThrow(/optimizers must be an array/)
  expect(() => optimizerFromConfig({ kind: 'sgd', learningRate: { kind: 'sgd' } })).toThrow(/unknown kind 'sgd'/)
  for (const config of [
    { kind: 'scale', factor: 1, more: 2 },
    { kind: 'sgd', rate: 1 },
    { kind: 'chain', optimizers: [{ kind: 'sgd' }], more: 1 },
  ])
    expect(() => optimizerFromConfig(config)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }))
})
