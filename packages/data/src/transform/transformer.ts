import type { ArrayData, HostArray } from '@neurite/core'
import type { FeatureMatrix } from '../array/feature-matrix.js'
import type { Labels } from '../encode/labels.js'
import type { ColumnsLike } from '../table/columns.js'
import type { Table } from '../table/table.js'

/** What transformers take. */
export interface TransformerInputs {
  /** Numbers, [rows, columns]: nested arrays, `{ shape, data }`, a FeatureMatrix, a Table of numbers. */
  readonly matrix: HostArray
  /** Numbers or text: a Table, one column, or rows. */
  readonly columns: ColumnsLike
  /** A Table, whose columns are found by name. */
  readonly table: Table
  /** One label a row. */
  readonly labels: Labels
}

/** The name of what a transformer takes. */
export type Takes = keyof TransformerInputs

/** What a transformer gives: mostly a matrix of features. */
export type Transformed = ArrayData | Table

/**
 * What turns raw data into what a network takes, before it has seen any: a description that never changes. `fit` learns from the
 * training data and returns what was learned as a value of its own, which then treats all data alike, that of the test and of
 * every later prediction. Write your own by implementing this.
 */
export interface Transformer<F extends FittedTransformer<Takes, Transformed> = FittedTransformer> {
  readonly kind: string
  readonly takes: F['takes']
  /** All options, with their defaults. */
  readonly options: F['options']
  /** Learns from `x`. */
  fit(x: TransformerInputs[F['takes']]): F
  /** `fit(x).transform(x)`, for data that nothing else has to be treated like. */
  readonly fitTransform: F['transform']
}

/** What a {@link Transformer} learned, and what it does with it. It never changes. */
export interface FittedTransformer<T extends Takes = 'matrix', Out extends Transformed = FeatureMatrix> {
  readonly kind: string
  readonly takes: T
  readonly options: object
  /** `x` transformed, a row for a row. */
  transform(x: TransformerInputs[T]): Out
  /** What was learned, as plain data for `JSON.stringify`. See {@link transformerFromJSON}. */
  toJSON(): TransformerJSON
}

/** What a scaler makes of a value of one column: (x - shift) / divisor * gain + offset. */
export interface ColumnScaling {
  readonly shift: number
  readonly divisor: number
  readonly gain: number
  readonly offset: number
}

/** A fitted transformer of features that can be undone. */
export interface FittedScaler extends FittedTransformer {
  /** The names of the columns it was fitted to, if they had any. */
  readonly columns: readonly string[] | undefined
  /** How each column is scaled, for those who write it in another language. With `clip` the result is held within `range`. */
  readonly scaling: readonly ColumnScaling[]
  /** The values that `transform` would turn into `x`. */
  inverseTransform(x: HostArray): FeatureMatrix
}

/** A fitted transformer as plain data. A statistic that is NaN (of a column without values) is null, as in any JSON. */
export interface TransformerJSON {
  readonly kind: string
  readonly options: object
  /** What was learned. */
  readonly state: object
}
