import { add, log, logSoftmax, maximum, stopGradient, sub, type Tensor } from '@neurite/core'

/** The distance from 1 to the next number of the dtype. */
const EPSILON = { float32: 2 ** -23, float64: 2 ** -52, int32: 0, bool: 0 } as const

/**
 * log(p), with p raised to the dtype's epsilon where it is less (as scikit-learn's log_loss does): finite also for p = 0. Its
 * gradient there is that at epsilon, not 0: a prediction that is as wrong as can be must still learn.
 */
export function safeLog(p: Tensor): Tensor {
  return log(add(p, stopGradient(sub(maximum(p, EPSILON[p.dtype]), p))))
}

/** Logarithms of class probabilities, along the last axis. */
export function logProbabilities(prediction: Tensor, fromLogits: boolean | undefined): Tensor {
  return fromLogits ? logSoftmax(prediction) : safeLog(prediction)
}
