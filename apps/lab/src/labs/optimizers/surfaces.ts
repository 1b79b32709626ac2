export const SURFACES = ['ravine', 'saddle', 'beale', 'rosenbrock', 'data'] as const
export type SurfaceName = (typeof SURFACES)[number]

export type Point = readonly [x: number, y: number]

/** What the page knows of a loss of two weights; its values come from the worker. */
export interface Surface {
  /** What is to be seen of it: left, right, bottom, top. */
  readonly box: readonly [number, number, number, number]
  /** Its lowest points. That of data is found from the data. */
  readonly minima: readonly Point[]
  readonly start: Point
  /** How far above its least value the loss counts as down. */
  readonly goal: number
  readonly steps: number
  /** Learning rates that show what each optimizer is like there. */
  readonly rates: Readonly<Record<'gd' | 'momentum' | 'rmsprop' | 'adam', number>>
}

export const surfaces: Readonly<Record<SurfaceName, Surface>> = {
  ravine: {
    box: [-2.6, 2.6, -1.7, 1.7],
    minima: [[0, 0]],
    start: [-2.2, 1.1],
    goal: 0.01,
    steps: 160,
    rates: { gd: 0.03, momentum: 0.012, rmsprop: 0.04, adam: 0.12 },
  },
  saddle: {
    box: [-2.2, 2.2, -1.9, 1.9],
    minima: [
      [0, Math.SQRT2],
      [0, -Math.SQRT2],
    ],
    start: [-1.8, 0.01],
    goal: 0.01,
    steps: 160,
    rates: { gd: 0.05, momentum: 0.05, rmsprop: 0.04, adam: 0.08 },
  },
  beale: {
    box: [-1.6, 4.2, -2, 2],
    minima: [[3, 0.5]],
    start: [0.6, 1.4],
    goal: 0.01,
    steps: 400,
    rates: { gd: 0.01, momentum: 0.003, rmsprop: 0.02, adam: 0.08 },
  },
  rosenbrock: {
    box: [-2.1, 2.1, -0.8, 2.8],
    minima: [[1, 1]],
    start: [-1.2, 1],
    goal: 0.01,
    steps: 400,
    rates: { gd: 0.001, momentum: 0.0005, rmsprop: 0.01, adam: 0.05 },
  },
  data: {
    box: [-0.5, 1.5, -0.7, 0.9],
    minima: [],
    start: [-0.25, 0.7],
    goal: 0.01,
    steps: 120,
    rates: { gd: 0.1, momentum: 0.02, rmsprop: 0.05, adam: 0.1 },
  },
}
