import {
  add,
  checkArgument,
  div,
  formatShape,
  mul,
  NeuriteError,
  oneHot,
  pow,
  relu,
  sameShape,
  softmax,
  sub,
  sum,
  tensor,
  type Tensor,
} from '@neurite/core'
import { aBoolean, listOf, number, optional, or } from '@neurite/core/arguments'
import { checkClasses, checkTensors } from './check.js'
import { defineLoss, type LossFactory, type LossOptions, type Resolved } from './loss.js'
import { safeLog, weighLogs } from './probabilities.js'
import type { Terms } from './reduce.js'

// Losses of class probabilities: the last axis holds the classes.

export interface CrossEntropyOptions extends LossOptions {
  /** The prediction is logits, taken through softmax here, rather than probabilities. More accurate, and cheaper. Default false. */
  readonly fromLogits?: boolean
  /** The share in [0, 1) of each target that is spread evenly over all classes (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number
  /**
   * One weight >= 0 a class, for the class's term in the sum: w_k y_k log p_k (PyTorch). 'mean' divides by the sum of the weights of
   * the target's classes (of a soft target, their average), as PyTorch does for class indices; smoothing does not change those.
   * Default: none.
   */
  readonly classWeights?: readonly number[] | undefined
}

const probabilities = () => ({ fromLogits: or(false, aBoolean) })
const weighted = () => ({ ...probabilities(), classWeights: optional(listOf(number('[0, Infinity)'))) })
const smoothed = () => ({ ...weighted(), labelSmoothing: or(0, number('[0, 1)')) })

type Options = Resolved<CrossEntropyOptions>

/** - sum_k w_k y_k log p_k, and the weight of each row's target. */
function terms(
  kind: string,
  prediction: Tensor,
  target: Tensor,
  { fromLogits, labelSmoothing, classWeights }: Options,
): Terms {
  const classes = prediction.shape.at(-1)!
  const smooth = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes)
  const values = weighLogs(smooth, prediction, fromLogits)
  if (classWeights === undefined) return { values, classes: true, sign: -1 }
  checkArgument(
    classWeights.length === classes,
    () => `${kind}: classWeights has ${classWeights.length} numbers, the target ${classes} classes.`,
  )
  const weights = tensor(classWeights, { dtype: target.dtype, backend: target.backend })
  return {
    values: mul(values, weights),
    classes: true,
    sign: -1,
    rowWeights: sum(mul(target, weights), { axes: [-1] }),
  }
}

/**
 * The cross-entropy error, - sum_k y_k log p_k a row, averaged over rows (chapter 4.3.3, 4).
 *
 * Probabilities below the dtype's epsilon (1.2e-7 in float32, 2.2e-16 in float64) count as epsilon, so that a probability of
 * exactly 0 costs 15.9 (36.0) rather than Infinity, and still has a gradient. With `fromLogits` nothing is cut off.
 *
 * @param prediction - [..., classes]: probabilities that add up to 1, or logits
 * @param target - the same shape and dtype: one-hot rows, or probabilities
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { crossEntropy } from '@neurite/losses'
 * const target = tensor([[0, 1], [1, 0]])
 * await crossEntropy(tensor([[0.5, 0.5], [1, 0]]), target).item() // => 0.346574
 * await crossEntropy({ fromLogits: true })(tensor([[0, 1000], [0, 1000]]), target).item() // => 500
 * ```
 */
export const crossEntropy: LossFactory<CrossEntropyOptions> = /* @__PURE__ */ defineLoss<CrossEntropyOptions>(
  'crossEntropy',
  'rows',
  'mean',
  (kind, prediction, target, options) => {
    checkClasses(kind, prediction, target)
    return terms(kind, prediction, target, options)
  },
  smoothed,
)

