import { checkArgument, NeuriteError } from '@neurite/core'
import { aFunction, or, readOptions, whole } from '@neurite/core/arguments'
import type { Labels } from '@neurite/data'
import { thresholdOf, truthOf } from './classes.js'
import { CONTEXT, type Metric, type MetricContext } from './metric.js'
import { pairOf } from './pair.js'

/** Options of {@link tuneThreshold}. */
export interface TuneThresholdOptions extends MetricContext {
  /** What is to be best, such as `f1`: it is given class 0 or 1 for each row. Smaller is better where its `mode` is 'min'. */
  readonly metric: Metric
  /** The most thresholds that are tried. Default 100. */
  readonly thresholds?: number
}

/** What {@link tuneThreshold} found. */
export interface TunedThreshold {
  /** For metrics, `saveModel`, and whoever decides: above it, class 1 is predicted. */
  readonly threshold: number
  /** The metric at it. */
  readonly value: number
}

/**
 * The threshold between two classes at which a metric is best, as scikit-learn's TunedThresholdClassifierCV finds it. Do this on
 * validation rows: on training rows a network is surer than it ought to be, and of test rows it must know nothing.
 *
 * It tries the middles between neighbouring predictions, and one below and one above all, at most `thresholds` of them, evenly over
 * the rows; of equally good ones it takes the nearest to 0.5 (of logits, to 0).
 *
 * @param prediction - one probability or logit a row
 * @param target - 0 or 1 for each row, or names with `labels`
 * @throws NeuriteError `SHAPE_MISMATCH` for more than one number a row, `INVALID_ARGUMENT` for other targets than two classes,
 * `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { f1, tuneThreshold } from '@neurite/train'
 * tuneThreshold([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], { metric: f1 }) // => { threshold: 0.15, value: 0.8 }
 * f1({ threshold: 0.15 })([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]) // => 0.8
 * ```
 */
export function tuneThreshold(prediction: Labels, target: Labels, options: TuneThresholdOptions): TunedThreshold {
  const where = 'tuneThreshold'
  const { metric, thresholds, ...context } = readOptions(where, options, {
    metric: aFunction<Metric>,
    thresholds: or(100, whole(1)),
    ...CONTEXT,
  })
  const pair = pairOf(where, 'scores', prediction, target, context)
  const scores = Float64Array.from(pair.prediction.data)
  if (scores.length !== pair.rows)
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${where}: prediction has ${scores.length / pair.rows} numbers a row; a threshold is for one.`,
      { shape: pair.prediction.shape },
    )
  const truth = truthOf(pair)
  const other = truth.findIndex((c) => c > 1)
  checkArgument(
    other < 0,
    () => `${where}: row ${other} is of class ${truth[other]}; a threshold is between class 0 and 1.`,
  )
  const told = { ...(pair.weights && { weights: Float64Array.from(pair.weights) }) }
  const valueAt = (threshold: number): number =>
    metric(
      { shape: [pair.rows], data: Int32Array.from(scores, (score) => (score > threshold ? 1 : 0)) },
      { shape: [pair.rows], data: truth },
      told,
    )
  const usual = thresholdOf(pair, undefined)
  const sign = metric.mode === 'min' ? -1 : 1
  let best: TunedThreshold | undefined
  for (const threshold of candidates(scores, thresholds)) {
    const value = valueAt(threshold)
    const gain = best === undefined ? 1 : sign * (value - best.value)
    const nearer = best !== undefined && Math.abs(threshold - usual) < Math.abs(best.threshold - usual)
    if (gain > 0 || (gain === 0 && nearer)) best = { threshold, value }
  }
  return best!
}

/** Between neighbours, below all, and the highest, which nothing is above; evenly over them if there are more than `most`. */
function candidates(scores: Float64Array, most: number): number[] {
  const sorted = scores
    .slice()
    .sort()
    .filter((score, i, all) => score > -Infinity && score !== all[i - 1])
  const lowest = sorted[0] ?? 0
  const middles = Array.from(sorted, (score, i) => {
    if (i === 0) return lowest > 0 ? lowest / 2 : lowest - 1
    return sorted[i - 1]! / 2 + score / 2
  })
  middles.push(sorted.at(-1) ?? 0)
  if (middles.length <= most) return middles
  return Array.from(
    { length: most },
    (_, i) => middles[Math.floor((i * (middles.length - 1)) / Math.max(1, most - 1))]!,
  )
}
