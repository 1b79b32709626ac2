import { checkOptions } from '@neurite/core'
import type { State } from '../transform/learned-columns.js'
import { ColumnScaler, type Scaling } from './column-scaler.js'
import { booleanOption, rangeOption } from '../transform/options.js'
import { divisor, maximum, minimum } from '../transform/statistics.js'

/** Options of {@link minMaxScaler}. */
export interface MinMaxScalerOptions {
  /** Where each column's minimum and maximum go. Default: [0, 1]. */
  readonly range?: readonly [minimum: number, maximum: number]
  /** Holds values outside the fitted minimum and maximum within `range`. Default: false. */
  readonly clip?: boolean
}

/** See {@link minMaxScaler}. */
export class MinMaxScaler extends ColumnScaler<'dataMin' | 'dataMax'> {
  readonly kind = 'minMaxScaler'
  protected readonly options: Required<MinMaxScalerOptions>
  protected readonly stateNames = ['dataMin', 'dataMax'] as const
  protected override readonly finish?: (value: number) => number

  constructor(options: MinMaxScalerOptions = {}) {
    super()
    checkOptions('minMaxScaler', options, ['range', 'clip'])
    const range = rangeOption('minMaxScaler', 'range', options.range, [0, 1])
    const clip = booleanOption('minMaxScaler', 'clip', options.clip, false)
    const [low, high] = range
    this.options = { range, clip }
    // Math.min and Math.max keep NaN.
    if (clip) this.finish = (value) => Math.min(high, Math.max(low, value))
  }

  /** Each column's least value in `fit`. */
  get dataMin(): readonly number[] {
    return this.learned('dataMin')
  }

  /** Each column's greatest value in `fit`. */
  get dataMax(): readonly number[] {
    return this.learned('dataMax')
  }

  protected learn(values: Float64Array): { dataMin: number; dataMax: number } {
    return { dataMin: minimum(values), dataMax: maximum(values) }
  }

  protected isPossible({ dataMin, dataMax }: { dataMin: number; dataMax: number }): boolean {
    return !(dataMin > dataMax)
  }

  protected scaling({ dataMin, dataMax }: State<'dataMin' | 'dataMax'>): Scaling {
    const [low, high] = this.options.range
    return {
      shift: dataMin,
      divisor: dataMax.map((max, j) => divisor(max - dataMin[j]!)),
      gain: high - low,
      offset: low,
    }
  }
}

/**
 * Scales each column to a range: (x - min) / (max - min), then to [range[0], range[1]] (the chapter's section 4.3.1 (1)).
 * One outlier crowds all other values at one end: see {@link standardScaler}, {@link robustScaler}.
 *
 * A constant column goes to range[0]. NaN (missing) is ignored by `fit` and kept by `transform`. Values outside what was
 * fitted fall outside the range unless `clip` is set. As scikit-learn's MinMaxScaler.
 *
 * @param options - `range` (default [0, 1]), `clip` (default false)
 * @throws NeuriteError `INVALID_ARGUMENT` for a range that is none, `UNKNOWN_OPTION`; later `NOT_FITTED`, `SHAPE_MISMATCH`,
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
export function minMaxScaler(options: MinMaxScalerOptions = {}): MinMaxScaler {
  return new MinMaxScaler(options)
}
