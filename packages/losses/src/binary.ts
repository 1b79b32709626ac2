import { add, exp, greater, log1p, mul, neg, relu, sub, where } from '@neurite/core'
import { aBoolean, or } from '@neurite/core/arguments'
import { checkPair } from './check.js'
import { defineLoss, type LossFactory, type LossOptions } from './loss.js'
import { safeLog, weighLog } from './probabilities.js'

// Losses of yes-or-no predictions, element by element.

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** The prediction is logits, taken through sigmoid here, rather than probabilities. More accurate. Default false. */
  readonly fromLogits?: boolean
}

/**
 * - y log p - (1 - y) log(1 - p), averaged over all elements. p and 1 - p below the dtype's epsilon count as epsilon, as in `crossEntropy`.
 *
 * @param prediction - any shape: probabilities, or logits
 * @param target - the same shape and dtype, in [0, 1]
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { binaryCrossEntropy } from '@neurite/losses'
 * await binaryCrossEntropy(tensor([[0.5], [0.5]]), tensor([[0], [1]])).item() // => 0.693147
 * await binaryCrossEntropy({ fromLogits: true })(tensor([[1000], [0]]), tensor([[1], [1]])).item() // => 0.346574
 * ```
 */
export const binaryCrossEntropy: LossFactory<BinaryCrossEntropyOptions> =
  /* @__PURE__ */ defineLoss<BinaryCrossEntropyOptions>(
    'binaryCrossEntropy',
    'values',
    'mean',
    (kind, prediction, target, { fromLogits }) => {
      checkPair(kind, prediction, target)
      if (!fromLogits) {
        return {
          values: add(mul(target, safeLog(prediction)), mul(sub(1, target), safeLog(sub(1, prediction)))),
          sign: -1,
        }
      }
      // log(1 + e^x) - x y, as log(1 + e^-|x|) + |x| times the share of y on the other side. -|x| is written so that it has a
      // derivative at 0, where those of every order are right then.
      const positive = greater(prediction, 0)
      const logWrong = where(positive, neg(prediction), prediction)
      const wrong = where(positive, sub(1, target), target)
      return { values: sub(log1p(exp(logWrong)), weighLog(wrong, logWrong)) }
    },
    () => ({ fromLogits: or(false, aBoolean) }),
  )

/**
 * max(0, 1 - y y^), averaged over all elements: 0 for whatever is on the right side by a margin of 1. The gradient at the margin is 0.
 *
 * @param prediction - any shape: unbounded scores
 * @param target - the same shape and dtype: -1 or 1 (not 0 or 1)
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { hinge } from '@neurite/losses'
 * await hinge({ reduction: 'none' })(tensor([2, 0.5, 0.5]), tensor([1, 1, -1])).toArray() // => [0, 0.5, 1.5]
 * ```
 */
export const hinge: LossFactory = /* @__PURE__ */ defineLoss<LossOptions>(
  'hinge',
  'signs',
  'mean',
  (kind, prediction, target) => {
    checkPair(kind, prediction, target)
    return { values: relu(sub(1, mul(prediction, target))) }
  },
)
