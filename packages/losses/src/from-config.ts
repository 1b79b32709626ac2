import { readKind } from '@neurite/core/arguments'
import { binaryCrossEntropy, hinge } from './binary.js'
import { crossEntropy, focalCrossEntropy, klDivergence, sparseCrossEntropy } from './cross-entropy.js'
import type { DescribedLoss } from './loss.js'
import { huber, logCosh, mae, mse, sse, sumAbsoluteResiduals } from './residuals.js'

/** What a loss is, as plain data: its kind and its options. */
export interface LossConfig {
  readonly kind: string
  readonly [option: string]: unknown
}

// What a config claims is only passed on: each loss reads its options, whoever calls it.
const LOSSES: Readonly<Record<string, (options: object) => DescribedLoss>> = {
  binaryCrossEntropy,
  crossEntropy,
  focalCrossEntropy,
  hinge,
  huber,
  klDivergence,
  logCosh,
  mae,
  mse,
  sparseCrossEntropy,
  sse,
  sumAbsoluteResiduals,
}

/**
 * The loss that a config describes: of a loss of this package, `{ kind: loss.kind, ...loss.options }`. All of them come along, so
 * import it only where losses arrive as data.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for an unknown kind, and what the loss itself throws
 * @example
 * ```ts
 * import { huber, lossFromConfig } from '@neurite/losses'
 * const { kind, options } = huber({ delta: 2 })
 * lossFromConfig({ kind, ...options }).options // => { delta: 2, reduction: 'mean' }
 * lossFromConfig({ kind: 'mine' }) // => throws INVALID_ARGUMENT
 * ```
 */
export function lossFromConfig(config: LossConfig): DescribedLoss {
  const [make, options] = readKind('lossFromConfig', config, LOSSES)
  return make(options)
}
