import type { ArrayData } from '@neurite/core'
import type { FeatureMatrix, MatrixLike } from '../array/feature-matrix.js'
import type { Labels } from '../encode/labels.js'
import type { Table } from '../table/table.js'

/** What transformers take: a matrix of features, one label a row, or a whole table. */
export interface TransformerInputs {
  readonly matrix: MatrixLike
  readonly labels: Labels
  readonly table: Table
}

/** The name of what a transformer takes. */
export type Takes = keyof TransformerInputs

/**
 * What turns raw data into what a network takes: it learns from the training data (`fit`) and then treats all data alike
 * (`transform`), that of the test and of every later prediction. Write your own by implementing this.
 */
export interface Transformer<T extends Takes = 'matrix', Out extends ArrayData = FeatureMatrix> {
  readonly kind: string
  readonly takes: T
  /** Learns from `x` and returns itself, fitted. */
  fit(x: TransformerInputs[T]): this
  /** `x` transformed, a row for a row. */
  transform(x: TransformerInputs[T]): Out
  /** `fit(x)`, then `transform(x)`. */
  fitTransform(x: TransformerInputs[T]): Out
  /** What was learned, as plain data for `JSON.stringify`. */
  toJSON(): TransformerJSON
}

/** A transformer of features that can be undone. */
export interface Scaler extends Transformer {
  /** The values that `transform` would turn into `x`. */
  inverseTransform(x: MatrixLike): FeatureMatrix
}

/** A fitted transformer as plain data: its kind, its options, and what it learned. See {@link transformerFromJSON}. */
export interface TransformerJSON {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
}
