import { aString, listOf, must, mustBe, oneOf, or, readOptions, type Reader } from '@neurite/core/arguments'
import { rowOf, toMatrix, zeroMatrix, type FeatureMatrix } from '../array/feature-matrix.js'
import { isTable } from '../table/columns.js'
import { Table } from '../table/table.js'
import { describe, fitted, type Plan } from './define.js'
import { aFeatureMaker, type FittedFeatures } from './pipeline.js'
import type { FittedTransformer, Transformer } from './transformer.js'

/** What a part does with its columns: 'keep' takes columns of numbers as they are. */
export type ColumnUse = Transformer<FittedFeatures> | 'keep'

/** Some columns of a table, and what is done with them. */
export interface ColumnPart {
  /** One name or several. */
  readonly columns: string | readonly string[]
  readonly use: ColumnUse
}

/** Options of {@link columnTransformer}. */
export interface ColumnTransformerOptions {
  /** What becomes of columns that no part names: left out, or kept as they are at the end. Default: 'drop'. */
  readonly rest?: 'drop' | 'keep'
}

/** Some columns of a table, and what was learned of them. */
export interface FittedPart {
  readonly columns: readonly string[]
  readonly use: FittedFeatures | 'keep'
}

/** A fitted {@link columnTransformer}. */
export interface ColumnTransformer extends FittedTransformer<'table'> {
  readonly kind: 'columnTransformer'
  readonly options: Required<ColumnTransformerOptions>
  /** The fitted parts; with `rest: 'keep'` the last holds the columns that no part named. */
  readonly parts: readonly FittedPart[]
}

/**
 * Turns a table into a matrix: numbers are scaled, text is encoded, each column as its part says. Columns are found by name,
 * so that their order in a table does not matter.
 *
 * @param parts - `{ columns, use }`: names, and a transformer, a pipeline, an encoder or 'keep'
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
): Transformer<ColumnTransformer> {
  const given = listOf(aPart)('columnTransformer', 'parts', parts)
  const plan = planOf(options)
  return describe({
    ...plan,
    learn: (where, x) => {
      const table = aTable(where, 'x', x)
      const named = new Set(given.flatMap(({ columns }) => columns))
      const rest = table.featureNames.filter((name) => !named.has(name))
      const all =
        plan.options.rest === 'keep' && rest.length > 0 ? [...given, { columns: rest, use: 'keep' as const }] : given
      return {
        parts: all.map(({ columns, use }) => {
          const part = partOf(table, columns)
          if (use === 'keep') part.toMatrix()
          return Object.freeze({ columns: Object.freeze([...columns]), use: use === 'keep' ? use : use.fit(part) })
        }),
      }
    },
  })
}

/** A fitted columnTransformer of fitted parts. */
export function fittedColumns(parts: readonly FittedPart[], options: ColumnTransformerOptions): ColumnTransformer {
  return fitted(planOf(options), { parts })
}

function planOf(options: ColumnTransformerOptions): Omit<Plan<ColumnTransformer>, 'learn'> {
  return {
    kind: 'columnTransformer',
    takes: 'table',
    options: Object.freeze(readOptions('columnTransformer', options, { rest: or('drop', oneOf('drop', 'keep')) })),
    use: ({ parts }) => ({
      transform: (x) => {
        const where = 'columnTransformer.transform'
        const table = aTable(where, 'x', x)
        const matrices = parts.map(({ columns, use }) => {
          const part = partOf(table, columns)
          return toMatrix(where, use === 'keep' ? part : use.transform(part))
        })
        return sideBySide(table.numRows, matrices)
      },
    }),
  }
}

/** The names of a part's columns, at least one. */
export const someColumns: Reader<readonly string[]> = (where, name, value) => {
  const columns = listOf(aString)(where, name, typeof value === 'string' ? [value] : value)
  if (columns.length > 0) return columns
  throw mustBe(where, name, 'one name or several', value)
}

const aUse: Reader<ColumnUse> = (where, name, value) => (value === 'keep' ? value : aFeatureMaker(where, name, value))

const aPart: Reader<ColumnPart & { readonly columns: readonly string[] }> = (where, name, value) =>
  readOptions(`${where}: ${name}`, value as ColumnPart, { columns: someColumns, use: aUse })

const aTable: Reader<Table> = /* @__PURE__ */ must('a Table', isTable)

/** Only these columns; whichever was to be predicted, here each is a feature. */
function partOf(table: Table, columns: readonly string[]): Table {
  return new Table(new Map(columns.map((name) => [name, table.column(name)])))
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
