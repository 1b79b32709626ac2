import { expect, test } from 'vitest'
import {
  accumulate,
  adam,
  adamw,
  adjustableLearningRate,
  chain,
  clipByGlobalNorm,
  clipByValue,
  constantSchedule,
  cosineDecay,
  ema,
  lion,
  oneCycle,
  scheduleFrom,
  sgd,
  warmup,
} from '../src/index.js'

test('what differs in kind or an option differs in its config; what is the same does not', () => {
  const make = () => [
    adam(),
    adam({ learningRate: 0.01 }),
    adam({ learningRate: adjustableLearningRate(0.01) }),
    adam({ learningRate: constantSchedule(0.01) }),
    adam({ learningRate: cosineDecay({ initial: 0.01, steps: 10 }) }),
    adam({ learningRate: warmup({ steps: 3, then: cosineDecay({ initial: 0.01, steps: 10 }) }) }),
    adam({ learningRate: warmup({ steps: 3, then: oneCycle({ peak: 1, steps: 10 }) }) }),
    adam({ learningRate: scheduleFrom((step) => step, { steps: 4 }) }),
    adam({ learningRate: scheduleFrom((step) => 3 - step, { steps: 4 }) }),
    adam({ weightDecayMask: [true, false] }),
    adamw(),
    lion(),
    sgd({ momentum: 0.9 }),
    sgd({ momentum: 0.9, nesterov: true }),
    chain(clipByGlobalNorm(1), sgd()),
    chain(clipByGlobalNorm(2), sgd()),
    chain(clipByValue(2), sgd()),
    ema(sgd()),
    ema(sgd(), { decay: 0.5 }),
    accumulate(sgd(), { every: 2 }),
  ]
  const configs = make().map(({ config }) => JSON.stringify(config))
  expect(new Set(configs).size).toBe(configs.length)
  expect(make().map(({ config }) => JSON.stringify(config))).toEqual(configs)
  expect(chain(clipByGlobalNorm(1), sgd({ learningRate: () => expect.fail() })).config).toEqual({
    kind: 'chain',
    optimizers: [
      { kind: 'clipByGlobalNorm', max: 1 },
      expect.objectContaining({ kind: 'sgd', learningRate: 'custom', momentum: 0, weightDecayMask: true }),
    ],
  })
})
