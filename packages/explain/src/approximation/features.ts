import { fold, power, uniform, type Key } from '@neurite/core'
import type { ShallowNetwork } from './network.js'

/**
 * Random hidden units for the box [-1, 1]^m: unit i turns around a centre in the box, across a random direction, with a
 * steepness between `gentle` and `steep`. Centres follow the additive recurrence of the generalized golden ratio
 * (Roberts 2018), which leaves no holes, from a random start.
 */
export function randomUnits(
  random: Key,
  neurons: number,
  m: number,
  [gentle, steep]: readonly [number, number],
): Pick<ShallowNetwork, 'w' | 'b'> {
  const start = uniform(fold(random, 'start'), m)
  const steepness = uniform(fold(random, 'steepness'), neurons)
  const angles = uniform(fold(random, 'direction'), neurons * 2)
  // The root of g^(m+1) = g + 1.
  const golden = [1.618033988749895, 1.324717957244746, 1.2207440846057596][m - 1]!
  const w = new Float64Array(neurons * m)
  const b = new Float64Array(neurons)
  for (let i = 0; i < neurons; i++) {
    const scale = gentle * power(steep / gentle, steepness[i]!)
    const direction = directionOf(m, angles[2 * i]!, angles[2 * i + 1]!)
    for (let k = 0; k < m; k++) {
      const centre = 2.2 * ((start[k]! + (i + 1) / power(golden, k + 1)) % 1) - 1.1
      w[i * m + k] = scale * direction[k]!
      b[i]! -= scale * direction[k]! * centre
    }
  }
  return { w, b }
}

/** A direction, each equally likely. */
function directionOf(m: number, first: number, second: number): readonly number[] {
  if (m === 1) return [first < 0.5 ? -1 : 1]
  const angle = 2 * Math.PI * first
  if (m === 2) return [Math.cos(angle), Math.sin(angle)]
  // Archimedes: the height on a sphere is uniform.
  const height = 2 * second - 1
  const radius = Math.sqrt(1 - height * height)
  return [radius * Math.cos(angle), radius * Math.sin(angle), height]
}

/** Units that turn at a point, in random directions, at rates up to the steepest. */
export function unitsAt(
  random: Key,
  count: number,
  point: Float64Array,
  steepest: number,
): Pick<ShallowNetwork, 'w' | 'b'> {
  const m = point.length
  const angles = uniform(fold(random, 'direction'), count * 2)
  const w = new Float64Array(count * m)
  const b = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const scale = power(steepest, (i + 1) / count)
    const direction = directionOf(m, angles[2 * i]!, angles[2 * i + 1]!)
    for (let k = 0; k < m; k++) {
      w[i * m + k] = scale * direction[k]!
      b[i]! -= scale * direction[k]! * point[k]!
    }
  }
  return { w, b }
}
