import { checkArgument, NeuriteError, power } from '@neurite/core'
import type { Matrix } from './least-squares.js'
import type { ShallowNetwork } from './network.js'

/** A function of one, two or three numbers. */
export type RealFunction = (...x: number[]) => number

/** A box: the least and the greatest value of each coordinate. */
export type Box = readonly (readonly [number, number])[]

/**
 * Points along each axis. Those of training lie on the boundary too, those held out between them: i / 2^p is never
 * (k + 1/2) / 2^q for q >= p.
 */
const TRAINING = [256, 32, 16] as const
const HELD_OUT = [1024, 64, 32] as const

/** The box of a domain: [0, 1] for a function of one number, an interval for each coordinate otherwise. */
export function boxOf(domain: readonly [number, number] | Box): Box {
  const box = (
    Array.isArray(domain) && domain.length === 2 && domain.every((end) => typeof end === 'number') ? [domain] : domain
  ) as Box
  checkArgument(
    Array.isArray(box) &&
      box.length >= 1 &&
      box.length <= 3 &&
      box.every(
        (side) =>
          Array.isArray(side) &&
          side.length === 2 &&
          side.every(Number.isFinite) &&
          side[0] < side[1] &&
          side[1] - side[0] < Infinity,
      ),
    () =>
      `approximate: domain must be an interval [low, high] with low < high, or one for each of 1 to 3 coordinates, got ${JSON.stringify(domain)}.`,
    { domain },
  )
  return box
}

/** The grid of training points, or of those held out, in [-1, 1]^m. */
export function gridOf(m: number, kind: 'training' | 'held out'): Matrix {
  const n = kind === 'training' ? TRAINING[m - 1]! + 1 : HELD_OUT[m - 1]!
  const rows = power(n, m)
  const data = new Float64Array(rows * m)
  for (let s = 0; s < rows; s++)
    for (let k = 0, rest = s; k < m; k++, rest = Math.floor(rest / n)) {
      const i = rest % n
      data[s * m + k] = kind === 'training' ? -1 + (2 * i) / (n - 1) : -1 + (2 * i + 1) / n
    }
  return { rows, columns: m, data }
}

/** How far from a straight line a function may be between two training points, as a share of its largest value. */
const STRAIGHT = 1e-3
/** Intervals that are split for that, and into what at least. */
const SPLITS = 64
const NARROWEST = 1e-5

/**
 * Where a function is fitted: the grid, and for a function of one number more points where it bends, at cusps and steps. Intervals
 * are split in three, which never meets a point held out.
 */
export function trainingPoints(f: RealFunction, box: Box): Matrix {
  const grid = gridOf(box.length, 'training')
  if (box.length > 1) return grid
  const at = (t: number): number => sample(f, { rows: 1, columns: 1, data: Float64Array.of(t) }, box)[0]!
  // Within the interval, and just outside: the bend may stand at one of its ends.
  const bent = (a: number, b: number): Interval => {
    const third = (b - a) / 3
    const [low, high] = [at(a), at(b)]
    const off = [-1, 1, 2, 4].map((k) => {
      const t = a + k * third
      return t < -1 || t > 1 ? 0 : Math.abs(at(t) - low - ((high - low) * k) / 3)
    })
    return { a, third, b, bend: third < NARROWEST ? 0 : Math.max(...off) }
  }
  const largest = sample(f, grid, box).reduce((most, y) => Math.max(most, Math.abs(y)), 0)
  const points = [...grid.data]
  const intervals = points.slice(1).map((b, i) => bent(points[i]!, b))
  for (let i = 0; i < SPLITS; i++) {
    const { a, third, b, bend } = intervals.sort((p, q) => p.bend - q.bend).pop()!
    if (bend <= STRAIGHT * largest) break
    points.push(a + third, a + 2 * third)
    intervals.push(bent(a, a + third), bent(a + third, a + 2 * third), bent(a + 2 * third, b))
  }
  return { rows: points.length, columns: 1, data: Float64Array.from(points).sort() }
}

interface Interval {
  readonly a: number
  readonly third: number
  readonly b: number
  readonly bend: number
}

/** f at points of [-1, 1]^m, stretched over the box. */
export function sample(f: RealFunction, points: Matrix, box: Box): Float64Array {
  const { rows, columns: m, data } = points
  return Float64Array.from({ length: rows }, (_, s) => {
    const x = box.map(([low, high], k) => low + ((data[s * m + k]! + 1) / 2) * (high - low))
    const y = f(...x)
    if (typeof y !== 'number' || !Number.isFinite(y)) {
      throw new NeuriteError(
        'NON_FINITE',
        `approximate: f(${x.join(', ')}) is ${String(y)}; f must be a finite number everywhere in the domain.`,
        { x },
      )
    }
    return y
  })
}

/** The same function of x in the box as the network is of t in [-1, 1]^m. */
export function stretched({ w, b, v }: ShallowNetwork, box: Box): ShallowNetwork {
  const m = box.length
  const wide = w.map((value, j) => (2 * value) / (box[j % m]![1] - box[j % m]![0]))
  const moved = b.map((value, i) =>
    box.reduce((sum, [low, high], k) => sum - (wide[i * m + k]! * (low + high)) / 2, value),
  )
  return { w: wide, b: moved, v }
}
