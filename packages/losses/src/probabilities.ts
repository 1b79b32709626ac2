import {
  add,
  equal,
  log,
  logicalAnd,
  logSoftmax,
  maximum,
  mul,
  stopGradient,
  sub,
  where,
  type Tensor,
} from '@neurite/core'

/** The distance from 1 to the next number of the dtype. */
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52, int32: 0, bool: 0 } as const

/**
 * log(p), with p raised to the dtype's epsilon where it is less (as scikit-learn's log_loss does): finite also for p = 0. Its
 * gradient there is that at epsilon, not 0: a prediction that is as wrong as can be must still learn.
 */
export function safeLog(p: Tensor): Tensor {
  return log(add(p, stopGradient(sub(maximum(p, EPSILON[p.dtype]), p))))
}

/**
 * y log p, which is 0 where y is 0 and log p is -Infinity: 0 log 0 is 0, and so are its derivatives (PyTorch's xlogy).
 */
export function weighLog(y: Tensor, logP: Tensor): Tensor {
  return mul(y, where(logicalAnd(equal(y, 0), equal(logP, -Infinity)), 0, logP))
}

/** y log p for class probabilities, along the last axis. */
export function weighLogs(y: Tensor, prediction: Tensor, fromLogits: boolean | undefined): Tensor {
  // Only a logit of -Infinity has a logarithm that is not finite.
  return fromLogits ? weighLog(y, logSoftmax(prediction)) : mul(y, safeLog(prediction))
}
