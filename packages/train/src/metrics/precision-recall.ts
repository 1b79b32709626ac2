import { checkArgument, NeuriteError } from '@neurite/core'
import { either, mustBe, number, oneOf, optional, readOptions, whole, type Reader } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import { checkClassTarget, isMultiLabel, type ThresholdOptions } from './classes.js'
import { defineMetric, type DescribedMetric, type MetricContext, type MetricFactory } from './metric.js'
import type { Pair } from './pair.js'
import { averageOf, f1Of, precisionOf, recallOf, tallyOf, type Average, type Score } from './tally.js'

/** Which class's score it is, or how the scores of classes become one. */
export interface AverageOptions extends ThresholdOptions {
  /**
   * 'binary' (default): that of the positive class, of two; 'macro': the mean over classes; 'weighted': by how often each is true;
   * 'micro': from counts over all classes. Classes that neither come nor are predicted do not count.
   */
  readonly average?: 'binary' | 'macro' | 'micro' | 'weighted'
  /** Of two classes, the positive one: its index, or its name. Default 1; of names without `labels` it must be given. */
  readonly positiveLabel?: number | string
}

/** Asks for the score of each class rather than for one. */
export interface PerClassOptions extends ThresholdOptions {
  readonly average: null
}

/** The score of each class, by its index: in the order of `labels`, where names have one; 0 for a class that does not come. */
export interface ClassScores {
  (prediction: Labels, target: Labels, context?: MetricContext): number[]
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly mode: 'min' | 'max'
}

/** Precision, recall or F1, and what makes it with options; `average: null` makes one that gives a score for each class. */
export interface AverageFactory extends MetricFactory<AverageOptions, Labels> {
  (options?: AverageOptions): DescribedMetric<Labels>
  (options: PerClassOptions): ClassScores
}

/** Either kind of options. */
interface AnyOptions extends Omit<AverageOptions, 'average'> {
  readonly average?: AverageOptions['average'] | null
}

/** Options, read. */
interface Averaging {
  readonly average: Average | 'binary' | null
  readonly positiveLabel: number | string | undefined
  readonly threshold: number | undefined
}

const anAverage: Reader<Averaging['average']> = (where, name, value) => {
  if (value === null) return null
  if (value === undefined) return 'binary'
  return oneOf('binary', 'macro', 'micro', 'weighted')(where, name, value)
}

const aLabel = /* @__PURE__ */ optional(
  /* @__PURE__ */ either('a class index (0 or 1) or a name', /* @__PURE__ */ whole(0, 1), (where, name, value) => {
    if (typeof value !== 'string') throw mustBe(where, name, 'a name', value)
    return value
  }),
)

function averaged(kind: string, score: Score): AverageFactory {
  return defineMetric<AnyOptions, Averaging, number | number[]>({
    kind,
    mode: 'max',
    takes: 'classes',
    read(given) {
      const read = readOptions<AnyOptions, typeof READERS>(kind, given, READERS)
      checkArgument(
        read.positiveLabel === undefined || read.average === 'binary',
        () => `${kind}: positiveLabel is for average 'binary', the average is ${String(read.average)}; leave out one.`,
      )
      return read
    },
    compute(pair, { average, threshold, positiveLabel }) {
      const tally = tallyOf(pair, threshold)
      const { counts, classes, multiLabel } = tally
      const scoreOf = (c: number): number => score(counts.get(c) ?? { right: 0, predicted: 0, actual: 0 })
      if (average === null) return Array.from({ length: classes }, (_, c) => scoreOf(c))
      if (average !== 'binary') return averageOf(tally, average, score)
      checkBinary(kind, classes, multiLabel)
      return scoreOf(positiveIn(pair, positiveLabel))
    },
    checkTarget(pair, width, { average, threshold }) {
      checkClassTarget(pair, width, threshold)
      if (average === 'binary') checkBinary(kind, Math.max(2, width), isMultiLabel(pair))
    },
  }) as AverageFactory
}

const READERS = {
  average: anAverage,
  threshold: /* @__PURE__ */ optional(/* @__PURE__ */ number()),
  positiveLabel: aLabel,
}

/** Two classes have a positive one; more have not, as scikit-learn says too. */
function checkBinary(kind: string, classes: number, multiLabel: boolean): void {
  if (classes === 2 && !multiLabel) return
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${kind}: average 'binary' (default) is the ${kind} of the positive class of two, these are ${classes} ${multiLabel ? 'labels' : 'classes'}; use ${kind}({ average: 'macro' }), 'micro' or 'weighted', or null for each.`,
    { classes },
  )
}

function positiveIn({ kind, names, ordered }: Pair, label: number | string | undefined): number {
  if (typeof label === 'number') return label
  const index = label === undefined ? (names === undefined || ordered ? 1 : -1) : (names?.indexOf(label) ?? -1)
  checkArgument(index >= 0, () => {
    const among = names === undefined ? 'class indices, 0 and 1' : names.map((name) => `'${name}'`).join(' and ')
    return label === undefined
      ? `${kind}: which of ${among} is the positive class? Give positiveLabel, or labels, of which the second is positive.`
      : `${kind}: positiveLabel is '${label}', the classes are ${among}.`
  })
  return index
}

/**
 * Of the rows predicted as a class, the share that are of it; 0 where none is predicted. Of two classes that of the positive one;
 * of more, and of several labels a row, an `average` is to be chosen.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for more than two classes without another average, targets that are no classes
 * @example
 * ```ts
 * import { precision } from '@neurite/train'
 * precision([1, 1, 0, 1], [1, 0, 0, 1]) // => 0.666666667
 * precision({ average: null })([0, 1, 2, 2], [0, 1, 1, 2]) // => [1, 1, 0.5]
 * ```
 */
export const precision: AverageFactory = /* @__PURE__ */ averaged('precision', precisionOf)

/**
 * Of the rows of a class, the share that are predicted as it; 0 where there are none. Averages as in {@link precision}.
 *
 * @throws NeuriteError as {@link precision}
 * @example
 * ```ts
 * import { recall } from '@neurite/train'
 * recall([1, 0, 0, 1], [1, 1, 1, 1]) // => 0.5
 * recall({ positiveLabel: 'spam' })(['spam', 'ham'], ['spam', 'spam']) // => 0.5
 * ```
 */
export const recall: AverageFactory = /* @__PURE__ */ averaged('recall', recallOf)

/**
 * The harmonic mean of precision and recall. Averages as in {@link precision}.
 *
 * @throws NeuriteError as {@link precision}
 * @example
 * ```ts
 * import { f1 } from '@neurite/train'
 * f1([1, 1, 0, 1], [1, 0, 0, 1]) // => 0.8
 * f1({ average: 'macro' })([0, 1, 2, 2], [0, 1, 1, 2]) // => 0.777777778
 * f1([0, 1, 2], [0, 1, 2]) // => throws INVALID_ARGUMENT
 * ```
 */
export const f1: AverageFactory = /* @__PURE__ */ averaged('f1', f1Of)
