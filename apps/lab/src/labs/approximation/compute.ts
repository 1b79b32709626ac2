import { cpu } from '@neurite/backend-cpu'
import { type Backend, mul, reshape, tensor, tidy } from '@neurite/core'
import { approximate, type Approximation } from '@neurite/explain'
import type { ActivationName } from '@neurite/nn'
import type { TaskContext } from '@neurite/worker'
import { curve, plane, type PlaneName, type TargetName } from './targets.js'

/** Points of the plotted curve, and cells of a side of the heat maps. */
export const CURVE = 241
export const SIDE = 41

interface Common {
  readonly neurons: number
  readonly phi: ActivationName
}

export type ApproximationRequest = Common &
  (
    | { readonly dims: '1'; readonly target: TargetName | 'own'; readonly own: readonly number[] }
    | { readonly dims: '2'; readonly plane: PlaneName }
  )

/** A network of N neurons beside its target, as numbers to draw. */
export interface FitOfN {
  readonly neurons: number
  /** The largest |F - f| on points that were not fitted. */
  readonly supError: number
  readonly rmsError: number
  readonly weights: Approximation['weights']
  /** f and F on the grid: `CURVE` points, or `SIDE` x `SIDE` cells, rows from the top. */
  readonly target: Float32Array
  readonly output: Float32Array
  /** v_i phi(w_i . x + b_i) there, one neuron after the other. */
  readonly parts: Float32Array
}

export async function approximation(request: ApproximationRequest, { signal }: TaskContext): Promise<FitOfN> {
  const backend = cpu()
  try {
    return await fitted(request, backend, signal)
  } finally {
    backend.dispose()
  }
}

async function fitted(request: ApproximationRequest, backend: Backend, signal: AbortSignal): Promise<FitOfN> {
  const { points, values, found } = await problem(request, backend, signal)
  const { weights, neurons, supError, rmsError, model, params } = found
  const output = await found.evaluate(points as number[])
  const x = tensor(Float64Array.from(points.flat()), { shape: [points.length, found.domain.length], backend })
  const parts = tidy(() => {
    const hidden = model.layers[0].apply(params[0], x)
    return mul(hidden, reshape(params[1].weight, [1, neurons]))
  })
  const rows = await parts.data()
  const byNeuron = Float32Array.from({ length: rows.length }, (_, k) =>
    Number(rows[(k % points.length) * neurons + Math.floor(k / points.length)]),
  )
  return {
    neurons,
    supError,
    rmsError,
    weights,
    target: Float32Array.from(values),
    output: Float32Array.from(output),
    parts: byNeuron,
  }
}

async function problem(
  request: ApproximationRequest,
  backend: Backend,
  signal: AbortSignal,
): Promise<{ points: readonly (number | readonly number[])[]; values: readonly number[]; found: Approximation }> {
  const { neurons, phi } = request
  const options = { neurons, activation: phi, backend, signal, seed: 1 }
  if (request.dims === '1') {
    const f = curve(request.target, request.own)
    const points = Array.from({ length: CURVE }, (_, i) => (2 * i) / (CURVE - 1) - 1)
    return { points, values: points.map(f), found: await approximate(f, { domain: [-1, 1], ...options }) }
  }
  const f = plane(request.plane)
  const square = [
    [-1, 1],
    [-1, 1],
  ] as const
  const points = Array.from({ length: SIDE * SIDE }, (_, k) => [
    ((k % SIDE) + 0.5) * (2 / SIDE) - 1,
    1 - (Math.floor(k / SIDE) + 0.5) * (2 / SIDE),
  ])
  const found = await approximate(f, { domain: square, steps: 30, ...options })
  return { points, values: points.map(([x, y]) => f(x!, y!)), found }
}
