export { binaryCrossEntropy, hinge, type BinaryCrossEntropyOptions } from './binary.js'
export {
  crossEntropy,
  focalCrossEntropy,
  klDivergence,
  sparseCrossEntropy,
  type CrossEntropyOptions,
  type FocalCrossEntropyOptions,
  type KlDivergenceOptions,
} from './cross-entropy.js'
export type { DescribedLoss, Expects, Loss, LossCallOptions, LossFactory, LossOptions, Targets } from './loss.js'
export type { Reduction } from './reduce.js'
export { huber, logCosh, mae, mse, sse, sumAbsoluteResiduals, type HuberOptions } from './residuals.js'
export { lossFromConfig, type LossConfig } from './from-config.js'
