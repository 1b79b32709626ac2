import { readOptions } from '@neurite/core/arguments'
import { columnScaler } from '../transform/columnwise.js'
import { divisor, extreme } from '../transform/statistics.js'
import type { FittedScaler } from '../transform/transformer.js'

/** A fitted {@link maxAbsScaler}. */
export interface MaxAbsScaler extends FittedScaler {
  readonly kind: 'maxAbsScaler'
  /** Each column's greatest absolute value in `fit`. */
  readonly maxAbs: readonly number[]
}

/**
 * Divides each column by its greatest absolute value, so that it lies in [-1, 1] and 0 stays 0. As scikit-learn's
 * MaxAbsScaler: a column of zeros stays, NaN (missing) is ignored by `fit` and kept by `transform`.
 *
 * @throws NeuriteError `UNKNOWN_OPTION`; later `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { maxAbsScaler } from '@neurite/data'
 * maxAbsScaler().fitTransform([[-4], [0], [2]]).toArray() // => [[-1], [0], [0.5]]
 * ```
 */
export const maxAbsScaler = /* @__PURE__ */ columnScaler<Readonly<Record<string, never>>, MaxAbsScaler>({
  kind: 'maxAbsScaler',
  options: (where, given) => readOptions(where, given, {}),
  names: ['maxAbs'],
  learn: (values) => ({ maxAbs: extreme(values.map(Math.abs), Math.max) }),
  isPossible: ({ maxAbs }) => !(maxAbs < 0),
  scaling: ({ maxAbs }) => [0, divisor(maxAbs)],
})
