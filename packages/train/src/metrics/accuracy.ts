import { NeuriteError } from '@neurite/core'
import { number, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { checkClassTarget, classesIn, truthOf, weightAt, type ThresholdOptions } from './classes.js'
import { defineMetric, type MetricFactory } from './metric.js'

/**
 * The share of rows whose class is predicted. Predictions are rows of probabilities or logits (the largest wins), one
 * probability a row (above `threshold`: class 1) or class indices; targets are one-hot rows or class indices.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes: a regression has no accuracy
 * @example
 * ```ts
 * import { accuracy } from '@neurite/train'
 * accuracy([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], [0, 1, 1]) // => 0.666666667
 * accuracy({ threshold: 0.8 })([0.7, 0.9], [0, 1]) // => 1
 * ```
 */
export const accuracy: MetricFactory<ThresholdOptions> = /* @__PURE__ */ defineMetric({
  kind: 'accuracy',
  mode: 'max',
  read: (given: ThresholdOptions) => readOptions('accuracy', given, { threshold: optional(number()) }),
  compute(pair, { threshold }) {
    const { truth, predicted } = classesIn(pair, threshold)
    return share(
      pair.rows,
      (i) => truth[i] === predicted[i],
      (i) => weightAt(pair, i),
    )
  },
  checkTarget: checkClassTarget,
})

/** Options of {@link topKAccuracy}. */
export interface TopKOptions {
  /** Default 5. */
  readonly k?: number
}

/**
 * The share of rows whose class is among the k most probable. Of equal predictions the smaller class index comes first.
 *
 * @example
 * ```ts
 * import { topKAccuracy } from '@neurite/train'
 * topKAccuracy({ k: 2 })([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2]) // => 0.5
 * ```
 */
export const topKAccuracy: MetricFactory<TopKOptions> = /* @__PURE__ */ defineMetric({
  kind: 'topKAccuracy',
  mode: 'max',
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
    const isAmong = (row: number): boolean => {
      const own = data[row * width + truth[row]!]!
      let before = 0
      for (let i = 0; i < width; i++) {
        const other = data[row * width + i]!
        if (other > own || (other === own && i < truth[row]!)) before++
      }
      return before < k
    }
    return share(pair.rows, isAmong, (i) => weightAt(pair, i))
  },
  checkTarget: checkClassTarget,
})

function share(rows: number, holds: (row: number) => boolean, weight: (row: number) => number): number {
  let right = 0
  let all = 0
  for (let i = 0; i < rows; i++) {
    if (holds(i)) right += weight(i)
    all += weight(i)
  }
  return right / all
}
