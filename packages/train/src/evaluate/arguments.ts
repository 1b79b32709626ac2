import type { Tree } from '@neurite/core'
import { aModelTree, having, optional, or, whole, type Reader } from '@neurite/core/arguments'
import type { Loss } from '@neurite/losses'
import type { Layer } from '@neurite/nn'
import { checkLoss, checkMetrics, checkModel } from '../fit/run/options.js'
import type { Metric } from '../metrics/metric.js'

// What evaluate, predict, predictor and diagnose take.

/** Refuses what cannot be a model and its params. */
export function checkTrained(where: string, model: Layer, params: Tree): void {
  checkModel(where, model)
  aModelTree(where, 'params', params)
}

/** Running statistics, where there are any. */
export const aState = /* @__PURE__ */ optional(aModelTree)

/** Rows that go through the model at once. */
export const someRows = /* @__PURE__ */ or(256, /* @__PURE__ */ whole(1))

export const aSignal = /* @__PURE__ */ having<AbortSignal>('an AbortSignal', 'aborted', 'addEventListener')

export const aLoss: Reader<Loss> = (where, _, value) => {
  checkLoss(where, value as Loss)
  return value as Loss
}

export const namedMetrics: Reader<Readonly<Record<string, Metric>>> = (where, _, value) => {
  checkMetrics(where, value as Readonly<Record<string, Metric>>)
  return value as Readonly<Record<string, Metric>>
}
