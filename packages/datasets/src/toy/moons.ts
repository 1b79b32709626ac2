import { readOptions } from '@neurite/core/arguments'
import { alongCurves, pointsReaders, type LabeledPoints, type PointsOptions } from './points.js'

/**
 * Two half moons, one reaching into the other: the upper half of the unit circle, and the lower half of the one around
 * (1, 0.5). As scikit-learn's make_moons.
 *
 * @param options - `points` in all (default 200), `noise` (default 0), `seed` (default 0)
 * @returns `x` [points, 2], float32; `y` [points], int32, 0 or 1
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { moons } from '@neurite/datasets'
 * moons({ points: 4 }).x.data // => [1, 0, 0, 0.5, -1, 0, 2, 0.5]
 * ```
 */
export function moons(options: PointsOptions = {}): LabeledPoints {
  return alongCurves(readOptions('moons', options, pointsReaders()), (label, i, count) => {
    const angle = count === 1 ? 0 : (Math.PI * i) / (count - 1)
    const [x, y] = [Math.cos(angle), Math.sin(angle)]
    return label === 0 ? [x, y] : [1 - x, 0.5 - y]
  })
}
