import { checkArgument, checkOptions, NeuriteError } from '@neurite/core'
import { FeatureMatrix, toMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { checkValues } from '../transform/finite.js'
import { checkColumns, requireFitted } from '../transform/learned-columns.js'
import { booleanOption } from '../transform/options.js'
import type { Transformer, TransformerJSON } from '../transform/transformer.js'

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

/** See {@link polynomialFeatures}. */
export class PolynomialFeatures implements Transformer {
  readonly kind = 'polynomialFeatures'
  readonly takes = 'matrix'
  readonly #options: Required<PolynomialFeaturesOptions>
  #fitted:
    | {
        readonly products: readonly (readonly number[])[]
        readonly width: number
        readonly columns: readonly string[] | undefined
      }
    | undefined

  constructor(options: PolynomialFeaturesOptions = {}) {
    checkOptions('polynomialFeatures', options, ['degree', 'interactionOnly', 'includeBias'])
    const { degree = 2 } = options
    checkArgument(
      Number.isInteger(degree) && degree >= 1 && degree <= 16,
      () => `polynomialFeatures: degree must be a whole number from 1 to 16, got ${String(degree)}.`,
      { degree },
    )
    this.#options = {
      degree,
      interactionOnly: booleanOption('polynomialFeatures', 'interactionOnly', options.interactionOnly, false),
      includeBias: booleanOption('polynomialFeatures', 'includeBias', options.includeBias, true),
    }
  }

  /** For each output the input columns that it multiplies: [0, 0, 2] is the square of the first times the third. */
  get products(): readonly (readonly number[])[] {
    return requireFitted(this.kind, 'products', this.#fitted).products
  }

  /** Learns how many columns there are. */
  fit(x: MatrixLike): this {
    const matrix = toMatrix('polynomialFeatures.fit', x)
    checkValues('polynomialFeatures.fit', matrix, { allowNaN: false })
    return this.restore({ width: matrix.shape[1], ...(matrix.columns && { columns: matrix.columns }) })
  }

  /** [rows, products], float64. */
  transform(x: MatrixLike): FeatureMatrix {
    const where = 'polynomialFeatures.transform'
    const { products, width, columns } = requireFitted(this.kind, 'transform', this.#fitted)
    const matrix = toMatrix(where, x)
    checkColumns(where, matrix, width, columns)
    checkValues(where, matrix, { allowNaN: false })
    const rows = matrix.shape[0]
    const data = new Float64Array(rows * products.length)
    for (let i = 0; i < rows; i++) {
      const row = matrix.data.subarray(i * width, (i + 1) * width)
      products.forEach((factors, k) => {
        let product = 1
        for (const j of factors) product *= row[j]!
        data[i * products.length + k] = product
      })
    }
    return new FeatureMatrix(
      data,
      [rows, products.length],
      products.map((factors) => nameOf(factors, matrix.columns ?? columns)),
    )
  }

  fitTransform(x: MatrixLike): FeatureMatrix {
    return this.fit(x).transform(x)
  }

  toJSON(): PolynomialFeaturesJSON {
    const { width, columns } = requireFitted(this.kind, 'toJSON', this.#fitted)
    return { kind: this.kind, options: { ...this.#options }, ...(columns && { columns }), width }
  }

  /**
   * Takes over what another one learned.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` for too many products
   * @internal
   */
  restore({ width, columns }: Pick<PolynomialFeaturesJSON, 'width' | 'columns'>): this {
    this.#fitted = { products: productsOf(width, this.#options), width, columns }
    return this
  }
}

/** By degree, and within one degree in the order of the columns: as scikit-learn. */
function productsOf(
  width: number,
  { degree, interactionOnly, includeBias }: Required<PolynomialFeaturesOptions>,
): number[][] {
  const products: number[][] = includeBias ? [[]] : []
  let last: number[][] = [[]]
  for (let d = 1; d <= degree && last.length > 0; d++) {
    const next: number[][] = []
    for (const factors of last) {
      const previous = factors.at(-1)
      const from = previous === undefined ? 0 : previous + (interactionOnly ? 1 : 0)
      if (products.length + next.length + width - from > MOST_FEATURES) {
        const message = `polynomialFeatures: degree ${degree} of ${width} columns makes more than ${MOST_FEATURES} features; use a lower degree, or fewer columns.`
        throw new NeuriteError('INVALID_ARGUMENT', message, { degree, width })
      }
      for (let j = from; j < width; j++) next.push([...factors, j])
    }
    products.push(...next)
    last = next
  }
  return products
}

function nameOf(factors: readonly number[], columns: readonly string[] | undefined): string {
  const powers = new Map<number, number>()
  for (const j of factors) powers.set(j, (powers.get(j) ?? 0) + 1)
  const names = [...powers].map(([j, power]) => `${columns?.[j] ?? `x${j}`}${power > 1 ? `^${power}` : ''}`)
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
