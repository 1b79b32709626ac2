import { cpu } from '@neurite/backend-cpu'
import {
  add,
  argMin,
  type Backend,
  broadcastTo,
  div,
  grad,
  linspace,
  matmul,
  max,
  maximum,
  reshape,
  slice,
  sub,
  sum,
  tensor,
  type Tensor,
  tidy,
  transpose,
  zeros,
} from '@neurite/core'
import { crossEntropy, sse, sumAbsoluteResiduals } from '@neurite/losses'
import { HEIGHTS, PLACES, TOP } from './names.js'

export interface FitsRequest {
  readonly heights: readonly number[]
  /** What is fitted: a constant c, or a line c + s x. */
  readonly model: 'constant' | 'line'
}

/** What makes one loss least. */
export interface Least {
  /** Of the model at x = 0, and a place further. */
  readonly constant: number
  readonly slope: number
  readonly value: number
  /** By the model's answer at each point: the pull of the point. */
  readonly pulls: readonly number[]
  /** The share of the loss that the point furthest away has. */
  readonly largestShare: number
  /** The loss while the constant goes from 0 to `TOP` and the slope stays. */
  readonly curve: readonly number[]
}

export interface Fits {
  readonly sse: Least
  readonly abs: Least
  /** The cross-entropy of a true class that was given a probability of 0.01: an outlier of a classifier. */
  readonly confidentMistake: number
}

const LOSS = { sse, abs: sumAbsoluteResiduals } as const

let started: Backend | undefined
const onHost = (values: readonly number[], shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(values), { shape, backend: (started ??= cpu()) })
const read = (x: Tensor): readonly number[] => Array.from(x.dataSync(), Number)

/** The constant or line that makes each loss least, exactly. */
export function fits({ heights, model }: FitsRequest): Fits {
  return tidy(() => {
    const y = onHost(heights, [heights.length, 1])
    // Columns of features: 1, and x for a line.
    const features = onHost(
      PLACES.flatMap((x) => (model === 'line' ? [1, x] : [1])),
      [heights.length, model === 'line' ? 2 : 1],
    )
    const weights = { sse: leastSquares(features, y), abs: leastAbsolute(features, y, candidates(heights, model)) }
    const leastOf = (name: keyof typeof LOSS): Least => {
      const w = weights[name]
      const answer = matmul(features, w)
      const [constant = 0, slope = 0] = read(w)
      const terms = LOSS[name]({ reduction: 'none' })(answer, y)
      return {
        constant,
        slope,
        value: read(LOSS[name](answer, y))[0]!,
        pulls: read(grad((p: Tensor) => LOSS[name](p, y))(answer)),
        largestShare: read(div(max(terms), maximum(sum(terms), 1e-12)))[0]!,
        curve: read(curveOf(name, sub(answer, constant), y)),
      }
    }
    const mistake = crossEntropy(onHost([0.01, 0.99], [2]), onHost([1, 0], [2]))
    return { sse: leastOf('sse'), abs: leastOf('abs'), confidentMistake: read(mistake)[0]! }
  })
}

/**
 * SSE is a parabola in each weight, and the places are even around 0, so that no weight stands in another's way: one step of
 * Newton from 0 ends in the least.
 */
function leastSquares(features: Tensor, y: Tensor): Tensor {
  const loss = (w: Tensor): Tensor => sse(matmul(features, w), y)
  const start = zeros([features.shape[1]!, 1], { dtype: y.dtype, backend: y.backend })
  const slope = grad(loss)(start)
  // Of the gradient, by each weight: grad of what is linear.
  const curvature = grad((w: Tensor) => sum(grad(loss)(w)))(start)
  return sub(start, div(slope, curvature))
}

/** A sum of |residuals| is least where the model goes through as many points as it has weights (Koenker and Bassett 1978): try all. */
function leastAbsolute(features: Tensor, y: Tensor, candidates: Tensor): Tensor {
  const residuals = sumAbsoluteResiduals({ reduction: 'none' })
  const answers = matmul(features, candidates)
  const losses = sum(residuals(answers, broadcastTo(y, answers.shape)), { axes: [0] })
  const [best = 0] = read(reshape(argMin(losses), [1]))
  return slice(candidates, { begin: [0, best], size: [candidates.shape[0]!, 1] })
}

/** Every constant through a point, or every line through two: a column each. */
function candidates(heights: readonly number[], model: FitsRequest['model']): Tensor {
  const rows =
    model === 'constant'
      ? heights.map((height) => [height])
      : heights.flatMap((height, i) =>
          heights.slice(i + 1).map((other, k) => {
            const slope = (other - height) / (PLACES[i + 1 + k]! - PLACES[i]!)
            return [height - slope * PLACES[i]!, slope]
          }),
        )
  return transpose(onHost(rows.flat(), [rows.length, rows[0]!.length]))
}

/** The loss of answers that are all moved together, over the heights of the stage. */
function curveOf(name: keyof typeof LOSS, answer: Tensor, y: Tensor): Tensor {
  const grid = reshape(linspace(0, TOP, HEIGHTS, { dtype: y.dtype, backend: y.backend }), [1, HEIGHTS])
  const answers = add(answer, grid)
  return sum(LOSS[name]({ reduction: 'none' })(answers, broadcastTo(y, answers.shape)), { axes: [0] })
}
