import { number, or, readOptions } from '@neurite/core/arguments'
import { alongCurves, pointsReaders, type LabeledPoints, type PointsOptions } from './points.js'

/** Options of {@link twoSpirals}. */
export interface TwoSpiralsOptions extends PointsOptions {
  /** How often each spiral goes round, above 0: the more, the harder. Default: 1.5; the problem of 1988 has 3. */
  readonly turns?: number
}

/**
 * Two spirals that wind around each other, one a class, within the unit circle (before noise). After Lang & Witbrock (1988),
 * "Learning to tell two spirals apart".
 *
 * @param options - `points` in all (default 200), `noise` (default 0), `turns` (default 1.5), `seed` (default 0)
 * @returns `x` [points, 2], float32; `y` [points], int32, 0 or 1
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { twoSpirals } from '@neurite/datasets'
 * const { x, y } = twoSpirals({ points: 100, noise: 0.02, seed: 7 })
 * x.shape // => [100, 2]
 * y.data.slice(0, 4) // => [0, 1, 0, 1]
 * ```
 */
export function twoSpirals(options: TwoSpiralsOptions = {}): LabeledPoints {
  const { turns, ...points } = readOptions('twoSpirals', options, {
    ...pointsReaders(),
    turns: or(1.5, number('(0, Infinity)')),
  })
  return alongCurves(points, (label, i, count) => {
    // From 1 / count on: the spirals would meet at the centre.
    const radius = (i + 1) / count
    const angle = 2 * Math.PI * turns * radius + Math.PI * label
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })
}
