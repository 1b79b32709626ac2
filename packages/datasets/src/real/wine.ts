import { takesNoOptions } from '@neurite/core/arguments'
import { csv } from '../generated/wine.js'
import { readColumns, type Columns } from './columns.js'

/** See {@link wine}. */
export type Wine = Columns<
  | 'alcohol'
  | 'malic_acid'
  | 'ash'
  | 'alcalinity_of_ash'
  | 'magnesium'
  | 'total_phenols'
  | 'flavanoids'
  | 'nonflavanoid_phenols'
  | 'proanthocyanins'
  | 'color_intensity'
  | 'hue'
  | 'od280_od315_of_diluted_wines'
  | 'proline',
  'cultivar'
>

/**
 * Wines of three cultivars of one region of Italy: 178 wines, 13 results of a chemical analysis. The columns have very
 * different scales (`proline` goes to 1680, `nonflavanoid_phenols` to 0.66): scale them before training.
 *
 * Source: S. Aeberhard and M. Forina (1992), UCI Machine Learning Repository, "Wine", https://doi.org/10.24432/C5PC7J,
 * CC BY 4.0.
 *
 * @returns columns of 178 values: 13 of numbers, and `cultivar` ('class_0', 59 wines; 'class_1', 71; 'class_2', 48)
 * @example
 * ```ts
 * import { wine } from '@neurite/datasets'
 * const { proline, cultivar } = wine()
 * Math.max(...proline) // => 1680
 * cultivar.filter((name) => name === 'class_1').length // => 71
 * ```
 */
export function wine(...none: readonly []): Wine {
  takesNoOptions('wine', none)
  return readColumns(csv, 'cultivar') as Wine
}
