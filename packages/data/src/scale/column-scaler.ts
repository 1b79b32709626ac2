import { NeuriteError } from '@neurite/core'
import { FeatureMatrix, toMatrix, type MatrixLike } from '../array/feature-matrix.js'
import { checkValues } from './finite.js'
import type { Scaler, ScalerJSON } from './scaler.js'
import { presentValues } from './statistics.js'

/** What a scaler learned: arrays by name, one number a column. */
export type State<Name extends string> = Readonly<Record<Name, readonly number[]>>

/** A scaling by column: `(x - shift) / divisor * gain + offset`. */
export interface Scaling {
  readonly shift: readonly number[]
  readonly divisor: readonly number[]
  readonly gain: number
  readonly offset: number
}

interface Fitted<Name extends string> {
  readonly state: State<Name>
  readonly columns: readonly string[] | undefined
}

/**
 * What the scalers share: each column is shifted and stretched by numbers that `fit` learned from that column alone.
 * NaN stands for a missing value: `fit` ignores it, `transform` keeps it. Infinities are refused.
 */
export abstract class ColumnScaler<Name extends string> implements Scaler {
  abstract readonly kind: string
  #fitted: Fitted<Name> | undefined

  /** The options, as plain data. */
  protected abstract readonly options: Readonly<Record<string, unknown>>
  /** The names of the learned arrays. */
  protected abstract readonly stateNames: readonly Name[]
  /** Learns one column from its values that are not missing. */
  protected abstract learn(values: Float64Array): Readonly<Record<Name, number>>
  protected abstract scaling(state: State<Name>): Scaling
  /** The last word on a scaled value. */
  protected finish?(value: number): number

  /** The names of the columns it was fitted to, if they had any. */
  get columns(): readonly string[] | undefined {
    return this.#require('columns').columns
  }

  fit(x: MatrixLike): this {
    const where = `${this.kind}.fit`
    const matrix = toMatrix(where, x)
    const [rows, width] = matrix.shape
    if (rows === 0 || width === 0) {
      throw new NeuriteError('SHAPE_MISMATCH', `${where}: there is nothing to learn from, the shape is [${rows}, ${width}].`, { shape: matrix.shape })
    }
    checkValues(where, matrix, { allowNaN: true })
    const learned = presentValues(matrix.data, width).map((values) => this.learn(values))
    this.#fitted = { state: collect(this.stateNames, (name) => learned.map((column) => column[name])), columns: matrix.columns }
    return this
  }

  transform(x: MatrixLike): FeatureMatrix {
    const [{ state, columns }, matrix] = this.#check('transform', x)
    const { shift, divisor, gain, offset } = this.scaling(state)
    const width = matrix.shape[1]
    const out = matrix.data.map((value, i) => ((value - shift[i % width]!) / divisor[i % width]!) * gain + offset)
    if (this.finish !== undefined) for (let i = 0; i < out.length; i++) out[i] = this.finish(out[i]!)
    return new FeatureMatrix(out, matrix.shape, matrix.columns ?? columns)
  }

  inverseTransform(x: MatrixLike): FeatureMatrix {
    const [{ state, columns }, matrix] = this.#check('inverseTransform', x)
    const { shift, divisor, gain, offset } = this.scaling(state)
    const width = matrix.shape[1]
    const out = matrix.data.map((value, i) => ((value - offset) / gain) * divisor[i % width]! + shift[i % width]!)
    return new FeatureMatrix(out, matrix.shape, matrix.columns ?? columns)
  }

  fitTransform(x: MatrixLike): FeatureMatrix {
    return this.fit(x).transform(x)
  }

  toJSON(): ScalerJSON {
    const { state, columns } = this.#require('toJSON')
    const plain = collect(this.stateNames, (name) => state[name].map((value) => (Number.isNaN(value) ? null : value)))
    return { kind: this.kind, options: this.options, ...(columns && { columns }), state: plain }
  }

  /**
   * Takes over what another scaler of this kind learned.
   *
   * @throws NeuriteError `INVALID_ARGUMENT` unless every learned array is there, all of one length
   * @internal
   */
  restore(json: Pick<ScalerJSON, 'state' | 'columns'>): this {
    const state = collect(this.stateNames, (name) => {
      const values = Object.hasOwn(json.state, name) ? json.state[name] : undefined
      if (values === undefined) throw new NeuriteError('INVALID_ARGUMENT', `scalerFromJSON: state.${name} of the ${this.kind} is missing.`)
      return values.map((value) => value ?? NaN)
    })
    const widths = new Set([...this.stateNames.map((name) => state[name].length), ...(json.columns ? [json.columns.length] : [])])
    if (widths.size !== 1) throw new NeuriteError('INVALID_ARGUMENT', `scalerFromJSON: the arrays of the ${this.kind} have different lengths.`)
    this.#fitted = { state, columns: json.columns }
    return this
  }

  /** A learned array. */
  protected learned(name: Name): readonly number[] {
    return this.#require(name).state[name]
  }

  #require(what: string): Fitted<Name> {
    if (this.#fitted !== undefined) return this.#fitted
    throw new NeuriteError('NOT_FITTED', `${this.kind}: ${what} needs what fit learns; call fit(x) first.`)
  }

  #check(method: string, x: MatrixLike): [Fitted<Name>, FeatureMatrix] {
    const where = `${this.kind}.${method}`
    const fitted = this.#require(method)
    const matrix = toMatrix(where, x)
    const width = fitted.state[this.stateNames[0]!].length
    if (matrix.shape[1] !== width) {
      const message = `${where}: the matrix has ${matrix.shape[1]} columns, it was fitted to ${width}.`
      throw new NeuriteError('SHAPE_MISMATCH', message, { shape: matrix.shape, columns: width })
    }
    checkNames(where, fitted.columns, matrix.columns)
    checkValues(where, matrix, { allowNaN: true })
    return [fitted, matrix]
  }
}

/** Scaling the columns in another order than the one learned gives numbers that look right and are not. */
function checkNames(where: string, fitted: readonly string[] | undefined, given: readonly string[] | undefined): void {
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
  return Object.fromEntries(names.map((name) => [name, Object.freeze(valuesOf(name))])) as Record<Name, readonly Value[]>
}
