import { NeuriteError } from '@neurite/core'
import { classesOf } from '../fit/data/class-weights.js'
import type { Pair } from './pair.js'

/** Options of metrics that compare classes. */
export interface ThresholdOptions {
  /** For one number a row, or one a label, above which the answer is yes (class 1). Default 0.5; for logits, and targets of -1 and 1, 0. */
  readonly threshold?: number
}

/** Which class each row has, and which is predicted. */
export interface Labelled {
  readonly truth: Int32Array
  readonly predicted: Int32Array
  /** One more than the largest class that can come. */
  readonly classes: number
}

/**
 * Reads classes from one-hot rows, class indices, names, probabilities or logits.
 *
 * @param given - the threshold, if one was given
 * @throws NeuriteError `INVALID_ARGUMENT` where targets are numbers to be approximated rather than classes
 */
export function classesIn(pair: Pair, given: number | undefined): Labelled {
  const { kind, rows, prediction, target, names } = pair
  const truth = truthOf(pair)
  const width = prediction.data.length / rows
  const targetWidth = target.data.length / rows
  const largest = largestOf(truth)
  if (width > 1) {
    checkNoThreshold(kind, given, width)
    if ((targetWidth > 1 && targetWidth !== width) || largest >= width || (names && names.length !== width)) {
      const what =
        targetWidth > 1 ? `rows of ${targetWidth} classes` : names ? `${names.length} names` : `class ${largest}`
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${kind}: prediction has ${width} classes a row, the target has ${what}.`,
        { prediction: prediction.shape, target: target.shape },
      )
    }
    return { truth, predicted: largestIn(prediction.data, rows, width), classes: width }
  }
  const known = Math.max(names?.length ?? 0, targetWidth)
  const whole = prediction.data.every((value) => Number.isInteger(value) && value >= 0)
  // Whole numbers that go beyond 1 are class indices, which happen to meet no more than two true classes.
  const indices = whole && given === undefined && !pair.fromLogits && prediction.data.some((value) => value > 1)
  if (largest <= 1 && known <= 2 && !indices) {
    const threshold = thresholdOf(pair, given)
    return { truth, predicted: Int32Array.from(prediction.data, (value) => (value > threshold ? 1 : 0)), classes: 2 }
  }
  const odd = prediction.data.findIndex((value) => !isIndex(value))
  if (odd >= 0)
    throw notClasses(
      kind,
      `the target has more than two values and the prediction of row ${odd} is ${prediction.data[odd]}, no class index`,
      true,
    )
  const predicted = Int32Array.from(prediction.data)
  const classes = Math.max(known, largest + 1, largestOf(predicted) + 1)
  checkNamed(pair, classes - 1)
  return { truth, predicted, classes }
}

/** Above it the answer is yes. */
export function thresholdOf({ fromLogits, signs }: Pair, given: number | undefined): number {
  return given ?? (fromLogits || signs ? 0 : 0.5)
}

function checkNoThreshold(kind: string, given: number | undefined, width: number): void {
  if (given === undefined) return
  throw new NeuriteError(
    'INVALID_ARGUMENT',
    `${kind}: threshold is for one number a row, or for several labels; of ${width} classes the largest number wins.`,
    { threshold: given },
  )
}

/**
 * Refuses the targets of a regression, and classes that the model does not have.
 *
 * @param width - numbers that the model predicts a row
 */
export function checkClassTarget(pair: Pair, width: number, threshold?: number): void {
  if (isMultiLabel(pair)) return
  const { kind, target } = pair
  const truth = truthOf(pair)
  const row = width === 1 ? truth.findIndex((c) => c > 1) : -1
  if (row >= 0)
    throw notClasses(
      kind,
      `the model predicts one number a row and the target of row ${row} is ${target.data[row]}`,
      true,
    )
  if (width > 1) checkNoThreshold(kind, threshold, width)
}

/** The true class of each row. */
export function truthOf(pair: Pair): Int32Array {
  const { kind, rows, target } = pair
  const many = target.data.length > rows
  if (many && isMultiLabel(pair))
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      `${kind}: rows of the target are of several labels, not one class each; for such rows there are f1, precision, recall, accuracy, rocAuc, averagePrecision and classificationReport.`,
    )
  const odd = many ? -1 : target.data.findIndex((value) => !isIndex(value))
  if (odd >= 0) {
    const value = target.data[odd]!
    const why = `the target of row ${odd} is ${value}, no class index`
    throw notClasses(kind, why, !Number.isInteger(value) || value > 0)
  }
  try {
    const truth = classesOf(kind, target)
    checkNamed(pair, largestOf(truth))
    return truth
  } catch (error) {
    if (NeuriteError.isInstance(error) && error.code !== 'INVALID_ARGUMENT') throw error
    throw notClasses(kind, 'the target holds rows that are not one-hot', false, error)
  }
}

function checkNamed({ kind, names }: Pair, largest: number): void {
  if (names === undefined || largest < names.length) return
  throw new NeuriteError('UNKNOWN_CATEGORY', `${kind}: there is a class ${largest}, but ${names.length} labels.`, {
    class: largest,
  })
}

/** What is larger counts something else than classes, such as a price. */
const MOST_CLASSES = 2 ** 24

function isIndex(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < MOST_CLASSES
}

function notClasses(kind: string, why: string, regression: boolean, cause?: unknown): NeuriteError {
  const help = regression
    ? `this looks like regression, where ${kind} means nothing; use r2, meanSquaredError or meanAbsoluteError`
    : "expected class indices (whole numbers from 0), -1 and 1, names ('cat', 'dog'), one-hot rows, or a 0 or 1 for each of several labels"
  return new NeuriteError('INVALID_ARGUMENT', `${kind}: ${why}: ${help}.`, {}, cause)
}

/** Yes or no for each label of each row, told and predicted, row by row. */
export interface MultiLabelled {
  readonly truth: Uint8Array
  readonly predicted: Uint8Array
  readonly labels: number
}

/** Whether a row of the target is a yes or no for each of several labels: by what was said, or by a row that is not one-hot. */
export function isMultiLabel({ rows, target: { data }, multiLabel }: Pair): boolean {
  const width = data.length / rows
  if (width < 2 || multiLabel === false) return false
  if (multiLabel === true) return true
  if (!data.every((value) => value === 0 || value === 1)) return false
  for (let row = 0; row < rows; row++) if (sumOf(data, row, width) !== 1) return true
  return false
}

function sumOf(data: ArrayLike<number>, row: number, width: number): number {
  let sum = 0
  for (let i = row * width; i < (row + 1) * width; i++) sum += data[i]!
  return sum
}

/** @throws NeuriteError `INVALID_ARGUMENT`, `SHAPE_MISMATCH` */
export function labelsIn(pair: Pair, given: number | undefined): MultiLabelled {
  const { kind, rows, prediction, target, names } = pair
  const labels = target.data.length / rows
  if (prediction.data.length !== target.data.length || (names && names.length !== labels))
    throw new NeuriteError(
      'SHAPE_MISMATCH',
      `${kind}: prediction has ${prediction.data.length / rows} numbers a row, the target ${labels} labels${names ? ` with ${names.length} names` : ''}; give one for each.`,
      { prediction: prediction.shape, target: target.shape },
    )
  const odd = target.data.findIndex((value) => value !== 0 && value !== 1)
  if (odd >= 0) throw notClasses(kind, `the target has a label of ${target.data[odd]}`, false)
  const threshold = thresholdOf(pair, given)
  return {
    truth: Uint8Array.from(target.data),
    predicted: Uint8Array.from(prediction.data, (value) => (value > threshold ? 1 : 0)),
    labels,
  }
}

function largestOf(classes: Int32Array): number {
  return classes.reduce((a, b) => Math.max(a, b), 0)
}

function largestIn(data: ArrayLike<number>, rows: number, width: number): Int32Array {
  const result = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    let best = 0
    for (let i = 1; i < width; i++) if (data[row * width + i]! > data[row * width + best]!) best = i
    result[row] = best
  }
  return result
}
