import { fillRandom, fold, key, resolveKey } from '@neurite/core'
import { aSeed, number, or, whole } from '@neurite/core/arguments'

/** Points of the plane, each of class 0 or 1. */
export type LabeledPoints = {
  readonly x: { readonly shape: readonly [points: number, coordinates: 2]; readonly data: Float32Array }
  readonly y: { readonly shape: readonly [points: number]; readonly data: Int32Array }
}

/** What the sets of points share. */
export interface PointsOptions {
  /** How many points in all, at least 2. The classes take turns; of an odd number, class 0 has one more. Default: 200. */
  readonly points?: number
  /** The standard deviation of the normal noise on both coordinates, at least 0. Default: 0. */
  readonly noise?: number
  /** Of the noise. Any whole number; 0 is a seed like any other. Default: 0. */
  readonly seed?: number
}

/** Readers of {@link PointsOptions}. */
export function pointsReaders() {
  return { points: or(200, whole(2)), noise: or(0, number('[0, Infinity)')), seed: or(0, aSeed) }
}

/**
 * Classes in turn, each along a curve.
 *
 * @param curve - the place of point `i` of the `count` points of a class
 */
export function alongCurves(
  { points, noise, seed }: Required<PointsOptions>,
  curve: (label: 0 | 1, i: number, count: number) => readonly [number, number],
): LabeledPoints {
  const shift = standardNormal(seed, 'noise', 2 * points)
  const data = new Float32Array(2 * points)
  const y = Int32Array.from({ length: points }, (_, k) => k % 2)
  y.forEach((label, k) => {
    const count = label === 0 ? Math.ceil(points / 2) : Math.floor(points / 2)
    const place = curve(label === 0 ? 0 : 1, Math.floor(k / 2), count)
    data[2 * k] = place[0] + noise * shift[2 * k]!
    data[2 * k + 1] = place[1] + noise * shift[2 * k + 1]!
  })
  return { x: { shape: [points, 2], data }, y: { shape: [points], data: y } }
}

/** Standard normal numbers of a seed, a stream for each name. */
export function standardNormal(seed: number, name: string, length: number): Float64Array {
  const out = new Float64Array(length)
  fillRandom('normal', resolveKey(fold(key(seed), name).source), out)
  return out
}
