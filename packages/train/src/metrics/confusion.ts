import { NeuriteError } from '@neurite/core'
import { number, optional, readOptions, whole } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import { classesIn, type ThresholdOptions } from './classes.js'
import { CONTEXT, type MetricContext } from './metric.js'
import { pairOf, weightAt } from './pair.js'

/** Options of {@link confusionMatrix}. */
export interface ConfusionOptions extends ThresholdOptions, MetricContext {
  /** How many classes there are, where neither the data nor `labels` show them all. */
  readonly classes?: number
}

/** A table of more classes than this is no table that anybody reads, and would fill the memory. */
const MOST_CLASSES = 4096

/**
 * How many rows of each class are predicted as which: a row for each true class, a column for each predicted one, in the order of
 * class indices, or of `labels` (of names, sorted, without).
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes, `SHAPE_MISMATCH`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { confusionMatrix } from '@neurite/train'
 * confusionMatrix([0, 1, 1, 2], [0, 0, 1, 2]) // => [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
 * confusionMatrix(['dog', 'dog'], ['dog', 'cat'], { labels: ['dog', 'cat'] }) // => [[1, 0], [1, 0]]
 * ```
 */
export function confusionMatrix(prediction: Labels, target: Labels, options: ConfusionOptions = {}): number[][] {
  const where = 'confusionMatrix'
  const {
    threshold,
    classes: wanted,
    ...context
  } = readOptions(where, options, {
    threshold: optional(number()),
    classes: optional(whole(1)),
    ...CONTEXT,
  })
  const pair = pairOf(where, 'classes', prediction, target, context)
  const { truth, predicted, classes: found } = classesIn(pair, threshold)
  const largest = [truth, predicted].reduce((most, all) => all.reduce((a, b) => Math.max(a, b), most), 0)
  const classes = wanted ?? found
  if (classes <= largest || classes > MOST_CLASSES) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: classes must be a whole number above the largest class ${largest}, at most ${MOST_CLASSES}, got ${classes}.`,
      { classes },
    )
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  truth.forEach((t, i) => {
    counts[t]![predicted[i]!]! += weightAt(pair, i)
  })
  return counts
}
