export { fit, type FitResult } from './fit/fit.js'
export { fitEvents, type FitEvent, type FitEventsOptions } from './fit/fit-events.js'
export type { FitOptions } from './fit/options.js'
export type { Dataset } from './fit/data.js'
export type { BatchSource, Pass } from './fit/source.js'
export { accuracy, topKAccuracy, type TopKOptions } from './metrics/accuracy.js'
export {
  confusionMatrix,
  f1,
  precision,
  recall,
  type AverageOptions,
  type ConfusionOptions,
} from './metrics/confusion.js'
export { averagePrecision, rocAuc } from './metrics/ranking.js'
export { logLoss } from './metrics/log-loss.js'
export { meanAbsoluteError, meanSquaredError, r2 } from './metrics/regression.js'
export type { ThresholdOptions } from './metrics/classes.js'
export type { DescribedMetric, Metric, MetricContext, MetricFactory } from './metrics/metric.js'
export { evaluate, type EvaluateOptions, type Report } from './evaluate/evaluate.js'
export { predict, type PredictOptions } from './evaluate/predict.js'
export { predictor, type Predictor, type PredictorOptions } from './evaluate/predictor.js'
export type { ClassWeights } from './fit/class-weights.js'
export type { History, HistoryOf } from './fit/history.js'
export type { Split } from './fit/plan.js'
export type { ArraySource, HostArray, NestedNumbers } from './host/to-host.js'
export type { Callback, CallbackMemory, EpochEvent, IterationEvent, Run, Snapshot } from './callbacks/callback.js'
export { earlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.js'
export { reduceOnPlateau, type ReduceOnPlateauOptions } from './callbacks/reduce-on-plateau.js'
export { csvLogger, type CsvLoggerOptions } from './callbacks/csv-logger.js'
export { progressBar, type ProgressBarOptions } from './callbacks/progress-bar.js'
export { terminalPlot, type TerminalPlotOptions } from './callbacks/terminal-plot.js'
export type { TextStream } from './callbacks/terminal.js'
export { checkpoint, loadCheckpoint, type CheckpointOptions } from './callbacks/checkpoint.js'
export { fileStore, memoryStore, type FileStore } from '@neurite/files'
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/format.js'
export type { Checkpoint } from './checkpoint/checkpoint.js'
export type { Progress } from './fit/progress.js'
export type { CheckpointSink } from './callbacks/callback.js'
export type { MonitorOptions } from './callbacks/monitor.js'
export { crossValidate, type CrossValidateOptions, type CrossValidation } from './search/cross-validate.js'
export {
  gridSearch,
  randomSearch,
  successiveHalving,
  type RandomSearchOptions,
  type SuccessiveHalvingOptions,
} from './search/search.js'
export {
  integerBetween,
  logUniformBetween,
  uniformBetween,
  type Dimension,
  type PointOf,
  type Space,
} from './search/space.js'
export type { Objective, SearchOptions, SearchResult, Trial, TrialContext } from './search/trials.js'
export {
  learningRateFinder,
  type LearningRateCurve,
  type LearningRateFinderOptions,
} from './search/learning-rate-finder.js'
export { exposeObjective } from './search/workers/expose-objective.js'
export { workerPool, type WorkerPool, type WorkerPoolOptions } from './search/workers/pool.js'
export type { WorkerLike } from './search/workers/worker-like.js'
export type { HostDataset } from './search/rows.js'
export { diagnose, type DiagnoseOptions, type Finding } from './diagnose.js'
