import { takesNoOptions } from '@neurite/core/arguments'
import { csv } from '../generated/breast-cancer.js'
import { readColumns, type Columns } from './columns.js'

type Measure =
  | 'radius'
  | 'texture'
  | 'perimeter'
  | 'area'
  | 'smoothness'
  | 'compactness'
  | 'concavity'
  | 'concave_points'
  | 'symmetry'
  | 'fractal_dimension'

/** See {@link breastCancer}. */
export type BreastCancer = Columns<`mean_${Measure}` | `${Measure}_error` | `worst_${Measure}`, 'diagnosis'>

/**
 * Tumours of the breast, malignant or benign: 569 of them, 30 measures of the cell nuclei in a digitized image. Ten
 * measures come three times: the mean over the nuclei (`mean_radius`), its standard error (`radius_error`) and the mean of
 * the three largest (`worst_radius`). The columns have very different scales.
 *
 * Source: W. Wolberg, O. Mangasarian, N. Street and W. Street (1993), UCI Machine Learning Repository, "Breast Cancer
 * Wisconsin (Diagnostic)", https://doi.org/10.24432/C5DW2B, CC BY 4.0. For learning, not for medicine.
 *
 * @returns columns of 569 values: 30 of numbers, and `diagnosis` ('benign', 357; 'malignant', 212)
 * @example
 * ```ts
 * import { breastCancer } from '@neurite/datasets'
 * const columns = breastCancer()
 * Object.keys(columns).length // => 31
 * columns.diagnosis.filter((name) => name === 'malignant').length // => 212
 * ```
 */
export function breastCancer(...none: readonly []): BreastCancer {
  takesNoOptions('breastCancer', none)
  return readColumns(csv, 'diagnosis') as BreastCancer
}
