import { checkOptions } from '@neurite/core'
import { FeatureMatrix, toMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { checkValues } from '../transform/finite.js'
import { choiceOption } from '../transform/options.js'
import type { Transformer, TransformerJSON } from '../transform/transformer.js'

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
export class Normalizer implements Transformer {
  readonly kind = 'normalizer'
  readonly takes = 'matrix'
  readonly norm: Norm

  constructor(options: NormalizerOptions = {}) {
    checkOptions('normalizer', options, ['norm'])
    this.norm = choiceOption('normalizer', 'norm', options.norm, ['l2', 'l1', 'max'], 'l2')
  }

  /** There is nothing to learn: checks `x`. */
  fit(x: MatrixLike): this {
    this.#check('fit', x)
    return this
  }

  transform(x: MatrixLike): FeatureMatrix {
    const { data, shape, columns } = this.#check('transform', x)
    const [rows, width] = shape
    const out = data.slice()
    for (let i = 0; i < rows; i++) {
      const row = out.subarray(i * width, (i + 1) * width)
      const length = NORMS[this.norm](row)
      if (length > 0) for (let j = 0; j < width; j++) row[j]! /= length
    }
    return new FeatureMatrix(out, shape, columns)
  }

  fitTransform(x: MatrixLike): FeatureMatrix {
    return this.transform(x)
  }

  toJSON(): TransformerJSON {
    return { kind: this.kind, options: { norm: this.norm } }
  }

  #check(method: string, x: MatrixLike): FeatureMatrix {
    const matrix = toMatrix(`normalizer.${method}`, x)
    checkValues(`normalizer.${method}`, matrix, { allowNaN: false })
    return matrix
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
