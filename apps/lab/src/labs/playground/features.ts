import type { Numbers } from '../../training/spec.js'
import type { Field } from '../../state/fields.js'

interface Feature {
  readonly tex: string
  /** As it stands under its picture. */
  readonly name: string
  /** In a program. */
  readonly code: string
  readonly of: (x1: number, x2: number) => number
}

/** What can be fed to the network: the coordinates, and simple functions of them. */
export const FEATURES = {
  x1: { tex: 'x_1', name: 'x₁', code: 'x1', of: (x1) => x1 },
  x2: { tex: 'x_2', name: 'x₂', code: 'x2', of: (_, x2) => x2 },
  x1x1: { tex: 'x_1^2', name: 'x₁²', code: 'x1 * x1', of: (x1) => x1 * x1 },
  x2x2: { tex: 'x_2^2', name: 'x₂²', code: 'x2 * x2', of: (_, x2) => x2 * x2 },
  x1x2: { tex: 'x_1 x_2', name: 'x₁x₂', code: 'x1 * x2', of: (x1, x2) => x1 * x2 },
  sin1: { tex: '\\sin x_1', name: 'sin x₁', code: 'Math.sin(x1)', of: (x1) => Math.sin(x1) },
  sin2: { tex: '\\sin x_2', name: 'sin x₂', code: 'Math.sin(x2)', of: (_, x2) => Math.sin(x2) },
} as const satisfies Readonly<Record<string, Feature>>

export type FeatureName = keyof typeof FEATURES
export const FEATURE_NAMES = Object.keys(FEATURES) as readonly FeatureName[]

/** At least one feature, in their order. */
export const featuresField: Field<readonly FeatureName[]> = {
  initial: ['x1', 'x2'],
  parse(text) {
    const given = text.slice(0, 60).split('-')
    const known = FEATURE_NAMES.filter((name) => given.includes(name))
    return known.length > 0 && known.length === given.length ? known : undefined
  },
  format: (names) => names.join('-'),
}

/** The inputs of the network at points of the plane, given as x1, x2, x1, x2, ... */
export function inputsAt(points: ArrayLike<number>, names: readonly FeatureName[]): Numbers {
  const rows = points.length / 2
  const data = new Float32Array(rows * names.length)
  for (let i = 0; i < rows; i++)
    names.forEach((name, k) => {
      data[i * names.length + k] = FEATURES[name].of(points[2 * i]!, points[2 * i + 1]!)
    })
  return { shape: [rows, names.length], data }
}

/** The square that the stage shows: both coordinates from -REACH to REACH. */
export const REACH = 6

/** The middles of side x side cells, row by row from the top. */
export function gridOf(side: number): Float32Array {
  const points = new Float32Array(2 * side * side)
  for (let k = 0; k < side * side; k++) {
    points[2 * k] = (((k % side) + 0.5) * 2 * REACH) / side - REACH
    points[2 * k + 1] = REACH - ((Math.floor(k / side) + 0.5) * 2 * REACH) / side
  }
  return points
}
