import { checkArgument, NeuriteError, type HostArray } from '@neurite/core'
import { number, oneOf, optional, or, readOptions, whole } from '@neurite/core/arguments'
import { checkClassTarget, classesIn, countConfusions, type ThresholdOptions } from './classes.js'
import { CONTEXT, defineMetric, pairOf, type MetricContext, type MetricFactory, type Pair } from './metric.js'

/** Options of {@link confusionMatrix}. */
export interface ConfusionOptions extends ThresholdOptions, MetricContext {
  /** How many classes there are, where the data does not show them all. */
  readonly classes?: number
}

/**
 * How many rows of each class are predicted as which: a row for each true class, a column for each predicted one.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for targets that are no classes, `SHAPE_MISMATCH`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { confusionMatrix } from '@neurite/train'
 * confusionMatrix([0, 1, 1, 2], [0, 0, 1, 2]) // => [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
 * ```
 */
export function confusionMatrix(prediction: HostArray, target: HostArray, options: ConfusionOptions = {}): number[][] {
  const where = 'confusionMatrix'
  const { threshold, classes, ...context } = readOptions(where, options, {
    threshold: optional(number()),
    classes: optional(whole(1)),
    ...CONTEXT,
  })
  const pair = pairOf(where, prediction, target, context)
  const labelled = classesIn(pair, threshold)
  if (classes === undefined) return countConfusions(pair, labelled)
  const largest = [labelled.truth, labelled.predicted].reduce(
    (most, all) => all.reduce((a, b) => Math.max(a, b), most),
    0,
  )
  if (classes <= largest) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${where}: classes must be a whole number above the largest class ${largest}, got ${String(classes)}.`,
      { classes },
    )
  }
  return countConfusions(pair, { ...labelled, classes })
}

/** How the scores of classes become one. */
export interface AverageOptions extends ThresholdOptions {
  /**
   * 'macro' (default): the mean over classes; 'weighted': by how often each is true; 'micro': from counts over all classes;
   * 'binary': that of class 1 alone. Classes that neither come nor are predicted do not count.
   */
  readonly average?: 'macro' | 'micro' | 'weighted' | 'binary'
}

interface Counts {
  readonly right: number
  readonly predicted: number
  readonly actual: number
}

type Score = (counts: Counts) => number

const precisionOf: Score = ({ right, predicted }) => (predicted === 0 ? 0 : right / predicted)
const recallOf: Score = ({ right, actual }) => (actual === 0 ? 0 : right / actual)
const f1Of: Score = ({ right, predicted, actual }) =>
  predicted + actual === 0 ? 0 : (2 * right) / (predicted + actual)

function averaged(kind: string, score: Score): MetricFactory<AverageOptions> {
  return defineMetric({
    kind,
    mode: 'max',
    read: (given: AverageOptions) =>
      readOptions(kind, given, {
        average: or('macro', oneOf('macro', 'micro', 'weighted', 'binary')),
        threshold: optional(number()),
      }),
    compute: (pair, { average, threshold }) => averageOf(pair, average, threshold, score),
    checkTarget: checkClassTarget,
  })
}

function averageOf(
  pair: Pair,
  average: AverageOptions['average'],
  threshold: number | undefined,
  score: Score,
): number {
  const labelled = classesIn(pair, threshold)
  const matrix = countConfusions(pair, labelled)
  const classes = matrix.map((row, c): Counts => ({
    right: row[c]!,
    actual: total(row),
    predicted: total(matrix.map((other) => other[c]!)),
  }))
  if (average === 'binary') {
    checkArgument(
      labelled.classes === 2,
      () =>
        `${pair.kind}: average 'binary' is for two classes, these are ${labelled.classes}; use 'macro', 'micro' or 'weighted'.`,
    )
    return score(classes[1]!)
  }
  if (average === 'micro') {
    const sum = (name: keyof Counts): number => total(classes.map((counts) => counts[name]))
    return score({ right: sum('right'), predicted: sum('predicted'), actual: sum('actual') })
  }
  const present = classes.filter(({ predicted, actual }) => predicted + actual > 0)
  const weights = present.map(({ actual }) => (average === 'weighted' ? actual : 1))
  return total(present.map((counts, i) => weights[i]! * score(counts))) / total(weights)
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

/**
 * Of the rows predicted as a class, the share that are of it; 0 where none is predicted. Averaged over classes.
 *
 * @example
 * ```ts
 * import { precision } from '@neurite/train'
 * precision({ average: 'binary' })([1, 1, 0, 1], [1, 0, 0, 1]) // => 0.666666667
 * ```
 */
export const precision: MetricFactory<AverageOptions> = /* @__PURE__ */ averaged('precision', precisionOf)

/**
 * Of the rows of a class, the share that are predicted as it; 0 where there are none. Averaged over classes.
 *
 * @example
 * ```ts
 * import { recall } from '@neurite/train'
 * recall({ average: 'binary' })([1, 0, 0, 1], [1, 1, 1, 1]) // => 0.5
 * ```
 */
export const recall: MetricFactory<AverageOptions> = /* @__PURE__ */ averaged('recall', recallOf)

/**
 * The harmonic mean of precision and recall, averaged over classes.
 *
 * @example
 * ```ts
 * import { f1 } from '@neurite/train'
 * f1({ average: 'binary' })([1, 1, 0, 1], [1, 0, 0, 1]) // => 0.8
 * ```
 */
export const f1: MetricFactory<AverageOptions> = /* @__PURE__ */ averaged('f1', f1Of)
