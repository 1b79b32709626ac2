import { checkOptions, full, randomNormal, randomUniform } from '@neurite/core'
import { initializer, type Initializer } from './initializer.js'

/**
 * Every element `value`.
 *
 * @example
 * ```ts
 * import { key } from '@neurite/core'
 * import { constant } from '@neurite/nn'
 * await constant(0.1)([2], key(0)).toArray() // => [0.1, 0.1]
 * ```
 */
export function constant(value: number): Initializer {
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
 * import { dense, uniform } from '@neurite/nn'
 * const layer = dense(3, { weightInitializer: uniform({ minimum: -1, maximum: 1 }) })
 * layer.init({ inputShape: [2] }).params.weight.shape // => [2, 3]
 * ```
 */
export function uniform(range: { readonly minimum?: number; readonly maximum?: number } = {}): Initializer {
  checkOptions('uniform', range, ['minimum', 'maximum'])
  const { minimum = -0.05, maximum = 0.05 } = range
  return initializer({ kind: 'uniform', minimum, maximum }, (shape, key, options) =>
    randomUniform(key, shape, { minimum, maximum, ...options }),
  )
}

/**
 * Normal with `mean` (default 0) and `standardDeviation` (default 0.05).
 *
 * @throws NeuriteError `UNKNOWN_OPTION`; `INVALID_ARGUMENT` if the standard deviation is negative, when it is used
 *
 * @example
 * ```ts
 * import { dense, normal } from '@neurite/nn'
 * const layer = dense(3, { weightInitializer: normal({ standardDeviation: 0.01 }) })
 * layer.init({ inputShape: [2] }).params.weight.shape // => [2, 3]
 * ```
 */
export function normal(parameters: { readonly mean?: number; readonly standardDeviation?: number } = {}): Initializer {
  checkOptions('normal', parameters, ['mean', 'standardDeviation'])
  const { mean = 0, standardDeviation = 0.05 } = parameters
  return initializer({ kind: 'normal', mean, standardDeviation }, (shape, key, options) =>
    randomNormal(key, shape, { mean, standardDeviation, ...options }),
  )
}
