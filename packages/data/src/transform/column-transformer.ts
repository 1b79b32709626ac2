import { checkOptions } from '@neurite/core'
import { FeatureMatrix, rowOf, zeroMatrix } from '../array/feature-matrix.js'
import { invalid, mustBe } from '../check/errors.js'
import { oneOf, or, readOptions } from '../check/read.js'
import type { Labels } from '../encode/labels.js'
import type { Table } from '../table/table.js'
import { FittedTransformer } from './fitted.js'
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
export class ColumnTransformer extends FittedTransformer<
  'table',
  readonly Part[],
  Omit<ColumnTransformerJSON, keyof TransformerJSON>
> {
  readonly #rest: 'drop' | 'keep'
  readonly #given: readonly Part[]

  constructor(parts: readonly ColumnPart[], options: ColumnTransformerOptions = {}) {
    super('columnTransformer', 'table', {})
    const { rest } = readOptions<Required<ColumnTransformerOptions>>('columnTransformer', options, {
      rest: or('drop', oneOf('drop', 'keep')),
    })
    this.#rest = rest
    this.#given = parts.map(checkPart)
  }

  /** The parts after `fit`, their transformers fitted; with `rest: 'keep'` the last holds the columns that no part named. */
  get parts(): readonly ColumnPart[] {
    return this.state('parts')
  }

  protected override learn(_: string, table: Table): readonly Part[] {
    const named = new Set(this.#given.flatMap(({ columns }) => columns))
    const columns = table.columnNames.filter((name) => !named.has(name) && name !== table.target)
    const parts = [...this.#given]
    if (this.#rest === 'keep' && columns.length > 0) parts.push({ columns, use: 'keep' })
    for (const part of parts) run('fitTransform', part, table)
    return parts
  }

  /** [rows, features], float64: what the parts give, side by side. */
  protected override apply(_: string, table: Table, parts: readonly Part[]): FeatureMatrix {
    const matrices = parts.map((part) => run('transform', part, table))
    return sideBySide(table.numRows, matrices)
  }

  protected override plain(parts: readonly Part[]): Omit<ColumnTransformerJSON, keyof TransformerJSON> {
    return { parts: parts.map(({ columns, use }) => ({ columns, use: use === 'keep' ? use : use.toJSON() })) }
  }

  /** What the parts learned is theirs. */
  protected override read(): readonly Part[] {
    return this.#given
  }
}

function checkPart(part: ColumnPart, i: number): Part {
  const where = `columnTransformer: part ${i}`
  checkOptions(where, part, ['columns', 'use'])
  const { use } = part
  const columns = typeof part.columns === 'string' ? [part.columns] : part.columns
  const isEncoder = use !== 'keep' && use.takes === 'labels'
  if (use !== 'keep' && use.takes !== 'matrix' && !isEncoder) {
    throw mustBe(where, 'use', "a transformer of features, an encoder or 'keep'", use)
  }
  if (columns.length === 1 || (columns.length > 1 && !isEncoder)) return { columns, use }
  const message = `${where} has ${columns.length} columns; an encoder encodes one column, others one or more.`
  throw invalid(message, { columns })
}

function run(method: 'transform' | 'fitTransform', { columns, use }: Part, table: Table): FeatureMatrix {
  if (use === 'keep') return table.toMatrix(columns)
  if (use.takes === 'matrix') return use[method](table.toMatrix(columns))
  const name = columns[0]!
  const { data, shape, columns: categories } = use[method](labelsOf(table, name))
  const own = shape[1] === 1 ? [name] : undefined
  return new FeatureMatrix(data, shape, categories?.map((category) => `${name}=${category}`) ?? own)
}

/** A column without any value has no type, and was made one of numbers; as text, each of its values is the missing one. */
function labelsOf(table: Table, name: string): Labels {
  const column = table.column(name)
  return column instanceof Float64Array && column.every(Number.isNaN) ? Array.from(column, () => '') : column
}

function sideBySide(rows: number, parts: readonly FeatureMatrix[]): FeatureMatrix {
  const names = parts.flatMap(
    ({ columns, shape }, p) => columns ?? Array.from({ length: shape[1] }, (_, j) => `part${p}_${j}`),
  )
  const matrix = zeroMatrix(rows, names)
  let left = 0
  for (const part of parts) {
    for (let i = 0; i < rows; i++) rowOf(matrix, i).set(rowOf(part, i), left)
    left += part.shape[1]
  }
  return matrix
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
