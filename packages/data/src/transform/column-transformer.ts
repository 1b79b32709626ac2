import { checkOptions, NeuriteError } from '@neurite/core'
import { FeatureMatrix } from '../array/feature-matrix.js'
import type { Labels } from '../encode/labels.js'
import { type Table } from '../table/table.js'
import { requireFitted } from './learned-columns.js'
import { choiceOption } from './options.js'
import type { Transformer, TransformerJSON } from './transformer.js'

/** What a part does with its columns: 'keep' takes columns of numbers as they are. */
export type ColumnUse = Transformer | Transformer<'labels'> | 'keep'

/** Some columns of a table, and what is done with them. */
export interface ColumnPart {
  /** One name or several; an encoder encodes one column. */
  readonly columns: string | readonly string[]
  readonly use: ColumnUse
}

/** Options of {@link columnTransformer}. */
export interface ColumnTransformerOptions {
  /** What becomes of columns that no part names: left out, or kept as they are at the end. Default: 'drop'. */
  readonly rest?: 'drop' | 'keep'
}

/** A fitted {@link columnTransformer} as plain data. */
export interface ColumnTransformerJSON extends TransformerJSON {
  readonly parts: readonly { readonly columns: readonly string[]; readonly use: TransformerJSON | 'keep' }[]
}

interface Part {
  readonly columns: readonly string[]
  readonly use: ColumnUse
}

/** See {@link columnTransformer}. */
export class ColumnTransformer implements Transformer<'table'> {
  readonly kind = 'columnTransformer'
  readonly takes = 'table'
  readonly #rest: 'drop' | 'keep'
  readonly #given: readonly Part[]
  #fitted: readonly Part[] | undefined

  constructor(parts: readonly ColumnPart[], options: ColumnTransformerOptions = {}) {
    checkOptions('columnTransformer', options, ['rest'])
    this.#rest = choiceOption('columnTransformer', 'rest', options.rest, ['drop', 'keep'], 'drop')
    this.#given = parts.map(checkPart)
  }

  /** The parts after `fit`, their transformers fitted; with `rest: 'keep'` the last holds the columns that no part named. */
  get parts(): readonly ColumnPart[] {
    return requireFitted(this.kind, 'parts', this.#fitted)
  }

  fit(table: Table): this {
    this.fitTransform(table)
    return this
  }

  /** [rows, features], float64: what the parts give, side by side. */
  transform(table: Table): FeatureMatrix {
    const parts = requireFitted(this.kind, 'transform', this.#fitted)
    return sideBySide(
      table.numRows,
      parts.map((part) => apply('transform', part, table)),
    )
  }

  fitTransform(table: Table): FeatureMatrix {
    const named = new Set(this.#given.flatMap(({ columns }) => columns))
    const rest = table.columnNames.filter((name) => !named.has(name) && name !== table.target)
    const parts: readonly Part[] =
      this.#rest === 'keep' && rest.length > 0 ? [...this.#given, { columns: rest, use: 'keep' }] : this.#given
    const matrix = sideBySide(
      table.numRows,
      parts.map((part) => apply('fitTransform', part, table)),
    )
    this.#fitted = parts
    return matrix
  }

  toJSON(): ColumnTransformerJSON {
    const parts = requireFitted(this.kind, 'toJSON', this.#fitted).map(({ columns, use }) => ({
      columns,
      use: use === 'keep' ? use : use.toJSON(),
    }))
    return { kind: this.kind, options: {}, parts }
  }

  /**
   * Says that the transformers of the parts are fitted.
   *
   * @internal
   */
  restore(): this {
    this.#fitted = this.#given
    return this
  }
}

function checkPart(part: ColumnPart, i: number): Part {
  const where = `columnTransformer: part ${i}`
  checkOptions(where, part, ['columns', 'use'])
  const { use } = part
  const columns = typeof part.columns === 'string' ? [part.columns] : part.columns
  if (columns.length === 0) throw new NeuriteError('INVALID_ARGUMENT', `${where} names no columns.`)
  if (use !== 'keep' && use.takes !== 'matrix' && use.takes !== 'labels') {
    throw new NeuriteError('INVALID_ARGUMENT', `${where}: use must be a transformer of features, an encoder or 'keep'.`)
  }
  if (use !== 'keep' && use.takes === 'labels' && columns.length > 1) {
    const message = `${where}: an encoder encodes one column, got ${columns.join(', ')}; write a part for each.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { columns })
  }
  return { columns, use }
}

function apply(method: 'transform' | 'fitTransform', { columns, use }: Part, table: Table): FeatureMatrix {
  if (use === 'keep') return table.toMatrix(columns)
  if (use.takes === 'matrix') return use[method](table.toMatrix(columns))
  const name = columns[0]!
  const matrix = use[method](labelsOf(table, name))
  const [rows, width] = matrix.shape
  const names =
    width === 1 && matrix.columns === undefined ? [name] : matrix.columns?.map((category) => `${name}=${category}`)
  return new FeatureMatrix(matrix.data, [rows, width], names)
}

/** A column without any value has no type, and was made one of numbers; as text, each of its values is the missing one. */
function labelsOf(table: Table, name: string): Labels {
  const column = table.column(name)
  return column instanceof Float64Array && column.every(Number.isNaN) ? Array.from(column, () => '') : column
}

function sideBySide(rows: number, parts: readonly FeatureMatrix[]): FeatureMatrix {
  const width = parts.reduce((sum, { shape }) => sum + shape[1], 0)
  const data = new Float64Array(rows * width)
  let left = 0
  for (const part of parts) {
    const own = part.shape[1]
    for (let i = 0; i < rows; i++) data.set(part.data.subarray(i * own, (i + 1) * own), i * width + left)
    left += own
  }
  const names = parts.flatMap(
    ({ columns, shape }, p) => columns ?? Array.from({ length: shape[1] }, (_, j) => `part${p}_${j}`),
  )
  return new FeatureMatrix(data, [rows, width], names)
}

/**
 * Turns a table into a matrix: numbers are scaled, text is encoded, each column as its part says. Columns are found by name,
 * so that their order in a table does not matter.
 *
 * @param parts - `{ columns, use }`: names, and a transformer, a pipeline, an encoder (one column) or 'keep'
 * @param options - `rest`: 'drop' (default) or 'keep'
 * @throws NeuriteError `INVALID_ARGUMENT`, `UNKNOWN_OPTION`; later what the transformers throw, and `INVALID_ARGUMENT` for a
 * column that the table lacks or that has the wrong type
 * @example
 * ```ts
 * import { columnTransformer, imputer, minMaxScaler, oneHotEncoder, pipeline, Table } from '@neurite/data'
 * const people = Table.fromRows([
 *   { age: 20, city: 'Seoul' },
 *   { age: null, city: 'Busan' },
 *   { age: 60, city: 'Seoul' },
 * ])
 * const prepare = columnTransformer([
 *   { columns: 'age', use: pipeline([imputer(), minMaxScaler()]) },
 *   { columns: 'city', use: oneHotEncoder({ unknown: 'ignore' }) },
 * ]).fit(people)
 * const x = prepare.transform(people)
 * x.columns // => ['age', 'city=Busan', 'city=Seoul']
 * x.toArray() // => [[0, 0, 1], [0.5, 1, 0], [1, 0, 1]]
 * prepare.transform(Table.fromRows([{ city: 'Jeju', age: 30 }])).toArray() // => [[0.25, 0, 0]]
 * ```
 */
export function columnTransformer(
  parts: readonly ColumnPart[],
  options: ColumnTransformerOptions = {},
): ColumnTransformer {
  return new ColumnTransformer(parts, options)
}
