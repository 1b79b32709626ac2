import { checkOptions } from '@neurite/core'
import type { State } from '../transform/learned-columns.js'
import { ColumnScaler, type Scaling } from './column-scaler.js'
import { divisor, maximum } from '../transform/statistics.js'

/** See {@link maxAbsScaler}. */
export class MaxAbsScaler extends ColumnScaler<'maxAbs'> {
  readonly kind = 'maxAbsScaler'
  protected readonly options: Readonly<Record<string, never>> = {}
  protected readonly stateNames = ['maxAbs'] as const

  constructor(options: Readonly<Record<string, never>> = {}) {
    super()
    checkOptions('maxAbsScaler', options, [])
  }

  /** Each column's greatest absolute value in `fit`. */
  get maxAbs(): readonly number[] {
    return this.learned('maxAbs')
  }

  protected learn(values: Float64Array): { maxAbs: number } {
    return { maxAbs: maximum(values.map(Math.abs)) }
  }

  protected isPossible({ maxAbs }: { maxAbs: number }): boolean {
    return !(maxAbs < 0)
  }

  protected scaling({ maxAbs }: State<'maxAbs'>): Scaling {
    return { shift: maxAbs.map(() => 0), divisor: maxAbs.map(divisor), gain: 1, offset: 0 }
  }
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
  return new MaxAbsScaler(options)
}
