import { aSeed, or, readOptions, whole } from '@neurite/core/arguments'
import type { Columns } from '../real/columns.js'
import { standardNormal } from './points.js'

/** Options of {@link heightWeight}. */
export interface HeightWeightOptions {
  /** At least 1. Default: 100. */
  readonly people?: number
  /** Any whole number; 0 is a seed like any other. Default: 0. */
  readonly seed?: number
}

/** See {@link heightWeight}. */
export type HeightWeight = Columns<'height_cm' | 'weight_kg' | 'surface_m2'>

/**
 * Made-up people, for the chapter's example of features on different scales (section 4.3.1): heights are two to three times
 * the weights. To be predicted: the surface of the body by Mosteller's formula (1987), sqrt(height weight / 3600), nearly
 * linear in both.
 *
 * Heights are normal around 170 cm (deviation 9 cm), body mass indices around 23 kg/m2 (deviation 3, at least 15).
 *
 * @param options - `people` (default 100), `seed` (default 0)
 * @returns columns of numbers: `height_cm` (whole), `weight_kg` (to 0.1), `surface_m2`
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { heightWeight } from '@neurite/datasets'
 * const { height_cm, weight_kg } = heightWeight({ people: 3, seed: 0 })
 * height_cm // => [175, 170, 173]
 * weight_kg // => [77.4, 65.2, 56.3]
 * ```
 */
export function heightWeight(options: HeightWeightOptions = {}): HeightWeight {
  const { people, seed } = readOptions('heightWeight', options, { people: or(100, whole(1)), seed: or(0, aSeed) })
  const height_cm = standardNormal(seed, 'height', people).map((z) => Math.round(170 + 9 * z))
  const weight_kg = standardNormal(seed, 'build', people).map((z, i) => {
    const index = Math.max(15, 23 + 3 * z)
    return Math.round(10 * index * (height_cm[i]! / 100) ** 2) / 10
  })
  return { height_cm, weight_kg, surface_m2: height_cm.map((height, i) => Math.sqrt((height * weight_kg[i]!) / 3600)) }
}
