import { checkArgument, checkOptions, NeuriteError } from '@neurite/core'
import { FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { LearnedColumns } from '../transform/learned-columns.js'
import { choiceOption } from '../transform/options.js'
import { moments, quantile } from '../transform/statistics.js'

const STRATEGIES = ['mean', 'median', 'mostFrequent', 'constant'] as const

/** What {@link imputer} puts in the place of a missing value. */
export type ImputerStrategy = (typeof STRATEGIES)[number]

/** Options of {@link imputer}. */
export interface ImputerOptions {
  /** Default: 'mean'. */
  readonly strategy?: ImputerStrategy
  /** The number for the strategy 'constant'. Default: 0. */
  readonly value?: number
}

/** See {@link imputer}. */
export class Imputer extends LearnedColumns<'fill'> {
  readonly kind = 'imputer'
  protected readonly options: Required<ImputerOptions>
  protected readonly stateNames = ['fill'] as const

  constructor(options: ImputerOptions = {}) {
    super()
    checkOptions('imputer', options, ['strategy', 'value'])
    const { value = 0 } = options
    const strategy = choiceOption('imputer', 'strategy', options.strategy, STRATEGIES, 'mean')
    checkArgument(Number.isFinite(value), () => `imputer: value must be a finite number, got ${String(value)}.`, {
      value,
    })
    this.options = { strategy, value }
  }

  /** What goes into each column's gaps. */
  get fill(): readonly number[] {
    return this.learned('fill')
  }

  transform(x: MatrixLike): FeatureMatrix {
    const { matrix, state, columns } = this.check('transform', x)
    const width = matrix.shape[1]
    const data = matrix.data.map((value, i) => (Number.isNaN(value) ? state.fill[i % width]! : value))
    return new FeatureMatrix(data, matrix.shape, columns)
  }

  protected learn(values: Float64Array, column: string): { fill: number } {
    const { strategy, value } = this.options
    if (strategy === 'constant') return { fill: value }
    if (values.length > 0) return { fill: STATISTICS[strategy](values) }
    const message = `imputer.fit: ${column} has no values to take the ${strategy} of; leave it out, or use strategy: 'constant'.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { column })
  }

  protected isPossible({ fill }: { fill: number }): boolean {
    return Number.isFinite(fill)
  }
}

const STATISTICS = {
  mean: (values: Float64Array) => moments(values).mean,
  median: (values: Float64Array) => quantile(values.slice().sort(), 0.5),
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
  return new Imputer(options)
}
