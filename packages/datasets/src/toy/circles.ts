import { number, or, readOptions } from '@neurite/core/arguments'
import { alongCurves, pointsReaders, type LabeledPoints, type PointsOptions } from './points.js'

/** Options of {@link circles}. */
export interface CirclesOptions extends PointsOptions {
  /** The radius of the inner circle, in (0, 1). Default: 0.5. */
  readonly factor?: number
}

/**
 * A circle (class 1) inside a circle of radius 1 (class 0). As scikit-learn's make_circles, whose inner radius is 0.8.
 *
 * @param options - `points` in all (default 200), `noise` (default 0), `factor` (default 0.5), `seed` (default 0)
 * @returns `x` [points, 2], float32; `y` [points], int32, 0 or 1
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { circles } from '@neurite/datasets'
 * circles({ points: 4 }).x.data // => [1, 0, 0.5, 0, -1, 0, -0.5, 0]
 * ```
 */
export function circles(options: CirclesOptions = {}): LabeledPoints {
  const { factor, ...points } = readOptions('circles', options, {
    ...pointsReaders(),
    factor: or(0.5, number('(0, 1)')),
  })
  return alongCurves(points, (label, i, count) => {
    const angle = (2 * Math.PI * i) / count
    const radius = label === 0 ? 1 : factor
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })
}
