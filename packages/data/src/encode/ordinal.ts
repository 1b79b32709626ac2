import { columnOf, fromColumns } from '../array/feature-matrix.js'
import { wrongShape } from '../check/errors.js'
import { categoriesAt } from './categories.js'
import { defineEncoder, type FittedEncoder } from './encoder.js'

/** A fitted {@link ordinalEncoder}. */
export interface OrdinalEncoder extends FittedEncoder {
  readonly kind: 'ordinalEncoder'
}

/**
 * Turns categories that have an order into a feature 0, 1, 2, ... for each column: say `categories` from the least to the
 * greatest. For categories without an order see {@link oneHotEncoder}; for targets {@link labelEncoder}.
 *
 * @param options - `categories` (default: sorted), `unknown`: 'error' (default), or 'ignore' for NaN, which an
 * {@link imputer} can then fill
 * @throws NeuriteError `INVALID_ARGUMENT` for mixed labels, `NON_FINITE` for numbers with gaps, `UNKNOWN_OPTION`; later
 * `UNKNOWN_CATEGORY`, `SHAPE_MISMATCH`
 * @example
 * ```ts
 * import { ordinalEncoder } from '@neurite/data'
 * const encoder = ordinalEncoder({ categories: ['small', 'medium', 'large'] }).fit(['large', 'small'])
 * encoder.transform(['large', 'small']).toArray() // => [[2], [0]]
 * encoder.inverseTransform([[1]]) // => [['medium']]
 * ```
 */
export const ordinalEncoder = /* @__PURE__ */ defineEncoder<OrdinalEncoder>({
  kind: 'ordinalEncoder',
  encode: (places, _, names) =>
    fromColumns(
      places.map((column) => Float64Array.from(column, (place) => (place < 0 ? NaN : place))),
      names,
    ),
  decode: (where, x, categories) => {
    if (x.shape[1] !== categories.length) throw wrongShape(where, `[rows, ${categories.length}], as in fit`, x.shape)
    return categories.map((list, j) => categoriesAt(where, columnOf(x, j), list))
  },
})
