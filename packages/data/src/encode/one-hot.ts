import { rowOf, zeroMatrix, type FeatureMatrix } from '../array/feature-matrix.js'
import { wrongShape } from '../check/errors.js'
import { extreme } from '../transform/statistics.js'
import { unknownCategory } from './categories.js'
import { defineEncoder, type FittedEncoder } from './encoder.js'
import type { LabelList } from './labels.js'

/** A fitted {@link oneHotEncoder}. */
export interface OneHotEncoder extends FittedEncoder {
  readonly kind: 'oneHotEncoder'
}

/**
 * Turns labels into rows with a single 1: the target of a classifier with cross-entropy (the chapter's section 4.3.3), or, of
 * several columns, features with a 1 for each. Categories are sorted: numbers by size, strings by code unit. The empty string is
 * a category like any other. As scikit-learn's OneHotEncoder, `categories` and what `inverseTransform` gives have a list for each
 * column.
 *
 * @param options - `unknown`: 'error' (default), or 'ignore' for zeros; `categories`: in an order of your own
 * @throws NeuriteError `INVALID_ARGUMENT` for mixed labels, `NON_FINITE` for numbers with gaps, `UNKNOWN_OPTION`; later
 * `UNKNOWN_CATEGORY`, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { oneHotEncoder, Table } from '@neurite/data'
 * const encoder = oneHotEncoder().fit(['setosa', 'virginica', 'setosa', 'versicolor'])
 * encoder.categories // => [['setosa', 'versicolor', 'virginica']]
 * encoder.transform(['virginica', 'setosa']).toArray() // => [[0, 0, 1], [1, 0, 0]]
 * encoder.inverseTransform([[0.1, 0.7, 0.2]]) // => [['versicolor']]
 * encoder.transform(['rose']) // => throws UNKNOWN_CATEGORY
 * const clothes = Table.fromRows([{ color: 'red', size: 'S' }, { color: 'blue', size: 'M' }])
 * oneHotEncoder().fitTransform(clothes).columns // => ['color=blue', 'color=red', 'size=M', 'size=S']
 * ```
 */
export const oneHotEncoder = /* @__PURE__ */ defineEncoder<OneHotEncoder>({
  kind: 'oneHotEncoder',
  encode: (places, categories, names) => {
    const prefixOf = (j: number): string => {
      if (names !== undefined) return `${names[j]}=`
      return categories.length > 1 ? `x${j}=` : ''
    }
    const columns = categories.flatMap((list, j) => list.map((category) => `${prefixOf(j)}${category}`))
    const matrix = zeroMatrix(places[0]!.length, columns)
    let left = 0
    categories.forEach(({ length }, j) => {
      places[j]!.forEach((place, row) => {
        if (place >= 0) rowOf(matrix, row)[left + place] = 1
      })
      left += length
    })
    return matrix
  },
  decode: (where, x, categories) => {
    const width = categories.reduce((sum, { length }) => sum + length, 0)
    if (x.shape[1] !== width) throw wrongShape(where, `[rows, ${width}], a column for each category`, x.shape)
    let left = 0
    return categories.map((list) => decodeColumn(where, x, list, (left += list.length) - list.length))
  },
})

/** Each row's category: that of its greatest value, the first of equals, so that probabilities and scores work too. */
function decodeColumn(where: string, x: FeatureMatrix, categories: LabelList, left: number): LabelList {
  return Array.from({ length: x.shape[0] }, (_, row) => {
    const values = rowOf(x, row).subarray(left, left + categories.length)
    if (values.some((value) => value !== 0)) return categories[values.indexOf(extreme(values, Math.max))]!
    throw unknownCategory(`${where}: row ${row} is all zeros, no category.`, { row })
  }) as string[] | number[]
}
