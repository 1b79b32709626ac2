import { NeuriteError } from '@neurite/core'
import { checkClassTarget, truthOf, weightAt } from './classes.js'
import { plainMetric, type MetricFactory, type None, type Pair } from './metric.js'

/** Rows of equal score, by falling score: the weights of positives and negatives so far. */
interface Cut {
  readonly positives: number
  readonly negatives: number
}

type Score = (cuts: readonly Cut[]) => number

/**
 * Area under the curve of true positives over false positives as the threshold falls: the chance that a row of the class
 * scores higher than one of another (ties count half). One score a row, or two classes: of class 1. More classes: the mean
 * of each against the rest. Logits do as well as probabilities, since only the order counts.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where rows of a class, or of the others, are missing
 * @example
 * ```ts
 * import { rocAuc } from '@neurite/train'
 * rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) // => 0.75
 * ```
 */
export const rocAuc: MetricFactory<None> = /* @__PURE__ */ plainMetric({
  kind: 'rocAuc',
  mode: 'max',
  compute: (pair) => overClasses(pair, area),
  checkTarget: checkClassTarget,
})

/**
 * Precision averaged over the steps of recall, as the threshold falls (no interpolation). Classes as in {@link rocAuc}.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where rows of a class, or of the others, are missing
 * @example
 * ```ts
 * import { averagePrecision } from '@neurite/train'
 * averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) // => 0.833333333
 * ```
 */
export const averagePrecision: MetricFactory<None> = /* @__PURE__ */ plainMetric({
  kind: 'averagePrecision',
  mode: 'max',
  compute: (pair) => overClasses(pair, precisionByRecall),
  checkTarget: checkClassTarget,
})

const area: Score = (cuts) => {
  const { positives: allPositives, negatives: allNegatives } = cuts.at(-1)!
  let sum = 0
  let before: Cut = { positives: 0, negatives: 0 }
  for (const cut of cuts) {
    sum += ((cut.negatives - before.negatives) * (cut.positives + before.positives)) / 2
    before = cut
  }
  return sum / (allPositives * allNegatives)
}

const precisionByRecall: Score = (cuts) => {
  let sum = 0
  let before = 0
  for (const { positives, negatives } of cuts) {
    sum += (positives - before) * (positives === 0 ? 0 : positives / (positives + negatives))
    before = positives
  }
  return sum / before
}

function overClasses(pair: Pair, score: Score): number {
  const truth = truthOf(pair)
  const width = pair.prediction.data.length / pair.rows
  const largest = truth.reduce((a, b) => Math.max(a, b), 0)
  if (largest >= Math.max(2, width)) {
    const message = `${pair.kind}: the target has class ${largest}, prediction has ${width} scores a row; give one for each class.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { prediction: pair.prediction.shape, target: pair.target.shape })
  }
  if (width <= 2) return score(cutsOf(pair, truth, 1, width - 1, width))
  let sum = 0
  for (let c = 0; c < width; c++) sum += score(cutsOf(pair, truth, c, c, width))
  return sum / width
}

function cutsOf(pair: Pair, truth: Int32Array, positive: number, column: number, width: number): Cut[] {
  const { data } = pair.prediction
  const scoreOf = (row: number): number => data[row * width + column]!
  const rows = [...truth.keys()].sort((a, b) => scoreOf(b) - scoreOf(a))
  const cuts: Cut[] = []
  let positives = 0
  let negatives = 0
  rows.forEach((row, i) => {
    if (truth[row] === positive) positives += weightAt(pair, row)
    else negatives += weightAt(pair, row)
    const next = rows[i + 1]
    if (next === undefined || scoreOf(next) !== scoreOf(row)) cuts.push({ positives, negatives })
  })
  if (positives === 0 || negatives === 0) {
    const what = positives === 0 ? `no row of class ${positive}` : `only rows of class ${positive}`
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${pair.kind}: the target has ${what}; a ranking needs rows of the class and of others.`,
      { class: positive },
    )
  }
  return cuts
}
