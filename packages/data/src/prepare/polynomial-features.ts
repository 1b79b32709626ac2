import type { HostArray } from '@neurite/core'
import { aBoolean, mustBe, or, readOptions, whole } from '@neurite/core/arguments'
import { rowOf, zeroMatrix, type FeatureMatrix } from '../array/feature-matrix.js'
import { invalid } from '../check/errors.js'
import { finiteMatrix, fittedMatrix, someNames } from '../transform/checked-matrix.js'
import { defineTransformer, type Learned } from '../transform/define.js'
import type { FittedTransformer } from '../transform/transformer.js'

/** Options of {@link polynomialFeatures}. */
export interface PolynomialFeaturesOptions {
  /** The highest degree of a product, a whole number from 1 to 16. Default: 2. */
  readonly degree?: number
  /** Only products of different columns: no squares. Default: false. */
  readonly interactionOnly?: boolean
  /** A first column of ones. Default: true; a layer with a bias needs none. */
  readonly includeBias?: boolean
}

/** A fitted {@link polynomialFeatures}. */
export interface PolynomialFeatures extends FittedTransformer {
  readonly kind: 'polynomialFeatures'
  readonly options: Required<PolynomialFeaturesOptions>
  /** The names of the columns it was fitted to, if they had any. */
  readonly columns: readonly string[] | undefined
  /** How many columns there were. */
  readonly width: number
  /** For each output the input columns that it multiplies: [0, 0, 2] is the square of the first times the third. */
  readonly products: readonly (readonly number[])[]
}

/** More columns are a mistake, or an attack by a file. */
export const MOST_FEATURES = 100_000

/** By degree, and within one degree in the order of the columns: as scikit-learn. */
function productsOf(
  width: number,
  { degree, interactionOnly, includeBias }: Required<PolynomialFeaturesOptions>,
): readonly number[][] {
  const step = interactionOnly ? 1 : 0
  const products: number[][] = [[]]
  // Each product of a lower degree times each column from its last one on; those come to the end of the same list.
  for (const factors of products) {
    if (factors.length === degree) break
    const from = (factors.at(-1) ?? -step) + step
    if (products.length + width - from > MOST_FEATURES) {
      const message = `polynomialFeatures: degree ${degree} of ${width} columns makes more than ${MOST_FEATURES} features; use a lower degree.`
      throw invalid(message, { degree, width })
    }
    for (let j = from; j < width; j++) products.push([...factors, j])
  }
  return includeBias ? products : products.slice(1)
}

function nameOf(factors: readonly number[], columns: readonly string[] | undefined): string {
  const names = [...new Set(factors)].map((j) => {
    const power = factors.filter((factor) => factor === j).length
    return `${columns?.[j] ?? `x${j}`}${power > 1 ? `^${power}` : ''}`
  })
  return names.join(' ') || '1'
}

/**
 * All products of columns up to a degree: of (a, b) it makes (1, a, b, a^2, a b, b^2). As scikit-learn's PolynomialFeatures,
 * in the same order.
 *
 * @param options - `degree` (default 2), `interactionOnly` (default false), `includeBias` (default true)
 * @throws NeuriteError `INVALID_ARGUMENT` also for more than 100,000 products, `UNKNOWN_OPTION`; later
 * `SHAPE_MISMATCH`, `NON_FINITE` for infinities and NaN
 * @example
 * ```ts
 * import { FeatureMatrix, polynomialFeatures } from '@neurite/data'
 * const products = polynomialFeatures().fitTransform(FeatureMatrix.from([[2, 3]], ['a', 'b']))
 * products.columns // => ['1', 'a', 'b', 'a^2', 'a b', 'b^2']
 * products.toArray() // => [[1, 2, 3, 4, 6, 9]]
 * ```
 */
export const polynomialFeatures = /* @__PURE__ */ defineTransformer<PolynomialFeaturesOptions, PolynomialFeatures>({
  kind: 'polynomialFeatures',
  takes: 'matrix',
  options: (where, given) =>
    readOptions(where, given, {
      degree: or(2, whole(1, 16)),
      interactionOnly: or(false, aBoolean),
      includeBias: or(true, aBoolean),
    }),
  learn: (where, x) => {
    const { shape, columns } = finiteMatrix(where, x)
    return { columns, width: shape[1] }
  },
  state: (where, json) => {
    const learned = readOptions(where, json as Learned<PolynomialFeatures>, { columns: someNames, width: whole(1) })
    const { columns, width } = learned
    if (columns !== undefined && columns.length !== width) throw mustBe(where, 'width', 'the number of columns', width)
    return learned
  },
  use: (learned, options) => {
    const products = productsOf(learned.width, options)
    const transform = (x: HostArray): FeatureMatrix => {
      const matrix = fittedMatrix('polynomialFeatures.transform', x, learned)
      const names = products.map((factors) => nameOf(factors, matrix.columns ?? learned.columns))
      const out = zeroMatrix(matrix.shape[0], names)
      for (let i = 0; i < matrix.shape[0]; i++) {
        const row = rowOf(matrix, i)
        rowOf(out, i).set(products.map((factors) => factors.reduce((product, j) => product * row[j]!, 1)))
      }
      return out
    }
    return { products, transform }
  },
})
