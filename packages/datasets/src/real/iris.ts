import { takesNoOptions } from '@neurite/core/arguments'
import { csv } from '../generated/iris.js'
import { readColumns, type Columns } from './columns.js'

/** See {@link iris}. */
export type Iris = Columns<'sepal_length_cm' | 'sepal_width_cm' | 'petal_length_cm' | 'petal_width_cm', 'species'>

/**
 * Three species of iris: 150 flowers, 50 of each species, four lengths in centimetres. One species is apart from the two
 * others, which overlap a little.
 *
 * Source: R. A. Fisher (1936), "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7; UCI Machine
 * Learning Repository, "Iris", https://doi.org/10.24432/C56C76, CC BY 4.0.
 *
 * @returns columns of 150 values: four of numbers, and `species` ('setosa', 'versicolor', 'virginica')
 * @example
 * ```ts
 * import { iris } from '@neurite/datasets'
 * const { petal_length_cm, species } = iris()
 * petal_length_cm.length // => 150
 * species[149] // => 'virginica'
 * ```
 */
export function iris(...none: readonly []): Iris {
  takesNoOptions('iris', none)
  return readColumns(csv, 'species') as Iris
}
