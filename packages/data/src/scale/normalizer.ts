import { FeatureMatrix, rowOf, type MatrixLike } from '../array/feature-matrix.js'
import { oneOf, or, readOptions } from '../check/read.js'
import { finiteMatrix } from '../transform/checked-matrix.js'
import { FittedTransformer } from '../transform/fitted.js'

/** The length by which {@link normalizer} divides a row: sum of absolute values, Euclidean, greatest absolute value. */
export type Norm = 'l1' | 'l2' | 'max'

/** Options of {@link normalizer}. */
export interface NormalizerOptions {
  /** Default: 'l2'. */
  readonly norm?: Norm
}

const NORMS: Readonly<Record<Norm, (row: Float64Array) => number>> = {
  l1: (row) => row.reduce((sum, value) => sum + Math.abs(value), 0),
  // Math.hypot, which neither overflows nor underflows, takes its numbers as arguments: not more than a stack holds.
  l2: (row) => row.reduce((length, value) => Math.hypot(length, value), 0),
  max: (row) => row.reduce((max, value) => Math.max(max, Math.abs(value)), 0),
}

/** See {@link normalizer}. */
export class Normalizer extends FittedTransformer<'matrix', Norm, object> {
  readonly norm: Norm

  constructor(options: NormalizerOptions = {}) {
    const checked = readOptions<Required<NormalizerOptions>>('normalizer', options, {
      norm: or('l2', oneOf('l2', 'l1', 'max')),
    })
    super('normalizer', 'matrix', checked)
    this.norm = checked.norm
    // There is nothing to learn: it works without `fit`, which only checks.
    this.hold(this.norm)
  }

  protected override learn(where: string, x: MatrixLike): Norm {
    finiteMatrix(where, x)
    return this.norm
  }

  protected override apply(where: string, x: MatrixLike, norm: Norm): FeatureMatrix {
    const { data, shape, columns } = finiteMatrix(where, x)
    const out = new FeatureMatrix(data.slice(), shape, columns)
    for (let i = 0; i < shape[0]; i++) {
      const row = rowOf(out, i)
      const length = NORMS[norm](row)
      if (length > 0) row.forEach((value, j) => (row[j] = value / length))
    }
    return out
  }

  protected override plain(): object {
    return {}
  }

  protected override read(): Norm {
    return this.norm
  }
}

/**
 * Divides each row by its length, so that rows differ in direction only. A row of zeros stays. Learns nothing, so `fit`
 * is optional, and cannot be undone: the lengths are gone. As scikit-learn's Normalizer.
 *
 * @param options - `norm`: 'l2' (default), 'l1' or 'max'
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later `NON_FINITE` for infinities and NaN
 * @example
 * ```ts
 * import { normalizer } from '@neurite/data'
 * normalizer().transform([[3, 4], [0, 0]]).toArray() // => [[0.6, 0.8], [0, 0]]
 * normalizer({ norm: 'max' }).transform([[3, 4]]).toArray() // => [[0.75, 1]]
 * ```
 */
export function normalizer(options: NormalizerOptions = {}): Normalizer {
  return new Normalizer(options)
}
