import { rowOf, zeroMatrix, type FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { invalid, mustBe } from '../check/errors.js'
import { aBoolean, or, readOptions, whole } from '../check/read.js'
import { finiteMatrix, fittedMatrix } from '../transform/checked-matrix.js'
import { FittedTransformer, type Json } from '../transform/fitted.js'
import { columnNames } from '../transform/learned-columns.js'
import type { TransformerJSON } from '../transform/transformer.js'

/** Options of {@link polynomialFeatures}. */
export interface PolynomialFeaturesOptions {
  /** The highest degree of a product, a whole number from 1 to 16. Default: 2. */
  readonly degree?: number
  /** Only products of different columns: no squares. Default: false. */
  readonly interactionOnly?: boolean
  /** A first column of ones. Default: true; a layer with a bias needs none. */
  readonly includeBias?: boolean
}

/** A fitted {@link polynomialFeatures} as plain data. */
export interface PolynomialFeaturesJSON extends TransformerJSON {
  /** The names that the fitted matrix had, if it had any. */
  readonly columns?: readonly string[]
  /** How many columns it had. */
  readonly width: number
}

/** More columns are a mistake, or an attack by a file. */
const MOST_FEATURES = 100_000

interface Learned {
  readonly products: readonly (readonly number[])[]
  readonly width: number
  readonly columns: readonly string[] | undefined
}

/** See {@link polynomialFeatures}. */
export class PolynomialFeatures extends FittedTransformer<
  'matrix',
  Learned,
  Omit<PolynomialFeaturesJSON, keyof TransformerJSON>
> {
  readonly #options: Required<PolynomialFeaturesOptions>

  constructor(options: PolynomialFeaturesOptions = {}) {
    const checked = readOptions<Required<PolynomialFeaturesOptions>>('polynomialFeatures', options, {
      degree: or(2, whole(1, 16)),
      interactionOnly: or(false, aBoolean),
      includeBias: or(true, aBoolean),
    })
    super('polynomialFeatures', 'matrix', checked)
    this.#options = checked
  }

  /** For each output the input columns that it multiplies: [0, 0, 2] is the square of the first times the third. */
  get products(): readonly (readonly number[])[] {
    return this.state('products').products
  }

  /** Learns how many columns there are. */
  protected override learn(where: string, x: MatrixLike): Learned {
    const { shape, columns } = finiteMatrix(where, x)
    return { products: productsOf(shape[1], this.#options), width: shape[1], columns }
  }

  /** [rows, products], float64. */
  protected override apply(where: string, x: MatrixLike, { products, width, columns }: Learned): FeatureMatrix {
    const matrix = fittedMatrix(where, x, width, columns)
    const names = products.map((factors) => nameOf(factors, matrix.columns ?? columns))
    const out = zeroMatrix(matrix.shape[0], names)
    for (let i = 0; i < matrix.shape[0]; i++) {
      const row = rowOf(matrix, i)
      rowOf(out, i).set(products.map((factors) => factors.reduce((product, j) => product * row[j]!, 1)))
    }
    return out
  }

  protected override plain({ width, columns }: Learned): Omit<PolynomialFeaturesJSON, keyof TransformerJSON> {
    return { ...(columns && { columns }), width }
  }

  protected override read(where: string, json: Json): Learned {
    const columns = columnNames(where, json)
    const width = whole(1)(where, 'width', json['width'])
    if (columns !== undefined && columns.length !== width) throw mustBe(where, 'width', 'the number of columns', width)
    return { products: productsOf(width, this.#options), width, columns }
  }
}

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
 * @throws NeuriteError `INVALID_ARGUMENT` also for more than 100,000 products, `UNKNOWN_OPTION`; later `NOT_FITTED`,
 * `SHAPE_MISMATCH`, `NON_FINITE` for infinities and NaN
 * @example
 * ```ts
 * import { FeatureMatrix, polynomialFeatures } from '@neurite/data'
 * const products = polynomialFeatures().fitTransform(FeatureMatrix.from([[2, 3]], ['a', 'b']))
 * products.columns // => ['1', 'a', 'b', 'a^2', 'a b', 'b^2']
 * products.toArray() // => [[1, 2, 3, 4, 6, 9]]
 * ```
 */
export function polynomialFeatures(options: PolynomialFeaturesOptions = {}): PolynomialFeatures {
  return new PolynomialFeatures(options)
}
