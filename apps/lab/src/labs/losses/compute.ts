import { cpu } from '@neurite/backend-cpu'
import {
  type Backend,
  broadcastTo,
  clip,
  concat,
  div,
  eye,
  grad,
  linspace,
  log,
  maximum,
  mean,
  mul,
  reshape,
  softmax,
  split,
  sub,
  sum,
  tensor,
  type Tensor,
  tidy,
} from '@neurite/core'
import { crossEntropy, mse, sse, sumAbsoluteResiduals } from '@neurite/losses'
import { applyUpdates, gradientDescent } from '@neurite/optimizers'
import { CURVE, type LossName, REACH } from './names.js'

export interface LossesRequest {
  readonly prediction: readonly number[]
  readonly target: readonly number[]
  /** The prediction comes out of softmax, and the gradient is by what goes in: the scores. */
  readonly softmax: boolean
  /** The output that the curves go along. */
  readonly along: number
}

/** A loss at a prediction. */
export interface LossAt {
  readonly value: number
  /** What each output adds to it. */
  readonly terms: readonly number[]
  /** The same as shares of the whole; of no loss, 0. */
  readonly shares: readonly number[]
  /** By each output; with softmax, by each score. */
  readonly gradient: readonly number[]
  /** Its values while one output (score) goes over its range and the others stay. */
  readonly curve: readonly number[]
}

export interface Losses {
  readonly prediction: readonly number[]
  /** What softmax makes the prediction of; their mean is 0. */
  readonly scores: readonly number[]
  /** What the prediction adds up to. */
  readonly total: number
  readonly residuals: readonly number[]
  readonly at: Readonly<Record<LossName, LossAt>>
}

type Rows = (prediction: Tensor, target: Tensor) => Tensor

/** The losses of rows: [rows, outputs] to [rows]. */
const ROWS: Readonly<Record<LossName, Rows>> = {
  sse: (p, y) => sum(sse({ reduction: 'none' })(p, y), { axes: [-1] }),
  mse: (p, y) => mean(mse({ reduction: 'none' })(p, y), { axes: [-1] }),
  abs: (p, y) => sum(sumAbsoluteResiduals({ reduction: 'none' })(p, y), { axes: [-1] }),
  cee: crossEntropy({ reduction: 'none' }),
}

/** What each of n outputs adds: [n] to [n]. */
const TERMS: Readonly<Record<LossName, Rows>> = {
  sse: sse({ reduction: 'none' }),
  mse: (p, y) => mul(mse({ reduction: 'none' })(p, y), 1 / p.size),
  abs: sumAbsoluteResiduals({ reduction: 'none' }),
  // A row for each output, in which the others' targets are 0, and so are their terms.
  cee: (p, y) => {
    const only = eye(p.size, { dtype: p.dtype, backend: p.backend })
    return ROWS.cee(broadcastTo(p, only.shape), mul(only, y))
  },
}

let started: Backend | undefined
const vector = (values: readonly number[]): Tensor =>
  tensor(Float64Array.from(values), { backend: (started ??= cpu()) })
const read = (x: Tensor): readonly number[] => Array.from(x.dataSync(), Number)

/** Scores whose softmax is p. Any constant may be added to them; here their mean is 0. */
function scoresOf(p: Tensor): Tensor {
  const logs = log(maximum(p, 1e-6))
  return sub(logs, mean(logs))
}

/** Every loss, its terms, its gradient and its curve along one output. */
export function losses({ prediction, target, softmax: through, along }: LossesRequest): Losses {
  return tidy(() => {
    const y = vector(target)
    const scores = scoresOf(vector(prediction))
    const output = through ? softmax : (x: Tensor): Tensor => x
    const input = through ? scores : vector(prediction)
    const p = output(input)
    const grid = through
      ? linspace(-REACH, REACH, CURVE, { dtype: y.dtype, backend: y.backend })
      : linspace(0, 1, CURVE, { dtype: y.dtype, backend: y.backend })
    const line = output(alongAxis(input, grid, along))
    const lossAt = (name: LossName): LossAt => {
      const loss = (x: Tensor): Tensor => sum(ROWS[name](reshape(output(x), [1, x.size]), reshape(y, [1, y.size])))
      const terms = TERMS[name](p, y)
      return {
        value: read(loss(input))[0]!,
        terms: read(terms),
        shares: read(div(terms, maximum(sum(terms), 1e-12))),
        gradient: read(grad(loss)(input)),
        curve: read(ROWS[name](line, broadcastTo(y, line.shape))),
      }
    }
    return {
      prediction: read(p),
      scores: read(scores),
      total: read(sum(p))[0]!,
      residuals: read(sub(p, y)),
      at: { sse: lossAt('sse'), mse: lossAt('mse'), abs: lossAt('abs'), cee: lossAt('cee') },
    }
  })
}

/** Rows of x in which one number goes over a grid. */
function alongAxis(x: Tensor, grid: Tensor, axis: number): Tensor {
  const columns = split(x, { parts: x.size }).map((part, i) =>
    reshape(i === axis ? grid : broadcastTo(part, grid.shape), [grid.size, 1]),
  )
  return concat(columns, { axis: 1 })
}

export interface Descent extends Omit<LossesRequest, 'along'> {
  readonly loss: LossName
  readonly rate: number
}

/** A step of gradient descent down one loss, from the prediction to the next. */
export function descend({ prediction, target, softmax: through, loss: name, rate }: Descent): readonly number[] {
  return tidy(() => {
    const y = reshape(vector(target), [1, target.length])
    const input = through ? scoresOf(vector(prediction)) : vector(prediction)
    const output = (x: Tensor): Tensor => (through ? softmax(x) : x)
    const optimizer = gradientDescent({ learningRate: rate })
    const gradient = grad((x: Tensor) => sum(ROWS[name](reshape(output(x), y.shape), y)))(input)
    const [updates] = optimizer.update(gradient, optimizer.init(input), input)
    return read(clip(output(applyUpdates(input, updates)), { minimum: 0, maximum: 1 }))
  })
}
