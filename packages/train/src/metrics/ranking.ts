import { NeuriteError } from '@neurite/core'
import type { Labels } from '@neurite/data'
import { checkClassTarget, isMultiLabel, labelsIn, truthOf } from './classes.js'
import { plainMetric, type MetricFactory, type None } from './metric.js'
import { weightAt, type Pair } from './pair.js'

/** Rows of equal score, by falling score: the weights of positives and negatives so far. */
interface Cut {
  readonly positives: number
  readonly negatives: number
}

type Score = (cuts: readonly Cut[]) => number

/**
 * Area under the curve of true positives over false positives as the threshold falls: the chance that a row of the class
 * scores higher than one of another (ties count half). One score a row, or two classes: of class 1. More classes: the mean
 * of each against the rest; several labels a row: the mean over labels. Logits do as well as probabilities, since only the
 * order counts.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` where rows of a class, or of the others, are missing
 * @example
 * ```ts
 * import { rocAuc } from '@neurite/train'
 * rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) // => 0.75
 * ```
 */
export const rocAuc: MetricFactory<None, Labels> = /* @__PURE__ */ plainMetric({
  kind: 'rocAuc',
  mode: 'max',
  takes: 'scores',
  compute: (pair) => overClasses(pair, area),
  checkTarget: (pair, width) => checkClassTarget(pair, width),
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
export const averagePrecision: MetricFactory<None, Labels> = /* @__PURE__ */ plainMetric({
  kind: 'averagePrecision',
  mode: 'max',
  takes: 'scores',
  compute: (pair) => overClasses(pair, precisionByRecall),
  checkTarget: (pair, width) => checkClassTarget(pair, width),
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
  const width = pair.prediction.data.length / pair.rows
  const meanOf = (scoreOf: (column: number) => number): number => {
    let sum = 0
    for (let c = 0; c < width; c++) sum += scoreOf(c)
    return sum / width
  }
  if (isMultiLabel(pair)) {
    const { truth, labels } = labelsIn(pair, undefined)
    return meanOf((c) => score(cutsOf(pair, (row) => truth[row * labels + c] === 1, c, `label ${c}`)))
  }
  const truth = truthOf(pair)
  const largest = truth.reduce((a, b) => Math.max(a, b), 0)
  if (largest >= Math.max(2, width)) {
    const message = `${pair.kind}: the target has class ${largest}, prediction has ${width} scores a row; give one for each class.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { prediction: pair.prediction.shape, target: pair.target.shape })
  }
  const cuts = (positive: number, column: number): Cut[] =>
    cutsOf(pair, (row) => truth[row] === positive, column, `class ${positive}`)
  return width <= 2 ? score(cuts(1, width - 1)) : meanOf((c) => score(cuts(c, c)))
}

/** @param what - names the positive rows in errors */
function cutsOf(pair: Pair, isPositive: (row: number) => boolean, column: number, what: string): Cut[] {
  const { data } = pair.prediction
  const width = data.length / pair.rows
  const scoreOf = (row: number): number => data[row * width + column]!
  // Compared rather than subtracted: logits may be -Infinity.
  const rows = Array.from({ length: pair.rows }, (_, row) => row).sort((a, b) => {
    const [first, second] = [scoreOf(a), scoreOf(b)]
    return first === second ? 0 : first < second ? 1 : -1
  })
  const cuts: Cut[] = []
  let positives = 0
  let negatives = 0
  rows.forEach((row, i) => {
    if (isPositive(row)) positives += weightAt(pair, row)
    else negatives += weightAt(pair, row)
    const next = rows[i + 1]
    if (next === undefined || scoreOf(next) !== scoreOf(row)) cuts.push({ positives, negatives })
  })
  if (positives === 0 || negatives === 0) {
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${pair.kind}: the target has ${positives === 0 ? 'no row' : 'only rows'} of ${what}; a ranking needs rows of it and others.`,
      { column },
    )
  }
  return cuts
}