/**
 * Cross-entropy for class indices: `crossEntropy(prediction, oneHot(target))`, with the same options.
 *
 * @param prediction - [..., classes]
 * @param target - [...]: whole numbers from 0 to classes - 1, int32 or a float dtype. Any other index makes the loss NaN.
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { sparseCrossEntropy } from '@neurite/losses'
 * const target = tensor([1, 0], { dtype: 'int32' })
 * await sparseCrossEntropy(tensor([[0.5, 0.5], [1, 0]]), target).item() // => 0.346574
 * ```
 */
export const sparseCrossEntropy: LossFactory<CrossEntropyOptions> = /* @__PURE__ */ defineLoss<CrossEntropyOptions>(
  'sparseCrossEntropy',
  'indices',
  'mean',
  (kind, prediction, target, options) => {
    checkTensors(kind, prediction, target)
    const rows = prediction.shape.slice(0, -1)
    if (prediction.rank === 0 || !sameShape(target.shape, rows)) {
      const way =
        target.size === prediction.size
          ? '; for one-hot targets use crossEntropy'
          : sameShape(target.shape, [...rows, 1])
            ? `; use reshape(target, ${formatShape(rows)})`
            : ''
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${kind}: for a prediction of shape ${formatShape(prediction.shape)} target must hold class indices of shape ${formatShape(rows)}, got ${formatShape(target.shape)}${way}.`,
        { prediction: prediction.shape, target: target.shape },
      )
    }
    const hot = oneHot(target, { classes: prediction.shape.at(-1)!, dtype: prediction.dtype })
    // An index that is no class has a row of zeros, whose loss would be 0: 0 / 0 makes it heard.
    return terms(kind, prediction, div(hot, sum(hot, { axes: [-1], keepDims: true })), options)
  },
  smoothed,
)

export interface FocalCrossEntropyOptions extends Omit<CrossEntropyOptions, 'labelSmoothing'> {
  /** How little rows count that are right already, >= 0; 0 is cross-entropy. Default 2. */
  readonly gamma?: number
}

/**
 * - sum_k y_k (1 - p_k)^gamma log p_k a row, averaged over rows: easy rows count less, for classes that are rare (Lin et al. 2017;
 * its alpha is `classWeights`). Arguments and errors as `crossEntropy`.
 */
export const focalCrossEntropy: LossFactory<FocalCrossEntropyOptions> =
  /* @__PURE__ */ defineLoss<FocalCrossEntropyOptions>(
    'focalCrossEntropy',
    'rows',
    'mean',
    (kind, prediction, target, { gamma, ...options }) => {
      checkClasses(kind, prediction, target)
      const { values, ...rest } = terms(kind, prediction, target, { ...options, labelSmoothing: 0 })
      const p = options.fromLogits ? softmax(prediction) : prediction
      // Rounding may put p above 1, where the power is NaN.
      return { ...rest, values: mul(values, pow(relu(sub(1, p)), gamma)) }
    },
    () => ({ ...weighted(), gamma: or(2, number('[0, Infinity)')) }),
  )

export type KlDivergenceOptions = Pick<CrossEntropyOptions, 'reduction' | 'fromLogits'>

/**
 * The Kullback-Leibler divergence of the prediction from the target, sum_k y_k log(y_k / p_k) a row, averaged over rows: cross-entropy
 * without the target's own entropy, 0 for a perfect prediction. 0 log 0 is 0; arguments, errors and the treatment of small
 * probabilities as `crossEntropy`.
 *
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { klDivergence } from '@neurite/losses'
 * await klDivergence(tensor([[0.5, 0.5]]), tensor([[0, 1]])).item() // => 0.693147
 * ```
 */
export const klDivergence: LossFactory<KlDivergenceOptions> = /* @__PURE__ */ defineLoss<KlDivergenceOptions>(
  'klDivergence',
  'rows',
  'mean',
  (kind, prediction, target, { fromLogits }) => {
    checkClasses(kind, prediction, target)
    const entropy = mul(target, safeLog(target))
    return { values: sub(entropy, weighLogs(target, prediction, fromLogits)), classes: true }
  },
  probabilities,
)
