export { fit, type FitResult } from './fit/run/fit.js'
export { fitEvents, type FitEvent, type FitEventsOptions } from './fit/run/fit-events.js'
export { fitReaders, type FitOptions } from './fit/run/options.js'
export type { Dataset } from './fit/data/dataset.js'
export type { BatchSource, Pass } from './fit/data/source.js'
export { accuracy, topKAccuracy, type TopKOptions } from './metrics/accuracy.js'
export { confusionMatrix, type ConfusionOptions } from './metrics/confusion.js'
export {
  f1,
  precision,
  recall,
  type AverageFactory,
  type AverageOptions,
  type ClassScores,
  type PerClassOptions,
} from './metrics/precision-recall.js'
export {
  classificationReport,
  type ClassificationReport,
  type ClassScore,
  type ReportOptions,
} from './metrics/classification-report.js'
export { tuneThreshold, type TunedThreshold, type TuneThresholdOptions } from './metrics/tune-threshold.js'
export { averagePrecision, rocAuc } from './metrics/ranking.js'
export { logLoss } from './metrics/log-loss.js'
export { meanAbsoluteError, meanSquaredError, r2 } from './metrics/regression.js'
export type { ThresholdOptions } from './metrics/classes.js'
export { metricFromConfig, type MetricConfig } from './metrics/from-config.js'
export type { DescribedMetric, Metric, MetricContext, MetricFactory } from './metrics/metric.js'
export { evaluate, type EvaluateOptions, type Report } from './evaluate/evaluate.js'
export { predict, type PredictOptions } from './evaluate/predict.js'
export { predictor, type Predictor, type PredictorOptions } from './evaluate/predictor.js'
export type { ClassWeights } from './fit/data/class-weights.js'
export { validationName, type History, type HistoryOf } from './fit/run/history.js'
export type { Split } from './fit/data/plan.js'
export type { ArraySource, HostArray, Json, NestedNumbers } from '@neurite/core'
export { callbackFromConfig } from './callbacks/from-config.js'
export type {
  Callback,
  CallbackConfig,
  CallbackMemory,
  EpochEvent,
  IterationEvent,
  Run,
  Snapshot,
} from './callbacks/callback.js'
export { earlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.js'
export { reduceOnPlateau, type ReduceOnPlateauOptions } from './callbacks/reduce-on-plateau.js'
export { csvLogger, type CsvLoggerOptions } from './callbacks/csv-logger.js'
export { checkpoint, loadCheckpoint, type CheckpointOptions } from './callbacks/checkpoint.js'
export { fileStore, indexedDbStore, memoryStore, type FileStore } from '@neurite/files'
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/format.js'
export type { Checkpoint } from './checkpoint/checkpoint.js'
export type { Progress } from './fit/run/progress.js'
export type { CheckpointSink } from './callbacks/callback.js'
export type { MonitorOptions } from './callbacks/monitor.js'
export { diagnose, type DiagnoseOptions, type Finding } from './diagnose.js'
export { fastest, type Candidate, type Fastest, type FastestOptions, type Measured } from './fastest.js'
