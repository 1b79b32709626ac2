import { add, div, mean, mul, square, sub, tensor, type Backend, type Tensor } from '@neurite/core'
import { standardScaler } from '@neurite/data'
import { heightWeight } from '@neurite/datasets'
import type { SurfaceName } from './surfaces.js'

/** Rows as columns [1, rows]: heights and weights. */
export interface Rows {
  readonly height: Tensor
  readonly weight: Tensor
}

/** Losses at many places at once: x and y are columns [places, 1], and so is what comes. */
type Loss = (x: Tensor, y: Tensor, rows: Rows | undefined) => Tensor

const LOSSES: Readonly<Record<SurfaceName, Loss>> = {
  ravine: (x, y) => mul(add(square(x), mul(square(y), 60)), 0.5),
  /** Between two wells, at (0, 0), the gradient is 0 and yet there is a way down. */
  saddle: (x, y) => add(mul(square(x), 0.5), div(square(sub(square(y), 2)), 8)),
  /** Beale (1958), divided by 10. */
  beale: (x, y) => {
    const term = (constant: number, power: Tensor): Tensor => square(add(sub(mul(x, power), x), constant))
    const y2 = square(y)
    return div(add(add(term(1.5, y), term(2.25, y2)), term(2.625, mul(y2, y))), 10)
  },
  /** Rosenbrock (1960). */
  rosenbrock: (x, y) => add(square(sub(x, 1)), mul(square(sub(y, square(x))), 100)),
  /** The mean squared error of weight = x height + y. */
  data: (x, y, rows) => mean(square(sub(add(mul(x, rows!.height), y), rows!.weight)), { axes: [1], keepDims: true }),
}

export const lossOf = (surface: SurfaceName): Loss => LOSSES[surface]

export const PEOPLE = 60

/** Standardized heights and weights in the order of height, as files are often sorted. */
const people = (() => {
  let known: { readonly height: Float32Array; readonly weight: Float32Array } | undefined
  return () => {
    if (known !== undefined) return known
    const { height_cm, weight_kg } = heightWeight({ people: PEOPLE, seed: 4 })
    const rows = Array.from(height_cm, (height, i) => [height, weight_kg[i]!] as const).sort(([a], [b]) => a - b)
    const scaled = standardScaler().fit(rows).transform(rows).toArray()
    const column = (k: number): Float32Array => Float32Array.from(scaled, (row) => Number(row[k]))
    known = { height: column(0), weight: column(1) }
    return known
  }
})()

/** Some of the people, or all of them. */
export function rowsOn(backend: Backend, indices?: Int32Array): Rows {
  const { height, weight } = people()
  const column = (values: Float32Array): Tensor => {
    const taken = indices === undefined ? values : Float32Array.from(indices, (i) => values[i]!)
    return tensor(taken, { shape: [1, taken.length], backend })
  }
  return { height: column(height), weight: column(weight) }
}
