import { NeuriteError } from '@neurite/core'
import { checkClassTarget, truthOf, weightAt } from './classes.js'
import { plainMetric, type MetricFactory, type None, type Pair } from './metric.js'

/** Probabilities below this count as this: a class predicted as impossible costs 36, not infinity (scikit-learn's choice for float64). */
const SMALLEST = 2 ** -52

/**
 * The mean of -log of the probability given to the true class. Rows of probabilities are divided by their sum; with
 * `fromLogits`, softmax (one number a row: sigmoid) comes first.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for probabilities outside [0, 1]
 * @example
 * ```ts
 * import { logLoss } from '@neurite/train'
 * logLoss([0.5, 0.25], [1, 0]) // => 0.490414627
 * ```
 */
export const logLoss: MetricFactory<None> = /* @__PURE__ */ plainMetric({
  kind: 'logLoss',
  mode: 'min',
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
    const negativeLog = pair.fromLogits ? fromLogits : fromProbabilities
    let sum = 0
    let mass = 0
    truth.forEach((c, row) => {
      const numbers = pair.prediction.data.subarray(row * width, (row + 1) * width)
      sum += weightAt(pair, row) * negativeLog(pair, width === 1 ? pairUp(numbers[0]!, pair.fromLogits) : numbers, c)
      mass += weightAt(pair, row)
    })
    return sum / mass
  },
  checkTarget: checkClassTarget,
})

/** Both classes from one number. */
function pairUp(value: number, logits: boolean): ArrayLike<number> {
  return logits ? [0, value] : [1 - value, value]
}

function fromLogits(_pair: Pair, logits: ArrayLike<number>, truth: number): number {
  let largest = -Infinity
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]!)
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest)
  return Math.log(sum) + largest - logits[truth]!
}

function fromProbabilities({ kind }: Pair, probabilities: ArrayLike<number>, truth: number): number {
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!
    if (p < 0 || p > 1)
      throw new NeuriteError(
        'INVALID_ARGUMENT',
        `${kind}: ${p} is no probability; for logits pass { fromLogits: true }.`,
        { value: p },
      )
    sum += Math.min(Math.max(p, SMALLEST), 1 - SMALLEST)
  }
  return -Math.log(Math.min(Math.max(probabilities[truth]!, SMALLEST), 1 - SMALLEST) / sum)
}
