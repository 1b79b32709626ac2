import { columnName, FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { invalid, wrongShape } from '../check/errors.js'
import { anObject, aString, listOf, must, or } from '../check/read.js'
import { finiteMatrix, fittedMatrix } from './checked-matrix.js'
import { FittedTransformer, type Json } from './fitted.js'
import type { TransformerJSON } from './transformer.js'

/** A fitted transformer of columns as plain data. A statistic that is NaN (a column without values) is null, as in any JSON. */
export interface LearnedColumnsJSON extends TransformerJSON {
  /** The names that the fitted matrix had, if it had any. */
  readonly columns?: readonly string[]
  /** Learned arrays, one number a column. */
  readonly state: Readonly<Record<string, readonly (number | null)[]>>
}

/** What is learned from a column, and done with its values. */
export interface ColumnRule {
  /** The numbers' names; each is a property, an array with one number a column. */
  readonly names: readonly string[]
  /** Learns the numbers, in the names' order, from a column's values that are not missing. */
  readonly learn: (values: Float64Array, column: string) => readonly number[]
  /** Whether `learn` could have given these numbers: what comes from a file may be anything. NaN: the column had no values. */
  readonly isPossible: (...learned: readonly number[]) => boolean
  /** What becomes of a value of the column, given the numbers. */
  readonly forward: (...learned: readonly number[]) => (value: number) => number
}

type Plain = Omit<LearnedColumnsJSON, keyof TransformerJSON>

interface Learned {
  readonly columns: readonly string[] | undefined
  /** For each column its numbers, in the names' order. */
  readonly numbers: readonly (readonly number[])[]
}

/**
 * What the transformers of features share: they learn a few numbers from each column alone, and then check that they get
 * the same columns again. NaN stands for a missing value, which `fit` ignores. Infinities are refused.
 */
export class LearnedColumns extends FittedTransformer<'matrix', Learned, Plain> {
  readonly #rule: ColumnRule

  constructor(kind: string, options: object, rule: ColumnRule) {
    super(kind, 'matrix', options)
    this.#rule = rule
    rule.names.forEach((name, k) => {
      Object.defineProperty(this, name, {
        get: () => Object.freeze(this.state(name).numbers.map((column) => column[k])),
      })
    })
  }

  /** The names of the columns it was fitted to, if they had any. */
  get columns(): readonly string[] | undefined {
    return this.state('columns').columns
  }

  protected override learn(where: string, x: MatrixLike): Learned {
    const { data, shape, columns } = finiteMatrix(where, x, Number.isNaN)
    const [rows, width] = shape
    if (rows === 0 || width === 0) throw wrongShape(where, '[rows, columns] with something to learn from', shape)
    const numbers = Array.from({ length: width }, (_, j) => {
      const values = new Float64Array(rows)
      let present = 0
      for (let i = j; i < data.length; i += width) if (!Number.isNaN(data[i])) values[present++] = data[i]!
      return this.#rule.learn(values.subarray(0, present), columnName(columns, j))
    })
    return { columns, numbers }
  }

  protected override apply(where: string, x: MatrixLike, learned: Learned): FeatureMatrix {
    return mapColumns(where, x, learned, this.#rule.forward)
  }

  protected override plain({ columns, numbers }: Learned): Plain {
    const state = this.#rule.names.map((name, k) => [
      name,
      numbers.map((column) => (Number.isNaN(column[k]) ? null : column[k]!)),
    ])
    return { ...(columns && { columns }), state: Object.fromEntries(state) }
  }

  protected override read(where: string, json: Json): Learned {
    const { names, isPossible } = this.#rule
    const state = anObject(where, 'state', json['state'])
    const columns = columnNames(where, json)
    const arrays = names.map((name) => listOf(aFiniteNumberOrNull)(where, `state.${name}`, state[name]))
    const width = arrays[0]!.length
    if (width === 0 || [...arrays, columns ?? arrays[0]!].some(({ length }) => length !== width)) {
      throw invalid(`${where}: the arrays are empty or have different lengths.`)
    }
    const numbers = arrays[0]!.map((_, j) => arrays.map((array) => array[j] ?? NaN))
    const odd = numbers.findIndex((column) => !isPossible(...column))
    if (odd < 0) return { columns, numbers }
    throw invalid(`${where}: no data give the numbers of column ${odd}.`)
  }
}

const aFiniteNumberOrNull = /* @__PURE__ */ must(
  'a finite number or null',
  (value): value is number | null => value === null || Number.isFinite(value),
)

/** The names of the columns, where there are any. */
export function columnNames(where: string, { columns }: Json): readonly string[] | undefined {
  return or(undefined, listOf(aString))(where, 'columns', columns)
}

/** Every value through the function of its column, after the checks of `fit`'s columns. */
export function mapColumns(
  where: string,
  x: MatrixLike,
  { columns, numbers }: Learned,
  functionOf: ColumnRule['forward'],
): FeatureMatrix {
  const matrix = fittedMatrix(where, x, numbers.length, columns, Number.isNaN)
  const functions = numbers.map((column) => functionOf(...column))
  const data = matrix.data.map((value, i) => functions[i % numbers.length]!(value))
  return new FeatureMatrix(data, matrix.shape, matrix.columns ?? columns)
}
