import type { HostActivation } from './activation.js'
import { normalEquations, solveDamped, type Matrix } from './least-squares.js'
import { combine, preActivations, type ShallowNetwork } from './network.js'

/** A network with the sum of squares of its errors, and how cautious the next step is to be. */
export interface Refinement {
  readonly network: ShallowNetwork
  readonly squares: number
  readonly damping: number
}

/**
 * One step of Levenberg and Marquardt for all of w, b and v: the solution of the linearized problem, damped until the
 * error falls (Marquardt 1963; Hagan & Menhaj 1994 for networks). Undefined if no step helps.
 */
export async function refine(
  phi: HostActivation,
  points: Matrix,
  targets: Float64Array,
  { network, squares, damping }: Refinement,
): Promise<Refinement | undefined> {
  const { w, b, v } = network
  const n = v.length
  const { rows, columns: m } = points
  const z = preActivations(points, network)
  const h = await phi.value(z.data)
  const slope = await phi.slope(z.data)
  const width = n * (m + 2)
  const jacobian = new Float64Array(rows * width)
  const residuals = combine({ rows, columns: n, data: h }, v).map((y, s) => targets[s]! - y)
  for (let s = 0; s < rows; s++)
    for (let i = 0; i < n; i++) {
      const at = s * width + i * (m + 2)
      const back = v[i]! * slope[s * n + i]!
      jacobian[at] = h[s * n + i]!
      jacobian[at + 1] = back
      for (let k = 0; k < m; k++) jacobian[at + 2 + k] = back * points.data[s * m + k]!
    }
  const { square, right } = normalEquations({ rows, columns: width, data: jacobian }, residuals)
  const diagonal = Float64Array.from({ length: width }, (_, i) => square[i * width + i]! + 1e-12)
  for (let factor = damping; factor < 1e8; factor *= 4) {
    const step = solveDamped(
      square,
      diagonal.map((entry) => factor * entry),
      right,
    )
    if (step === undefined) continue
    const moved = {
      v: v.map((value, i) => value + step[i * (m + 2)]!),
      b: b.map((value, i) => value + step[i * (m + 2) + 1]!),
      w: w.map((value, j) => value + step[Math.floor(j / m) * (m + 2) + 2 + (j % m)]!),
    }
    const hidden = await phi.value(preActivations(points, moved).data)
    const errors = combine({ rows, columns: n, data: hidden }, moved.v)
    const after = errors.reduce((total, y, s) => total + (targets[s]! - y) ** 2, 0)
    if (after < squares) return { network: moved, squares: after, damping: Math.max(factor / 3, 1e-12) }
  }
  return undefined
}
