import { fillRandom, fold, key, resolveKey, uniform } from '@neurite/core'
import { splitIndices } from '@neurite/data'
import { circles, moons, twoSpirals, xor } from '@neurite/datasets'
import { REACH } from './features.js'
import { formulaOf } from './expression.js'
import type { OwnPoint } from './own-points.js'

/** Two classes of points; and, past the two classes, heights to be approximated. */
export const CLASS_SETS = ['circle', 'xor', 'gauss', 'spiral', 'moons', 'formula', 'own'] as const
export const HEIGHT_SETS = ['plane', 'hills'] as const
export const DATA_SETS = [...CLASS_SETS, ...HEIGHT_SETS] as const
export type DataSet = (typeof DATA_SETS)[number]

export const isRegression = (set: DataSet): boolean => HEIGHT_SETS.some((known) => known === set)

export interface DataOptions {
  readonly set: DataSet
  readonly points: number
  /** A standard deviation, as a share of the data's radius; of heights, of their range. */
  readonly noise: number
  readonly seed: number
  readonly formula: string
  readonly own: readonly OwnPoint[]
}

/** Points of the plane: `places` is x1, x2, x1, x2, ..., `values` a class (0 or 1) or a height in [-1, 1] for each. */
export interface Points {
  readonly places: Float32Array
  readonly values: Float32Array
}

/** How far from the middle the data sets reach. */
const RADIUS = 5

export function pointsOf({ set, points, noise, seed, formula, own }: DataOptions): Points {
  switch (set) {
    case 'circle':
      return placed(circles({ points, noise, seed }), 0, 0, RADIUS)
    case 'spiral':
      return placed(twoSpirals({ points, noise: noise / 2, seed }), 0, 0, RADIUS)
    case 'moons':
      return placed(moons({ points, noise, seed }), 0.5, 0.25, 3)
    case 'xor':
      return corners(points, noise, seed)
    case 'gauss':
      return clouds(points, noise, seed)
    case 'formula':
      return judged(points, noise, seed, formula)
    case 'own':
      return {
        places: Float32Array.from(own.flatMap(({ x, y }) => [x, y])),
        values: Float32Array.from(own, ({ label }) => label),
      }
    case 'plane':
      return heights(points, noise, seed, (x, y) => (x + y) / (2 * RADIUS))
    case 'hills':
      return heights(points, noise, seed, hills)
  }
}

function placed(
  { x, y }: { readonly x: { readonly data: Float32Array }; readonly y: { readonly data: Int32Array } },
  left: number,
  low: number,
  scale: number,
): Points {
  const places = x.data.map((value, k) => scale * (value - (k % 2 === 0 ? left : low)))
  return { places, values: Float32Array.from(y.data) }
}

/** Standard normal numbers of a seed, a stream for each name. */
function normal(seed: number, name: string, length: number): Float64Array {
  const out = new Float64Array(length)
  fillRandom('normal', resolveKey(fold(key(seed), name).source), out)
  return out
}

/** The four rows of exclusive or, each as a quarter of the plane. */
function corners(points: number, noise: number, seed: number): Points {
  const { x, y } = xor()
  const inside = uniform(fold(key(seed), 'corners'), 2 * points)
  const shift = normal(seed, 'noise', 2 * points)
  const places = Float32Array.from(
    inside,
    (u, k) =>
      (2 * x.data[2 * (Math.floor(k / 2) % 4) + (k % 2)]! - 1) * (0.4 + (RADIUS - 0.4) * u) +
      noise * RADIUS * shift[k]!,
  )
  return { places, values: Float32Array.from({ length: points }, (_, i) => y.data[i % 4]!) }
}

/** Two normal clouds. */
function clouds(points: number, noise: number, seed: number): Points {
  const spread = 0.8 + noise * RADIUS
  const shift = normal(seed, 'clouds', 2 * points)
  return {
    places: Float32Array.from(shift, (z, k) => (Math.floor(k / 2) % 2 === 0 ? -2.2 : 2.2) + spread * z),
    values: Float32Array.from({ length: points }, (_, i) => i % 2),
  }
}

/** Points anywhere in the square. */
function anywhere(points: number, seed: number): Float32Array {
  return Float32Array.from(uniform(fold(key(seed), 'anywhere'), 2 * points), (u) => (REACH - 0.5) * (2 * u - 1))
}

/** A formula says the class; noise moves the points after it has spoken. */
function judged(points: number, noise: number, seed: number, text: string): Points {
  const above = formulaOf(text)
  const before = anywhere(points, seed)
  const shift = normal(seed, 'noise', 2 * points)
  return {
    places: before.map((value, k) => value + noise * RADIUS * 0.5 * shift[k]!),
    values: Float32Array.from({ length: points }, (_, i) => (above(before[2 * i]!, before[2 * i + 1]!) > 0 ? 1 : 0)),
  }
}

function heights(points: number, noise: number, seed: number, of: (x: number, y: number) => number): Points {
  const places = anywhere(points, seed)
  const shift = normal(seed, 'noise', points)
  return {
    places,
    values: Float32Array.from(shift, (z, i) => of(places[2 * i]!, places[2 * i + 1]!) + noise * z),
  }
}

/** Hills and hollows in turn. */
function hills(x: number, y: number): number {
  return [-3, 0, 3].reduce(
    (sum, cx, i) =>
      [-2.5, 2.5].reduce((total, cy, j) => {
        const [dx, dy] = [x - cx, y - cy]
        return total + ((i + j) % 2 === 0 ? 1 : -1) * Math.exp(-(dx * dx + dy * dy) / 2)
      }, sum),
    0,
  )
}

export interface Split {
  readonly train: Points
  readonly test: Points | undefined
}

/** Rows for training and rows for testing; of very few rows, all are for training. */
export function split(points: Points, share: number, seed: number): Split {
  const rows = points.values.length
  const test = Math.round(share * rows)
  if (test < 1 || rows - test < 2) return { train: points, test: undefined }
  const { trainIndices, testIndices } = splitIndices(rows, { test, seed })
  return { train: taken(points, trainIndices), test: taken(points, testIndices) }
}

function taken({ places, values }: Points, indices: Int32Array): Points {
  const picked = new Float32Array(2 * indices.length)
  indices.forEach((from, to) => picked.set(places.subarray(2 * from, 2 * from + 2), 2 * to))
  return { places: picked, values: Float32Array.from(indices, (i) => values[i]!) }
}
