import { full, randomNormal, randomUniform } from '@neurite/core'
import { number, or, readOptions, takesNoOptions } from '@neurite/core/arguments'
import { initializer, type Initializer } from './initializer.js'

/**
 * Every element `value`.
 *
 * @example
 * ```ts
 * import { key } from '@neurite/core'
 * import { constant } from '@neurite/nn/initializers'
 * await constant(0.1)([2], key(0)).toArray() // => [0.1, 0.1]
 * ```
 */
export function constant(value: number, ...none: readonly []): Initializer {
  takesNoOptions('constant', none)
  number()('constant', 'value', value)
  return initializer({ kind: 'constant', value }, (shape, _key, options) => full(shape, value, options))
}

/** All 0: the usual start of biases. For weights it would keep all neurons of a layer equal for ever. */
export const zeros: Initializer = /* @__PURE__ */ initializer({ kind: 'zeros' }, (shape, _key, options) =>
  full(shape, 0, options),
)

/** All 1. */
export const ones: Initializer = /* @__PURE__ */ initializer({ kind: 'ones' }, (shape, _key, options) =>
  full(shape, 1, options),
)

/**
 * Uniform in [minimum, maximum), default ±0.05.
 *
 * @throws NeuriteError `UNKNOWN_OPTION`; `INVALID_ARGUMENT` if minimum exceeds maximum, when it is used
 *
 * @example
 * ```ts
 * import { dense } from '@neurite/nn'
 * import { uniform } from '@neurite/nn/initializers'
 * const layer = dense(3, { weightInitializer: uniform({ minimum: -1, maximum: 1 }) })
 * layer.init({ inputShape: [2] }).params.weight.shape // => [2, 3]
 * ```
 */
export function uniform(
  range: {
    /** Default -0.05. */
    readonly minimum?: number
    /** Default 0.05. */
    readonly maximum?: number
  } = {},
): Initializer {
  const { minimum, maximum } = readOptions('uniform', range, {
    minimum: or(-0.05, number()),
    maximum: or(0.05, number()),
  })
  return initializer({ kind: 'uniform', minimum, maximum }, (shape, key, options) =>
    randomUniform(key, shape, { minimum, maximum, ...options }),
  )
}

/** The options of {@link normal} and `truncatedNormal`. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number
  /** >= 0. Default 0.05. */
  readonly standardDeviation?: number
}

export function readNormal(where: string, options: NormalOptions) {
  return readOptions(where, options, { mean: or(0, number()), standardDeviation: or(0.05, number('[0, Infinity)')) })
}

/**
 * Normal with `mean` (default 0) and `standardDeviation` (default 0.05).
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a negative standard deviation, `UNKNOWN_OPTION`
 *
 * @example
 * ```ts
 * import { dense } from '@neurite/nn'
 * import { normal } from '@neurite/nn/initializers'
 * const layer = dense(3, { weightInitializer: normal({ standardDeviation: 0.01 }) })
 * layer.init({ inputShape: [2] }).params.weight.shape // => [2, 3]
 * ```
 */
export function normal(parameters: NormalOptions = {}): Initializer {
  const { mean, standardDeviation } = readNormal('normal', parameters)
  return initializer({ kind: 'normal', mean, standardDeviation }, (shape, key, options) =>
    randomNormal(key, shape, { mean, standardDeviation, ...options }),
  )
}
