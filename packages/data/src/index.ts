export { FeatureMatrix } from './array/feature-matrix.js'
export { takeRows, type Arrays, type RowsOf } from './array/take-rows.js'
export { Table } from './table/table.js'
export type { Cell, Column } from './table/column.js'
export type { ColumnsLike } from './table/columns.js'
export { batchIndices, type BatchOptions, type BatchOrder } from './batch/batch-indices.js'
export { batches } from './batch/batches.js'
export { weightedSampler, type Sampler } from './batch/weighted-sampler.js'
export {
  parseCsv,
  readCsv,
  readCsvBatches,
  type ColumnType,
  type CsvOptions,
  type CsvSource,
  type ReadCsvBatchesOptions,
  type ReadCsvOptions,
  type ReadingOptions,
} from './csv/index.js'
export { kFold, type KFoldOptions } from './split/k-fold.js'
export { splitIndices, type SplitIndices, type SplitIndicesOptions } from './split/split-indices.js'
export { timeSeriesSplit, type TimeSeriesSplitOptions } from './split/time-series-split.js'
export {
  trainTestSplit,
  type ArraysSplit,
  type SplitOptions,
  type TableSplit,
  type TableSplitOptions,
} from './split/train-test-split.js'
export type { Category, LabelList, Labels } from './encode/labels.js'
export type { Unknown } from './encode/categories.js'
export type { EncoderOptions, FittedEncoder } from './encode/encoder.js'
export { labelEncoder, type LabelEncoder, type LabelEncoderOptions } from './encode/label.js'
export { oneHotEncoder, type OneHotEncoder } from './encode/one-hot.js'
export { ordinalEncoder, type OrdinalEncoder } from './encode/ordinal.js'
export { imputer, type Imputer, type ImputerOptions, type ImputerStrategy } from './prepare/imputer.js'
export { outlierClipper, type OutlierClipper, type OutlierClipperOptions } from './prepare/outlier-clipper.js'
export {
  polynomialFeatures,
  type PolynomialFeatures,
  type PolynomialFeaturesOptions,
} from './prepare/polynomial-features.js'
export { maxAbsScaler, type MaxAbsScaler } from './scale/max-abs.js'
export { minMaxScaler, type MinMaxScaler, type MinMaxScalerOptions } from './scale/min-max.js'
export { normalizer, type Norm, type Normalizer, type NormalizerOptions } from './scale/normalizer.js'
export { robustScaler, type RobustScaler, type RobustScalerOptions } from './scale/robust.js'
export { standardScaler, type StandardScaler, type StandardScalerOptions } from './scale/standard.js'
export {
  columnTransformer,
  type ColumnPart,
  type ColumnTransformer,
  type ColumnTransformerOptions,
  type ColumnUse,
  type FittedPart,
} from './transform/column-transformer.js'
export { transformerFromJSON, type AnyFitted, type TransformerKinds } from './transform/from-json.js'
export type { Learned, TransformerFactory } from './transform/define.js'
export {
  pipeline,
  type FeatureTakes,
  type FittedFeatures,
  type Pipeline,
  type PipelineSteps,
} from './transform/pipeline.js'
export type {
  ColumnScaling,
  FittedScaler,
  FittedTransformer,
  Takes,
  Transformed,
  Transformer,
  TransformerInputs,
  TransformerJSON,
} from './transform/transformer.js'
