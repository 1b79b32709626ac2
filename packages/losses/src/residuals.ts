import { abs, clip, expm1, greater, less, log1p, mul, neg, square, sub, where, type Tensor } from '@neurite/core'
import { number, or } from '@neurite/core/arguments'
import { checkPair } from './check.js'
import { defineLoss, type LossFactory, type LossOptions, type Resolved } from './loss.js'
import type { Terms } from './reduce.js'

// Losses of the residual, prediction - target, element by element.

/** From here on log(cosh(r)) is |r| - log 2, to the last digit of float64. */
const FAR = 20

function ofResidual<O>(f: (residual: Tensor, options: O) => Tensor) {
  return (kind: string, prediction: Tensor, target: Tensor, options: O): Terms => {
    checkPair(kind, prediction, target)
    return { values: f(sub(prediction, target), options) }
  }
}

/**
 * The sum of squares of error, sum (y^ - y)^2 (chapter 4.3.3, 1). With reduction 'mean' it is `mse`.
 *
 * @param prediction - any shape, float32 or float64
 * @param target - the same shape and dtype
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { sse } from '@neurite/losses'
 * await sse(tensor([0.2, 0.5, 0.3]), tensor([0, 1, 0])).item() // => 0.38
 * ```
 */
export const sse: LossFactory = /* @__PURE__ */ defineLoss<LossOptions>(
  'sse',
  'values',
  'sum',
  /* @__PURE__ */ ofResidual((residual) => square(residual)),
)

/**
 * The mean squared error, SSE / n, over all elements (chapter 4.3.3, 2).
 *
 * @param prediction - any shape, float32 or float64
 * @param target - the same shape and dtype
 * @throws NeuriteError `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, `UNKNOWN_OPTION`, `INVALID_ARGUMENT`
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { mse } from '@neurite/losses'
 * const prediction = tensor([[1], [2], [4]])
 * const target = tensor([[1], [3], [2]])
 * await mse(prediction, target, { weights: tensor([1, 1, 0]) }).item() // => 0.5
 * await mse({ reduction: 'none' })(prediction, target).toArray() // => [[0], [1], [4]]
 * mse(prediction, tensor([1, 3, 2])) // => throws SHAPE_MISMATCH
 * ```
 */
export const mse: LossFactory = /* @__PURE__ */ defineLoss<LossOptions>(
  'mse',
  'values',
  'mean',
  /* @__PURE__ */ ofResidual((residual) => square(residual)),
)

/** The sum of absolute residuals, sum |y^ - y| (chapter 4.3.3, 3). Arguments and errors as `sse`; the gradient at 0 is 0. */
export const sumAbsoluteResiduals: LossFactory = /* @__PURE__ */ defineLoss<LossOptions>(
  'sumAbsoluteResiduals',
  'values',
  'sum',
  /* @__PURE__ */ ofResidual((residual) => abs(residual)),
)

/** The mean absolute error, over all elements. Arguments and errors as `mse`; the gradient at 0 is 0. */
export const mae: LossFactory = /* @__PURE__ */ defineLoss<LossOptions>(
  'mae',
  'values',
  'mean',
  /* @__PURE__ */ ofResidual((residual) => abs(residual)),
)

export interface HuberOptions extends LossOptions {
  /** Where the parabola goes over into a straight line: > 0, in the target's units. Default 1. */
  readonly delta?: number
}

/**
 * r^2 / 2 for residuals |r| <= delta, delta (|r| - delta / 2) beyond, averaged over all elements: outliers pull with a
 * bounded force (Huber 1964). Arguments and errors as `mse`.
 *
 * @example
 * ```ts
 * import { tensor } from '@neurite/core'
 * import { huber } from '@neurite/losses'
 * await huber({ delta: 2, reduction: 'none' })(tensor([1, 10]), tensor([0, 0])).toArray() // => [0.5, 18]
 * ```
 */
export const huber: LossFactory<HuberOptions> = /* @__PURE__ */ defineLoss<HuberOptions>(
  'huber',
  'values',
  'mean',
  /* @__PURE__ */ ofResidual((residual, { delta }: Resolved<HuberOptions>) => {
    const size = abs(residual)
    return where(greater(size, delta), mul(sub(size, delta / 2), delta), mul(square(residual), 0.5))
  }),
  () => ({ delta: or(1, number('(0, Infinity)')) }),
)

/** log(cosh(r)), averaged over all elements: r^2 / 2 for small residuals, |r| - log 2 for large ones. Arguments and errors as `mse`. */
export const logCosh: LossFactory = /* @__PURE__ */ defineLoss<LossOptions>(
  'logCosh',
  'values',
  'mean',
  /* @__PURE__ */ ofResidual((residual) => {
    // cosh r = 1 + 2 sinh^2(r / 2): no digit is lost near 0, where derivatives of every order are right as well. cosh itself
    // overflows from |r| = 89 on in float32.
    const half = mul(clip(residual, { minimum: -FAR, maximum: FAR }), 0.5)
    const twoSinh = sub(expm1(half), expm1(neg(half)))
    const size = abs(residual)
    return where(less(size, FAR), log1p(mul(square(twoSinh), 0.5)), sub(size, Math.LN2))
  }),
)
