import { aBoolean, or, readOptions } from '@neurite/core/arguments'
import { columnScaler } from '../transform/columnwise.js'
import { divisor, extreme } from '../transform/statistics.js'
import type { FittedScaler } from '../transform/transformer.js'
import { ascendingPair } from './ascending-pair.js'

/** Options of {@link minMaxScaler}. */
export interface MinMaxScalerOptions {
  /** Where each column's minimum and maximum go. Default: [0, 1]. */
  readonly range?: readonly [minimum: number, maximum: number]
  /** Holds values outside the fitted minimum and maximum within `range`. Default: false. */
  readonly clip?: boolean
}

/** A fitted {@link minMaxScaler}. */
export interface MinMaxScaler extends FittedScaler {
  readonly kind: 'minMaxScaler'
  readonly options: Required<MinMaxScalerOptions>
  /** Each column's least value in `fit`. */
  readonly dataMin: readonly number[]
  /** Each column's greatest value in `fit`. */
  readonly dataMax: readonly number[]
}

/**
 * Scales each column to a range: (x - min) / (max - min), then to [range[0], range[1]] (the chapter's section 4.3.1 (1)).
 * One outlier crowds all other values at one end: see {@link standardScaler}, {@link robustScaler}.
 *
 * A constant column goes to range[0]. NaN (missing) is ignored by `fit` and kept by `transform`. Values outside what was
 * fitted fall outside the range unless `clip` is set. As scikit-learn's MinMaxScaler, which takes a spread below 2e-15 for 0, though: here
 * the size of the values decides, so that a column may be in any unit.
 *
 * @param options - `range` (default [0, 1]), `clip` (default false)
 * @throws NeuriteError `INVALID_ARGUMENT` for a range that is none, `UNKNOWN_OPTION`; later `SHAPE_MISMATCH`,
 * `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { minMaxScaler } from '@neurite/data'
 * const scaler = minMaxScaler().fit([[0], [0], [1], [1], [1], [2], [2], [2], [3], [100]])
 * scaler.transform([[0], [1], [3], [100]]).toArray() // => [[0], [0.01], [0.03], [1]]
 * scaler.dataMax // => [100]
 * scaler.inverseTransform([[0.5]]).toArray() // => [[50]]
 * ```
 */
export const minMaxScaler = /* @__PURE__ */ columnScaler<MinMaxScalerOptions, MinMaxScaler>({
  kind: 'minMaxScaler',
  options: (where, given) =>
    readOptions(where, given, { range: or([0, 1] as const, ascendingPair()), clip: or(false, aBoolean) }),
  names: ['dataMin', 'dataMax'],
  learn: (values) => ({ dataMin: extreme(values, Math.min), dataMax: extreme(values, Math.max) }),
  isPossible: ({ dataMin, dataMax }) => !(dataMin > dataMax),
  scaling: ({ dataMin, dataMax }, { range: [low, high] }) => [
    dataMin,
    divisor(dataMax - dataMin, dataMin, dataMax),
    high - low,
    low,
  ],
  // Math.min and Math.max keep NaN.
  finish: (value, { range: [low, high], clip }) => (clip ? Math.min(high, Math.max(low, value)) : value),
})
