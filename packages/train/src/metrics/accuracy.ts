import { NeuriteError } from '@neurite/core'
import type { Labels } from '@neurite/data'
import { number, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { checkClassTarget, classesIn, isMultiLabel, labelsIn, truthOf, type ThresholdOptions } from './classes.js'
import { defineMetric, type MetricFactory } from './metric.js'
import { weightAt, type Pair } from './pair.js'

/**
 * The share of rows whose class is predicted. Predictions are rows of probabilities or logits (the largest wins), one
 * probability a row (above `threshold`: class 1), class indices or names; targets are one-hot rows, class indices or names. Of
 * several labels a row, all must be right.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes: a regression has no accuracy
 * @example
 * ```ts
 * import { accuracy } from '@neurite/train'
 * accuracy([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], [0, 1, 1]) // => 0.666666667
 * accuracy({ threshold: 0.8 })([0.7, 0.9], [0, 1]) // => 1
 * accuracy(['cat', 'dog'], ['cat', 'cat']) // => 0.5
 * accuracy([[0.9, 0.6], [0.2, 0.7]], [[1, 1], [1, 1]]) // => 0.5
 * ```
 */
export const accuracy: MetricFactory<ThresholdOptions, Labels> = /* @__PURE__ */ defineMetric({
  kind: 'accuracy',
  mode: 'max',
  takes: 'classes',
  read: (given: ThresholdOptions) => readOptions('accuracy', given, { threshold: optional(number()) }),
  compute: (pair, { threshold }) => share(pair, rightIn(pair, threshold)),
  checkTarget: (pair, width, { threshold }) => checkClassTarget(pair, width, threshold),
})

/** Whether a row is predicted right. */
export function rightIn(pair: Pair, threshold: number | undefined): (row: number) => boolean {
  if (isMultiLabel(pair)) {
    const { truth, predicted, labels } = labelsIn(pair, threshold)
    return (row) => {
      for (let i = row * labels; i < (row + 1) * labels; i++) if (truth[i] !== predicted[i]) return false
      return true
    }
  }
  const { truth, predicted } = classesIn(pair, threshold)
  return (row) => truth[row] === predicted[row]
}

/** Options of {@link topKAccuracy}. */
export interface TopKOptions {
  /** Default 5. */
  readonly k?: number
}

/**
 * The share of rows whose class is among the k most probable. Of equal predictions the smaller class index comes first.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { topKAccuracy } from '@neurite/train'
 * topKAccuracy({ k: 2 })([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2]) // => 0.5
 * ```
 */
export const topKAccuracy: MetricFactory<TopKOptions, Labels> = /* @__PURE__ */ defineMetric({
  kind: 'topKAccuracy',
  mode: 'max',
  takes: 'scores',
  read: (given: TopKOptions) => readOptions('topKAccuracy', given, { k: or(5, whole(1)) }),
  compute(pair, { k }) {
    const truth = truthOf(pair)
    const { data } = pair.prediction
    const width = data.length / pair.rows
    const largest = truth.reduce((a, b) => Math.max(a, b), 0)
    if (width < 2 || largest >= width) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `topKAccuracy: prediction has ${width} numbers a row; expected one for each class, at least ${largest + 1}.`,
        { shape: pair.prediction.shape },
      )
    }
    return share(pair, (row) => {
      const own = data[row * width + truth[row]!]!
      let before = 0
      for (let i = 0; i < width; i++) {
        const other = data[row * width + i]!
        if (other > own || (other === own && i < truth[row]!)) before++
      }
      return before < k
    })
  },
  checkTarget(pair, width) {
    truthOf(pair)
    checkClassTarget(pair, width)
  },
})

/** The share of rows, by weight, of which something holds. */
export function share(pair: Pair, holds: (row: number) => boolean): number {
  let right = 0
  let all = 0
  for (let i = 0; i < pair.rows; i++) {
    if (holds(i)) right += weightAt(pair, i)
    all += weightAt(pair, i)
  }
  return right / all
}
