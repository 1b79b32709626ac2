import type { FeatureMatrix, MatrixLike } from '../array/feature-matrix.js'

/** What every transformer of features can do. */
export interface Transformer {
  /** Learns from `x` and returns itself, fitted. */
  fit(x: MatrixLike): this
  /** `x` transformed: [rows, columns], float64, the columns' names kept. */
  transform(x: MatrixLike): FeatureMatrix
  /** `fit(x)`, then `transform(x)`. */
  fitTransform(x: MatrixLike): FeatureMatrix
  /** What was learned, as plain data for `JSON.stringify`. */
  toJSON(): ScalerJSON
}

/** A transformer that can be undone. */
export interface Scaler extends Transformer {
  /** The values that `transform` would turn into `x`. */
  inverseTransform(x: MatrixLike): FeatureMatrix
}

/** A fitted transformer as plain data. A statistic that is NaN (a column without values) is null, as in any JSON. */
export interface ScalerJSON {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  /** The names that the fitted matrix had, if it had any. */
  readonly columns?: readonly string[]
  /** Learned arrays, one number a column. */
  readonly state: Readonly<Record<string, readonly (number | null)[]>>
}
