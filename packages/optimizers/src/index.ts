export { adam, adamax, adamw, lion, nadam, type AdamOptions, type MomentOptions, type NadamOptions } from './adam.js'
export {
  adadelta,
  adagrad,
  rmsprop,
  type AdadeltaOptions,
  type AdagradOptions,
  type RmspropOptions,
} from './adaptive.js'
export {
  adjustableLearningRate,
  currentLearningRate,
  setLearningRate,
  type AdjustableLearningRate,
  type LearningRate,
  type LearningRateSchedule,
} from './learning-rate.js'
export type { OptimizerConfig } from './config.js'
export { optimizerFromConfig } from './from-config.js'
export { applyUpdates, type Optimizer } from './optimizer.js'
export type { OptimizerOptions } from './rule.js'
export {
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  oneCycle,
  piecewise,
  polynomialDecay,
  scheduleFrom,
  stepDecay,
  warmup,
} from './schedules.js'
export { gradientDescent, sgd, type SgdOptions } from './sgd.js'
export { addDecayedWeights, chain, clipByGlobalNorm, clipByValue, globalNorm, scale } from './transforms.js'
export type { Mask, MaskTree } from './tree.js'
export { accumulate, averageParams, ema, type AccumulateState, type EmaState } from './wrappers.js'
