import type { HostActivation } from './activation.js'
import type { Matrix } from './least-squares.js'

/** F(x) = sum v_i phi(w_i . x + b_i), as numbers. */
export interface ShallowNetwork {
  /** [neurons, m], row by row. */
  readonly w: Float64Array
  readonly b: Float64Array
  readonly v: Float64Array
}

/** w_i . x + b_i for each point (row) and neuron (column). */
export function preActivations(points: Matrix, { w, b }: Pick<ShallowNetwork, 'w' | 'b'>): Matrix {
  const { rows, columns: m, data } = points
  const n = b.length
  const z = new Float64Array(rows * n)
  for (let s = 0; s < rows; s++)
    for (let i = 0; i < n; i++) {
      let sum = b[i]!
      for (let k = 0; k < m; k++) sum += w[i * m + k]! * data[s * m + k]!
      z[s * n + i] = sum
    }
  return { rows, columns: n, data: z }
}

/** phi of each, in the same layout. */
export async function hiddenValues(
  phi: HostActivation,
  points: Matrix,
  network: Pick<ShallowNetwork, 'w' | 'b'>,
): Promise<Matrix> {
  const z = preActivations(points, network)
  return { ...z, data: await phi.value(z.data) }
}

/** The weighted sums of rows. */
export function combine({ rows, columns, data }: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(rows)
  for (let s = 0; s < rows; s++) {
    let sum = 0
    for (let i = 0; i < columns; i++) sum += data[s * columns + i]! * v[i]!
    out[s] = sum
  }
  return out
}

/** F at each point. */
export async function evaluateNetwork(
  phi: HostActivation,
  points: Matrix,
  network: ShallowNetwork,
): Promise<Float64Array> {
  return combine(await hiddenValues(phi, points, network), network.v)
}
