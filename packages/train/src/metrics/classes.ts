import { NeuriteError, type ArrayData } from '@neurite/core'
import { classesOf } from '../fit/data/class-weights.js'
import type { Pair } from './metric.js'

/** Options of metrics that compare classes. */
export interface ThresholdOptions {
  /** For predictions of one number a row, the probability of class 1: above it, class 1 is predicted. Default 0.5; for logits 0. */
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
 * Reads classes from one-hot rows, class indices, probabilities or logits.
 *
 * @param given - the threshold, if one was given
 * @throws NeuriteError `INVALID_ARGUMENT` where targets are numbers to be approximated rather than classes
 */
export function classesIn(pair: Pair, given: number | undefined): Labelled {
  const { kind, rows, prediction, target } = pair
  const truth = truthOf(pair)
  const width = prediction.data.length / rows
  const targetWidth = target.data.length / rows
  const largest = truth.reduce((a, b) => Math.max(a, b), 0)
  if (width > 1) {
    if ((targetWidth > 1 && targetWidth !== width) || largest >= width) {
      const what = targetWidth > 1 ? `rows of ${targetWidth} classes` : `class ${largest}`
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `${kind}: prediction has ${width} classes a row, the target has ${what}.`,
        { prediction: prediction.shape, target: target.shape },
      )
    }
    return { truth, predicted: largestIn(prediction.data, rows, width), classes: width }
  }
  const whole = prediction.data.every((value) => Number.isInteger(value) && value >= 0)
  // Whole numbers that go beyond 1 are class indices, which happen to meet no more than two true classes.
  const indices = whole && given === undefined && !pair.fromLogits && prediction.data.some((value) => value > 1)
  if (largest <= 1 && targetWidth <= 2 && !indices) {
    const threshold = given ?? (pair.fromLogits ? 0 : 0.5)
    return { truth, predicted: Int32Array.from(prediction.data, (value) => (value > threshold ? 1 : 0)), classes: 2 }
  }
  const odd = prediction.data.findIndex((value) => !Number.isInteger(value) || value < 0)
  if (odd >= 0)
    throw notClasses(
      kind,
      `the target has more than two values and the prediction of row ${odd} is ${prediction.data[odd]}, no class index`,
    )
  const predicted = Int32Array.from(prediction.data)
  return {
    truth,
    predicted,
    classes: Math.max(targetWidth, largest + 1, predicted.reduce((a, b) => Math.max(a, b), 0) + 1),
  }
}

/** @throws NeuriteError `INVALID_ARGUMENT` for the targets of a regression */
export function checkClassTarget(kind: string, target: ArrayData, width: number): void {
  const truth = truthOf({ kind, target })
  const row = width === 1 ? truth.findIndex((c) => c > 1) : -1
  if (row >= 0)
    throw notClasses(kind, `the model predicts one number a row and the target of row ${row} is ${target.data[row]}`)
}

/** The true class of each row. */
export function truthOf({ kind, target }: Pick<Pair, 'kind' | 'target'>): Int32Array {
  try {
    return classesOf(kind, target)
  } catch (error) {
    throw notClasses(kind, 'the target holds other numbers than class indices or one-hot rows', error)
  }
}

function notClasses(kind: string, why: string, cause?: unknown): NeuriteError {
  return new NeuriteError(
    'INVALID_ARGUMENT',
    `${kind}: ${why}: this looks like regression, where ${kind} means nothing; use r2, meanSquaredError or meanAbsoluteError.`,
    {},
    cause,
  )
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

/** Weight of row i. */
export function weightAt({ weights }: Pair, i: number): number {
  return weights === undefined ? 1 : weights[i]!
}

/** counts[truth][predicted], each row by its weight. */
export function countConfusions(pair: Pair, { truth, predicted, classes }: Labelled): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  truth.forEach((t, i) => {
    counts[t]![predicted[i]!]! += weightAt(pair, i)
  })
  return counts
}
