import { NeuriteError } from '@neurite/core'
import { plainMetric, type MetricFactory, type None } from './metric.js'
import { weightAt, type Pair } from './pair.js'
import { exponentOf, scaledBack, weightedMean } from './weighted-mean.js'

/**
 * The mean of squared differences over all elements.
 *
 * @example
 * ```ts
 * import { meanSquaredError } from '@neurite/train'
 * meanSquaredError([1, 2], [1, 4]) // => 2
 * ```
 */
export const meanSquaredError: MetricFactory<None> = /* @__PURE__ */ meanOf('meanSquaredError', 2)

/**
 * The mean of absolute differences over all elements.
 *
 * @example
 * ```ts
 * import { meanAbsoluteError } from '@neurite/train'
 * meanAbsoluteError([1, 2], [1, 4]) // => 1
 * ```
 */
export const meanAbsoluteError: MetricFactory<None> = /* @__PURE__ */ meanOf('meanAbsoluteError', 1)

/**
 * The share of the targets' variance that predictions explain: 1 is perfect, 0 as good as the mean, below 0 worse. For
 * several columns, the mean over them. A constant target gives 1 if it is met exactly, else 0.
 *
 * @throws NeuriteError `INVALID_ARGUMENT` for a single row, which has no variance
 * @example
 * ```ts
 * import { r2 } from '@neurite/train'
 * r2([2.5, 0, 2, 8], [3, -0.5, 2, 7]) // => 0.948608137
 * ```
 */
export const r2: MetricFactory<None> = /* @__PURE__ */ plainMetric({
  kind: 'r2',
  mode: 'max',
  compute(pair) {
    const width = widthOf(pair)
    if (pair.rows < 2)
      throw new NeuriteError('INVALID_ARGUMENT', 'r2: one row has no variance to explain; give at least two.')
    let sum = 0
    for (let column = 0; column < width; column++) sum += explained(pair, column, width)
    return sum / width
  },
})

function explained(pair: Pair, column: number, width: number): number {
  const columnOf = (data: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: pair.rows }, (_, i) => data[i * width + column]!)
  const truth = columnOf(pair.target.data)
  const residual = squares(pair, differences(columnOf(pair.prediction.data), truth))
  const variance = squares(pair, fromMean(pair, truth))
  if (residual.sum === 0) return 1
  if (variance.sum === 0) return 0
  const ratio = 2 ** (residual.exponent - variance.exponent)
  return 1 - (residual.sum / variance.sum) * ratio * ratio
}

/** Numbers near 1, which stand for themselves times 2 ** exponent. */
interface Scaled {
  readonly numbers: Float64Array
  readonly exponent: number
}

function scaled(numbers: Float64Array, exponent = 0): Scaled {
  const own = exponentOf(numbers)
  return { numbers: numbers.map((value) => value / 2 ** own), exponent: exponent + own }
}

/** a - b, which may be more than float64 can hold. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): Scaled {
  const exponent = Math.max(exponentOf(a), exponentOf(b))
  const scale = 2 ** exponent
  return scaled(
    Float64Array.from(a, (value, i) => value / scale - b[i]! / scale),
    exponent,
  )
}

/** Distances from the weighted mean. */
function fromMean(pair: Pair, truth: Float64Array): Scaled {
  const { numbers, exponent } = scaled(truth)
  // From the first that counts: distances of a constant are then 0, whatever its mean would be rounded to.
  const from = numbers.find((_, i) => weightAt(pair, i) > 0)!
  const distances = numbers.map((value) => value - from)
  const mean = weightedMean(distances, pair.weights)
  return scaled(
    distances.map((value) => value - mean),
    exponent,
  )
}

/** The weighted sum of squares, in units of 4 ** exponent. */
function squares(pair: Pair, { numbers, exponent }: Scaled): { readonly sum: number; readonly exponent: number } {
  return { sum: numbers.reduce((sum, value, i) => sum + weightAt(pair, i) * value * value, 0), exponent }
}

function meanOf(kind: string, power: 1 | 2): MetricFactory<None> {
  return plainMetric({
    kind,
    mode: 'min',
    compute(pair) {
      const width = widthOf(pair)
      const { numbers, exponent } = differences(pair.prediction.data, pair.target.data)
      const terms = numbers.map((value) => (power === 1 ? Math.abs(value) : value * value))
      return scaledBack(weightedMean(terms, pair.weights, width), power * exponent)
    },
  })
}

function widthOf({ kind, rows, prediction, target }: Pair): number {
  if (prediction.data.length !== target.data.length) {
    const message = `${kind}: prediction has shape [${prediction.shape.join(', ')}], target has shape [${target.shape.join(', ')}]; both need as many numbers a row.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { prediction: prediction.shape, target: target.shape })
  }
  return prediction.data.length / rows
}
