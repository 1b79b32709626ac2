/** How many heights a drawn curve has. */
export const HEIGHTS = 17

export const TARGETS = ['bumps', 'sine', 'chirp', 'abs', 'root', 'step'] as const
export type TargetName = (typeof TARGETS)[number]

export const PLANE_TARGETS = ['ripple', 'saddle', 'hill', 'disc'] as const
export type PlaneName = (typeof PLANE_TARGETS)[number]

/** Functions of [-1, 1], with values about as large. The step is as steep as a continuous function need be. */
const CURVES: Readonly<Record<TargetName, (x: number) => number>> = {
  bumps: (x) =>
    0.9 * Math.exp(-30 * (x + 0.5) * (x + 0.5)) -
    0.6 * Math.exp(-40 * (x - 0.1) * (x - 0.1)) +
    0.7 * Math.exp(-25 * (x - 0.65) * (x - 0.65)),
  sine: (x) => 0.8 * Math.sin(2 * Math.PI * x),
  chirp: (x) => 0.8 * Math.sin(5 * (x + 1) * (x + 1)),
  abs: (x) => 2 * Math.abs(x) - 1,
  root: (x) => 1.6 * Math.sqrt(Math.abs(x)) - 0.8,
  step: (x) => 0.8 * Math.min(1, Math.max(-1, 20 * x)),
}

/** Functions of the square [-1, 1] x [-1, 1]. */
const PLANES: Readonly<Record<PlaneName, (x: number, y: number) => number>> = {
  ripple: (x, y) => 0.9 * Math.cos(4 * Math.hypot(x, y)),
  saddle: (x, y) => x * x - y * y,
  hill: (x, y) =>
    Math.exp(-4 * ((x - 0.3) * (x - 0.3) + y * y)) - Math.exp(-4 * ((x + 0.4) * (x + 0.4) + (y - 0.3) * (y - 0.3))),
  disc: (x, y) => Math.min(1, Math.max(-1, 8 * (0.6 - Math.hypot(x, y)))),
}

/** A drawn curve: its heights, joined by straight lines. */
export function drawn(heights: readonly number[]): (x: number) => number {
  return (x) => {
    const at = ((x + 1) / 2) * (heights.length - 1)
    const left = Math.min(heights.length - 2, Math.max(0, Math.floor(at)))
    return heights[left]! + (at - left) * (heights[left + 1]! - heights[left]!)
  }
}

export function curve(name: TargetName | 'own', own: readonly number[]): (x: number) => number {
  return name === 'own' ? drawn(heightsOf(own)) : CURVES[name]
}

export const plane = (name: PlaneName): ((x: number, y: number) => number) => PLANES[name]

/** A link may hold fewer heights than a curve has. */
export function heightsOf(own: readonly number[]): readonly number[] {
  return Array.from({ length: HEIGHTS }, (_, i) => own[i] ?? 0)
}

/** Where the height number i stands. */
export const placeOf = (i: number): number => (2 * i) / (HEIGHTS - 1) - 1
