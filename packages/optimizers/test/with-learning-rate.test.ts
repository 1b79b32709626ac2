import { cpu } from '@neurite/backend-cpu'
import { setDefaultBackend, tensorsIn } from '@neurite/core'
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
} from '../src/index.js'
import { float64, numbers } from './support/host.js'

setDefaultBackend(cpu())

const { gradientDescent, rmsprop, adam, adamw, adamax, nadam, adagrad, adadelta, lion } = all
const OPTIMIZERS = { sgd, gradientDescent, rmsprop, adam, adamw, adamax, nadam, adagrad, adadelta, lion }

describe.each(Object.entries(OPTIMIZERS))('%s', (_, make) => {
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
