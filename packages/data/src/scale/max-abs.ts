import { readOptions } from '../check/read.js'
import { divisor, extreme } from '../transform/statistics.js'
import { ColumnScaler } from './column-scaler.js'

/** See {@link maxAbsScaler}. */
export interface MaxAbsScaler extends ColumnScaler {
  readonly kind: 'maxAbsScaler'
  /** Each column's greatest absolute value in `fit`. */
  readonly maxAbs: readonly number[]
}

/**
 * Divides each column by its greatest absolute value, so that it lies in [-1, 1] and 0 stays 0. As scikit-learn's
 * MaxAbsScaler: a column of zeros stays, NaN (missing) is ignored by `fit` and kept by `transform`.
 *
 * @throws NeuriteError `UNKNOWN_OPTION`; later `NOT_FITTED`, `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { maxAbsScaler } from '@neurite/data'
 * maxAbsScaler().fitTransform([[-4], [0], [2]]).toArray() // => [[-1], [0], [0.5]]
 * ```
 */
export function maxAbsScaler(options: Readonly<Record<string, never>> = {}): MaxAbsScaler {
  return new ColumnScaler('maxAbsScaler', readOptions('maxAbsScaler', options, {}), {
    names: ['maxAbs'],
    learn: (values) => [extreme(values.map(Math.abs), Math.max)],
    isPossible: (maxAbs: number) => !(maxAbs < 0),
    scaling: (maxAbs: number) => [0, divisor(maxAbs)],
  }) as MaxAbsScaler
}
