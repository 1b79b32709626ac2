export { crossValidate, type CrossValidateOptions, type CrossValidation } from './cross-validate.js'
export {
  gridSearch,
  randomSearch,
  successiveHalving,
  type RandomSearchOptions,
  type SuccessiveHalvingOptions,
} from './search.js'
export { integerBetween, logUniformBetween, uniformBetween, type Dimension, type PointOf, type Space } from './space.js'
export type { Round, SearchEngine, Study } from './engine.js'
export type {
  TrialCandidate,
  Objective,
  ObjectiveOrName,
  SearchOptions,
  SearchResult,
  Trial,
  TrialContext,
} from './trials.js'
export { judge, type Judged } from './trials.js'
export { learningRateFinder, type LearningRateCurve, type LearningRateFinderOptions } from './learning-rate-finder.js'
export { exposeObjective } from './workers/expose-objective.js'
export { workerPool, type WorkerPool, type WorkerPoolOptions } from './workers/pool.js'
export type { WorkerLike } from './workers/worker-like.js'
export type { HostDataset } from './rows.js'
