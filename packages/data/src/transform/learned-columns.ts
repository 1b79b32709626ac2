import { NeuriteError } from '@neurite/core'
import { toMatrix, type FeatureMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { checkValues } from './finite.js'
import { presentValues } from './statistics.js'
import type { Transformer, TransformerJSON } from './transformer.js'

/** What was learned: arrays by name, one number a column. */
export type State<Name extends string> = Readonly<Record<Name, readonly number[]>>

/** A fitted transformer of columns as plain data. A statistic that is NaN (a column without values) is null, as in any JSON. */
export interface LearnedColumnsJSON extends TransformerJSON {
  /** The names that the fitted matrix had, if it had any. */
  readonly columns?: readonly string[]
  /** Learned arrays, one number a column. */
  readonly state: Readonly<Record<string, readonly (number | null)[]>>
}

interface Fitted<Name extends string> {
  readonly state: State<Name>
  readonly columns: readonly string[] | undefined
}

/**
 * What the transformers of features share: they learn a few numbers from each column alone, and then check that they get
 * the same columns again. NaN stands for a missing value, which `fit` ignores. Infinities are refused.
 */
export abstract class LearnedColumns<Name extends string> implements Transformer {
  abstract readonly kind: string
  readonly takes = 'matrix'
  #fitted: Fitted<Name> | undefined

  /** The options, as plain data. */
  protected abstract readonly options: Readonly<Record<string, unknown>>
  /** The names of the learned arrays. */
  protected abstract readonly stateNames: readonly Name[]
  /** Learns one column from its values that are not missing. */
  protected abstract learn(values: Float64Array, column: string): Readonly<Record<Name, number>>
  /** Whether `learn` could have given these numbers: what comes from a file may be anything. NaN: the column had no values. */
  protected abstract isPossible(learned: Readonly<Record<Name, number>>): boolean
  abstract transform(x: MatrixLike): FeatureMatrix

  /** The names of the columns it was fitted to, if they had any. */
  get columns(): readonly string[] | undefined {
    return this.#require('columns').columns
  }

  fit(x: MatrixLike): this {
    const where = `${this.kind}.fit`
    const matrix = toMatrix(where, x)
    const [rows, width] = matrix.shape
    if (rows === 0 || width === 0) {
      const message = `${where}: there is nothing to learn from, the shape is [${rows}, ${width}].`
      throw new NeuriteError('SHAPE_MISMATCH', message, { shape: matrix.shape })
    }
    checkValues(where, matrix, { allowNaN: true })
    const { columns } = matrix
    const learned = presentValues(matrix.data, width).map((values, j) =>
      this.learn(values, columns === undefined ? `column ${j}` : `column '${columns[j]}'`),
    )
    this.#fitted = { state: collect(this.stateNames, (name) => learned.map((column) => column[name])), columns }
    return this
  }

  fitTransform(x: MatrixLike): FeatureMatrix {
    return this.fit(x).transform(x)
  }

  toJSON(): LearnedColumnsJSON {
    const { state, columns } = this.#require('toJSON')
    const plain = collect(this.stateNames, (name) => state[name].map((value) => (Number.isNaN(value) ? null : value)))
    return { kind: this.kind, options: this.options, ...(columns && { columns }), state: plain }
  }

  /**
   * Takes over what another transformer of this kind learned.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` unless every learned array is there, all of one length, with possible numbers
   * @internal
   */
  restore({ state, columns }: Pick<LearnedColumnsJSON, 'state' | 'columns'>): this {
    const learned = collect(this.stateNames, (name) => {
      const values = Object.hasOwn(state, name) ? state[name] : undefined
      if (values === undefined) throw this.#broken(`state.${name} is missing`)
      return values.map((value) => value ?? NaN)
    })
    const widths = new Set(this.stateNames.map((name) => learned[name].length))
    if (columns !== undefined) widths.add(columns.length)
    const [width = 0] = widths
    if (widths.size !== 1 || width === 0) throw this.#broken('the arrays are empty or have different lengths')
    for (let j = 0; j < width; j++) {
      // fromEntries forgets which names there are.
      const column = Object.fromEntries(this.stateNames.map((name) => [name, learned[name][j]])) as Record<Name, number>
      if (!this.isPossible(column)) throw this.#broken(`no data give the numbers of column ${j}`)
    }
    this.#fitted = { state: learned, columns }
    return this
  }

  /** A learned array. */
  protected learned(name: Name): readonly number[] {
    return this.#require(name).state[name]
  }

  /**
   * `x` as a matrix, after the checks of `fit`'s columns.
   *
   * @throws NeuriteError `NOT_FITTED`, `SHAPE_MISMATCH`, `INVALID_ARGUMENT` for other names, `NON_FINITE` for infinities
   */
  protected check(method: string, x: MatrixLike): { readonly matrix: FeatureMatrix } & Fitted<Name> {
    const where = `${this.kind}.${method}`
    const { state, columns } = this.#require(method)
    const matrix = toMatrix(where, x)
    checkColumns(where, matrix, state[this.stateNames[0]!].length, columns)
    checkValues(where, matrix, { allowNaN: true })
    return { matrix, state, columns: matrix.columns ?? columns }
  }

  #require(what: string): Fitted<Name> {
    return requireFitted(this.kind, what, this.#fitted)
  }

  #broken(problem: string): NeuriteError {
    return new NeuriteError('INVALID_ARGUMENT', `transformerFromJSON: ${this.kind}: ${problem}.`, { kind: this.kind })
  }
}

/** @throws NeuriteError `NOT_FITTED` */
export function requireFitted<T>(kind: string, what: string, fitted: T | undefined): T {
  if (fitted !== undefined) return fitted
  throw new NeuriteError('NOT_FITTED', `${kind}: ${what} needs what fit learns; call fit(x) first.`)
}

/** Other columns, or the same in another order than the one learned, give numbers that look right and are not. */
export function checkColumns(
  where: string,
  { shape, columns: given }: FeatureMatrix,
  width: number,
  fitted: readonly string[] | undefined,
): void {
  if (shape[1] !== width) {
    const message = `${where}: the matrix has ${shape[1]} columns, it was fitted to ${width}.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { shape, columns: width })
  }
  const odd = fitted === undefined || given === undefined ? -1 : given.findIndex((name, j) => name !== fitted[j])
  if (odd < 0) return
  const message = `${where}: column ${odd} is '${given?.[odd]}', it was fitted to '${fitted?.[odd]}' there; pass the same columns in the same order.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { fitted, given })
}

function collect<Name extends string, Value>(
  names: readonly Name[],
  valuesOf: (name: Name) => readonly Value[],
): Readonly<Record<Name, readonly Value[]>> {
  // fromEntries forgets which names there are.
  return Object.fromEntries(names.map((name) => [name, Object.freeze(valuesOf(name))])) as Record<
    Name,
    readonly Value[]
  >
}
