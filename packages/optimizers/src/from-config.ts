import { NeuriteError, type Json } from '@neurite/core'
import { readKind } from '@neurite/core/arguments'
import { adam, adamax, adamw, lion, nadam } from './adam.js'
import { adadelta, adagrad, rmsprop } from './adaptive.js'
import type { OptimizerConfig } from './config.js'
import { adjustableLearningRate, type LearningRate, type LearningRateSchedule } from './learning-rate.js'
import { listOf, readOptions } from './ops.js'
import type { Optimizer } from './optimizer.js'
import {
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  oneCycle,
  piecewise,
  polynomialDecay,
  stepDecay,
  warmup,
} from './schedules.js'
import { sgd } from './sgd.js'
import { addDecayedWeights, chain, clipByGlobalNorm, clipByValue, scale } from './transforms.js'
import { accumulate, ema } from './wrappers.js'

type Options = Readonly<Record<string, Json>>

const where = 'optimizerFromConfig'

// What a config claims is only passed on: each function reads its options, whoever calls it.
const OPTIMIZERS: Readonly<Record<string, (options: Options) => Optimizer>> = {
  accumulate: ({ optimizer, ...options }) => accumulate(made(optimizer), options as { readonly every: number }),
  adadelta: (options) => adadelta(rule(options)),
  adagrad: (options) => adagrad(rule(options)),
  adam: (options) => adam(rule(options)),
  adamax: (options) => adamax(rule(options)),
  adamw: (options) => adamw(rule(options)),
  addDecayedWeights: ({ decay, ...options }) => addDecayedWeights(decay as number, masked('mask', options)),
  chain: ({ optimizers, ...rest }) =>
    only('chain', rest, () => chain(...listOf((_, __, one) => made(one))(where, 'optimizers', optimizers))),
  clipByGlobalNorm: ({ max, ...rest }) => only('clipByGlobalNorm', rest, () => clipByGlobalNorm(max as number)),
  clipByValue: ({ max, ...rest }) => only('clipByValue', rest, () => clipByValue(max as number)),
  ema: ({ optimizer, ...options }) => ema(made(optimizer), options),
  lion: (options) => lion(rule(options)),
  nadam: (options) => nadam(rule(options)),
  rmsprop: (options) => rmsprop(rule(options)),
  scale: ({ factor, ...rest }) => only('scale', rest, () => scale(factor as number)),
  sgd: (options) => sgd(rule(options)),
}

const SCHEDULES: Readonly<Record<string, (options: never) => LearningRateSchedule>> = {
  constantSchedule: ({ value, ...rest }: Options) =>
    only('constantSchedule', rest, () => constantSchedule(value as number)),
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  oneCycle,
  piecewise,
  polynomialDecay,
  scheduleFrom: () => {
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: scheduleFrom was made of a function, of which a config has only the checksum; use one of the schedules that have a formula.`,
    )
  },
  stepDecay,
  warmup: ({ then, ...options }: Options) =>
    warmup({ ...options, then: rateFrom(then) } as Parameters<typeof warmup>[0]),
}

/**
 * The optimizer that a config describes, with its schedule and the optimizers inside it: the same updates, bit for bit. All of them come along, so import
 * it only where optimizers arrive as data.
 *
 * @param config - `optimizer.config`
 * @throws NeuriteError `NOT_SUPPORTED` where a function was left out: a mask, a rate of your own, `scheduleFrom`; `INVALID_ARGUMENT` for an unknown kind, and
 * what the optimizers themselves throw
 * @example
 * ```ts
 * import { adam, cosineDecay, optimizerFromConfig } from '@neurite/optimizers'
 * const { config } = adam({ learningRate: cosineDecay({ initial: 0.01, steps: 100 }) })
 * optimizerFromConfig(JSON.parse(JSON.stringify(config))).config!.kind // => 'adam'
 * optimizerFromConfig({ kind: 'sgd', learningRate: 'custom' }) // => throws NOT_SUPPORTED
 * ```
 */
export function optimizerFromConfig(config: OptimizerConfig): Optimizer {
  return made(config)
}

function made(config: unknown): Optimizer {
  // An optimizer of your own has its functions in the config of the one around it.
  const custom = typeof config === 'object' && config !== null && 'update' in config
  const [make, options] = readKind(where, custom ? 'custom' : config, OPTIMIZERS)
  return make(options)
}

/** The options that every optimizer of a rule has. */
function rule({ learningRate, ...options }: Options): object {
  const rest = masked('weightDecayMask', options)
  return learningRate === undefined ? rest : { ...rest, learningRate: rateFrom(learningRate) }
}

function masked(name: string, options: Options): object {
  if (hasFunction(options[name]))
    throw new NeuriteError(
      'NOT_SUPPORTED',
      `${where}: ${name} was a function, which a config cannot hold; give a tree of booleans.`,
    )
  return options
}

/** `'custom'` stands for a function, at any depth. */
function hasFunction(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return value === 'custom'
  return Object.values(value).some(hasFunction)
}

function rateFrom(config: Json | undefined): LearningRate {
  if (typeof config === 'number') return config
  if (typeof config === 'object' && config !== null && 'initial' in config && !('kind' in config))
    return adjustableLearningRate(config.initial as number)
  const [make, options] = readKind(`${where}: learningRate`, config, SCHEDULES)
  return make(options as never)
}

/** What has no further options. */
function only<T>(kind: string, rest: Options, make: () => T): T {
  readOptions(kind, rest, {})
  return make()
}
