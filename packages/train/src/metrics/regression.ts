import { NeuriteError } from '@neurite/core'
import { weightAt } from './classes.js'
import { plainMetric, type MetricFactory, type None, type Pair } from './metric.js'

/**
 * The mean of squared differences over all elements.
 *
 * @example
 * ```ts
 * import { meanSquaredError } from '@neurite/train'
 * meanSquaredError([1, 2], [1, 4]) // => 2
 * ```
 */
export const meanSquaredError: MetricFactory<None> = /* @__PURE__ */ meanOf(
  'meanSquaredError',
  (difference) => difference * difference,
)

/**
 * The mean of absolute differences over all elements.
 *
 * @example
 * ```ts
 * import { meanAbsoluteError } from '@neurite/train'
 * meanAbsoluteError([1, 2], [1, 4]) // => 1
 * ```
 */
export const meanAbsoluteError: MetricFactory<None> = /* @__PURE__ */ meanOf('meanAbsoluteError', Math.abs)

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
  const { rows, prediction, target } = pair
  // Distances from the first value: those of a constant are 0, whatever its mean would be rounded to.
  const from = target.data[column]!
  let mass = 0
  let mean = 0
  for (let i = 0; i < rows; i++) {
    mass += weightAt(pair, i)
    mean += weightAt(pair, i) * (target.data[i * width + column]! - from)
  }
  mean /= mass
  let residual = 0
  let variance = 0
  for (let i = 0; i < rows; i++) {
    const truth = target.data[i * width + column]!
    residual += weightAt(pair, i) * (truth - prediction.data[i * width + column]!) ** 2
    variance += weightAt(pair, i) * (truth - from - mean) ** 2
  }
  if (variance === 0) return residual === 0 ? 1 : 0
  return 1 - residual / variance
}

function meanOf(kind: string, term: (difference: number) => number): MetricFactory<None> {
  return plainMetric({
    kind,
    mode: 'min',
    compute(pair) {
      const width = widthOf(pair)
      let sum = 0
      let mass = 0
      for (let i = 0; i < pair.rows * width; i++) {
        const weight = weightAt(pair, Math.floor(i / width))
        sum += weight * term(pair.prediction.data[i]! - pair.target.data[i]!)
        mass += weight
      }
      return sum / mass
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
