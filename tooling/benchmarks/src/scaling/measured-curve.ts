import type { Outcome } from '../harness/measure.js'
import { DRAWN, type Curve } from './curves.js'

/** A curve with what came of each subject at each of its points, in their order. */
export interface MeasuredCurve {
  readonly curve: Curve
  readonly outcomes: readonly ReadonlyMap<string, Outcome>[]
}

/** The subjects that were measured anywhere, with the points where they were; each has the same place in every curve. */
export function seriesOf({ curve, outcomes }: MeasuredCurve) {
  return DRAWN.flatMap((name, place) => {
    const points = curve.points.flatMap(({ at }, i) => {
      const outcome = outcomes[i]?.get(name)
      return outcome?.status === 'measured' ? [{ at, samples: outcome.samples }] : []
    })
    return points.length === 0 ? [] : [{ name, place, points }]
  })
}
