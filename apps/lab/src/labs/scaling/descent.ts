import { cpu } from '@neurite/backend-cpu'
import {
  add,
  type Backend,
  compile,
  div,
  eye,
  grad,
  hessian,
  matmul,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  tensor,
  type Tensor,
  zeros,
} from '@neurite/core'
import { minMaxScaler, standardScaler } from '@neurite/data'
import { mse } from '@neurite/losses'
import { applyUpdates, gradientDescent } from '@neurite/optimizers'
import { LIMIT, NEAR, type Scaling } from './names.js'

/** The rows of a linear model ŷ = w₁ height + w₂ weight without a bias, and what it is to say; both as the scaling leaves them. */
export interface Problem {
  readonly x: Tensor
  readonly y: Tensor
  /** Square metres in a unit of y. */
  readonly unit: number
  /** The features on the host, a row a person. */
  readonly rows: readonly (readonly number[])[]
}

let started: Backend | undefined
const backend = (): Backend => (started ??= cpu())
export const onHost = (values: readonly number[], shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(values), { shape, backend: backend() })
export const read = (x: Tensor): readonly number[] => Array.from(x.dataSync(), Number)

/** Features and target, each scaled in the same way, so that a model without a bias fits them all. */
export function problemOf(
  scaling: Scaling,
  people: readonly (readonly number[])[],
  surfaces: readonly number[],
): Problem {
  const targets = surfaces.map((value) => [value])
  if (scaling === 'raw') return problem(people, targets, 1)
  const scaler = scaling === 'minmax' ? minMaxScaler() : standardScaler()
  const fitted = scaler.fit(targets)
  const { divisor, gain } = fitted.scaling[0]!
  return problem(scaler.fitTransform(people).toArray(), fitted.transform(targets).toArray(), divisor / gain)
}

const problem = (
  rows: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
  unit: number,
): Problem => ({
  rows,
  unit,
  x: onHost(rows.flat(), [rows.length, 2]),
  y: onHost(targets.flat(), [rows.length, 1]),
})

/** What the loss looks like: a bowl, whose shape one matrix tells. */
export interface Bowl {
  /** The best weights, [2, 1]. */
  readonly best: Tensor
  readonly bestWeights: readonly number[]
  /** The largest curvature over the least: how long the valley is. */
  readonly condition: number
  /** The largest learning rate with which descent does not diverge: 2 over the largest curvature. */
  readonly stable: number
}

export function bowlOf({ x, y }: Problem): Bowl {
  const loss = (w: Tensor): Tensor => mse(matmul(x, reshape(w, [2, 1])), y)
  const start = zeros([2], { dtype: y.dtype, backend: y.backend })
  const h = hessian(loss)(start)
  const [a, b, d] = [entry(h, 0, 0), entry(h, 0, 1), entry(h, 1, 1)]
  // The eigenvalues of a symmetric matrix of two rows.
  const half = mul(add(a, d), 0.5)
  const spread = sqrt(add(square(mul(sub(a, d), 0.5)), square(b)))
  const [largest, least] = [add(half, spread), sub(half, spread)]
  // One step of Newton: the inverse is (trace I - h) / determinant.
  const rest = sub(mul(eye(2, { dtype: y.dtype, backend: y.backend }), add(a, d)), h)
  const gradient = reshape(grad(loss)(start), [2, 1])
  const best = div(matmul(rest, mul(gradient, -1)), mul(largest, least))
  return {
    best,
    bestWeights: read(best),
    condition: read(div(largest, least))[0]!,
    stable: read(div(2, largest))[0]!,
  }
}

const entry = (h: Tensor, i: number, j: number): Tensor => reshape(slice(h, { begin: [i, j], size: [1, 1] }), [])

export interface Descent {
  /** How it ended. */
  readonly end: 'converged' | 'diverged' | 'limit'
  readonly iterations: number
  /** The iterations that are kept: all at first, then ever fewer. */
  readonly at: readonly number[]
  readonly w1: readonly number[]
  readonly w2: readonly number[]
  /** How far predictions are from the best ones, in square metres. */
  readonly gap: readonly number[]
}

/** Gradient descent from weights of 0 until it has converged. */
export function descend({ x, y, unit }: Problem, { best }: Bowl, learningRate: number): Descent {
  const optimizer = gradientDescent({ learningRate })
  const ideal = matmul(x, best)
  const step = compile((w: Tensor) => {
    const gradient = grad((v: Tensor) => mse(matmul(x, v), y))(w)
    const [updates] = optimizer.update(gradient, optimizer.init(w), w)
    const next = applyUpdates(w, updates)
    return { next, gap: mul(sqrt(mse(matmul(x, next), ideal)), unit) }
  })
  const kept = { at: [] as number[], w1: [] as number[], w2: [] as number[], gap: [] as number[] }
  const keep = (k: number, w: Tensor, gap: number): void => {
    const [w1, w2] = read(w) as [number, number]
    kept.at.push(k)
    kept.w1.push(w1)
    kept.w2.push(w2)
    kept.gap.push(gap)
  }
  let w = zeros([2, 1], { dtype: y.dtype, backend: y.backend })
  let gap = read(mul(sqrt(mse(matmul(x, w), ideal)), unit))[0]!
  const first = gap
  keep(0, w, gap)
  for (let k = 1; ; k++) {
    const moved = step(w)
    w.dispose()
    w = moved.next
    gap = read(moved.gap)[0]!
    moved.gap.dispose()
    const end = gap <= NEAR ? 'converged' : !(gap < 1e4 * first) ? 'diverged' : k === LIMIT ? 'limit' : undefined
    if (end !== undefined || isKept(k)) keep(k, w, gap)
    if (end === undefined) continue
    w.dispose()
    step.dispose()
    return { end, iterations: k, ...kept }
  }
}

/** Every iteration up to 64, then 32 pairs in each doubling: of what jumps to and fro, one side alone would look still. */
function isKept(k: number): boolean {
  return k <= 64 || k % (1 << (Math.floor(Math.log2(k)) - 5)) <= 1
}
