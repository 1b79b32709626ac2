import { invalid } from '../check/errors.js'
import { aFiniteNumber, oneOf, or, readOptions } from '../check/read.js'
import { LearnedColumns } from '../transform/learned-columns.js'
import { moments, quantiles } from '../transform/statistics.js'

/** What {@link imputer} puts in the place of a missing value. */
export type ImputerStrategy = 'mean' | 'median' | 'mostFrequent' | 'constant'

/** Options of {@link imputer}. */
export interface ImputerOptions {
  /** Default: 'mean'. */
  readonly strategy?: ImputerStrategy
  /** The number for the strategy 'constant'. Default: 0. */
  readonly value?: number
}

/** See {@link imputer}. */
export interface Imputer extends LearnedColumns {
  readonly kind: 'imputer'
  /** What goes into each column's gaps. */
  readonly fill: readonly number[]
}

const STATISTICS = {
  mean: (values: Float64Array) => moments(values).mean,
  median: (values: Float64Array) => quantiles(values, 0.5)[0],
  mostFrequent,
}

/** The least of the most frequent values, as in scikit-learn. */
function mostFrequent(values: Float64Array): number {
  const sorted = values.slice().sort()
  let best = NaN
  let most = 0
  let run = 0
  sorted.forEach((value, i) => {
    run = value === sorted[i - 1] ? run + 1 : 1
    if (run > most) [best, most] = [value, run]
  })
  return best
}

/**
 * Puts a number in the place of each missing value (NaN): one that `fit` took from the column's other values, or a constant.
 * As scikit-learn's SimpleImputer. Text needs none: there a missing value is the category ''.
 *
 * @param options - `strategy`: 'mean' (default), 'median', 'mostFrequent' (the least of equals) or 'constant' with `value`
 * (default 0)
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; `fit`: `INVALID_ARGUMENT` for a column without values; later
 * `NOT_FITTED`, `SHAPE_MISMATCH`, `NON_FINITE` for infinities
 * @example
 * ```ts
 * import { imputer } from '@neurite/data'
 * const gaps = imputer({ strategy: 'median' }).fit([[1], [NaN], [3], [100]])
 * gaps.fill // => [3]
 * gaps.transform([[NaN], [7]]).toArray() // => [[3], [7]]
 * ```
 */
export function imputer(options: ImputerOptions = {}): Imputer {
  const checked = readOptions<Required<ImputerOptions>>('imputer', options, {
    strategy: or('mean', oneOf('mean', 'median', 'mostFrequent', 'constant')),
    value: or(0, aFiniteNumber),
  })
  const { strategy, value } = checked
  return new LearnedColumns('imputer', checked, {
    names: ['fill'],
    learn: (values, column) => {
      if (strategy === 'constant') return [value]
      if (values.length > 0) return [STATISTICS[strategy](values)]
      const message = `imputer.fit: ${column} has no values; leave it out, or use strategy: 'constant'.`
      throw invalid(message, { column })
    },
    isPossible: Number.isFinite,
    forward: (fill: number) => (x) => (Number.isNaN(x) ? fill : x),
  }) as Imputer
}
