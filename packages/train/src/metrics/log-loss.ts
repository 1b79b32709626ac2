import { NeuriteError } from '@neurite/core'
import type { Labels } from '@neurite/data'
import { checkClassTarget, truthOf } from './classes.js'
import { plainMetric, type MetricFactory, type None } from './metric.js'
import type { Pair } from './pair.js'
import { weightedMean } from './weighted-mean.js'

/** Probabilities below this count as this: a class predicted as impossible costs 36, not infinity (scikit-learn's choice for float64). */
const SMALLEST = 2 ** -52

/**
 * The mean of -log of the probability given to the true class. Rows of probabilities are divided by their sum; with
 * `fromLogits`, softmax (one number a row: sigmoid) comes first, and a logit of -Infinity rules its class out.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for probabilities outside [0, 1], for targets that are no classes; `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { logLoss } from '@neurite/train'
 * logLoss([0.5, 0.25], [1, 0]) // => 0.490414627
 * logLoss([[0, -Infinity, 1]], [0], { fromLogits: true }) // => 1.313261688
 * ```
 */
export const logLoss: MetricFactory<None, Labels> = /* @__PURE__ */ plainMetric({
  kind: 'logLoss',
  mode: 'min',
  takes: 'scores',
  compute(pair) {
    const truth = truthOf(pair)
    const width = pair.prediction.data.length / pair.rows
    const largest = truth.reduce((a, b) => Math.max(a, b), 0)
    if (largest >= Math.max(2, width)) {
      throw new NeuriteError(
        'SHAPE_MISMATCH',
        `logLoss: the target has class ${largest}, prediction has ${width} numbers a row; give one for each class.`,
        { prediction: pair.prediction.shape },
      )
    }
    if (!pair.fromLogits) checkProbabilities(pair)
    const negativeLog = pair.fromLogits ? fromLogits : fromProbabilities
    const losses = Float64Array.from(truth, (c, row) => {
      const numbers = pair.prediction.data.subarray(row * width, (row + 1) * width)
      return negativeLog(width === 1 ? pairUp(numbers[0]!, pair.fromLogits) : numbers, c)
    })
    return weightedMean(losses, pair.weights)
  },
  checkTarget(pair, width) {
    truthOf(pair)
    checkClassTarget(pair, width)
  },
})

/** Both classes from one number. */
function pairUp(value: number, logits: boolean): ArrayLike<number> {
  return logits ? [0, value] : [1 - value, value]
}

function fromLogits(logits: ArrayLike<number>, truth: number): number {
  let largest = -Infinity
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]!)
  if (largest === -Infinity)
    throw new NeuriteError(
      'INVALID_ARGUMENT',
      'logLoss: a row of logits is -Infinity throughout, so that no class is left.',
    )
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest)
  // The difference first: in a large sum the logarithm would be lost.
  return Math.log(sum) + (largest - logits[truth]!)
}

function checkProbabilities({ kind, prediction }: Pair): void {
  for (const value of prediction.data) {
    if (!(value < 0 || value > 1)) continue
    const message = `${kind}: ${value} is no probability; for logits pass { fromLogits: true }.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { value })
  }
}

function fromProbabilities(probabilities: ArrayLike<number>, truth: number): number {
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) sum += Math.min(Math.max(probabilities[i]!, SMALLEST), 1 - SMALLEST)
  return -Math.log(Math.min(Math.max(probabilities[truth]!, SMALLEST), 1 - SMALLEST) / sum)
}
