import { checkOptions, NeuriteError } from '@neurite/core'
import { commonRows, takeRowsOfAll, type Arrays, type RowsOf } from '../array/take-rows.js'
import type { Labels } from '../encode/labels.js'
import { Table } from '../table/table.js'
import { splitIndices, type SplitIndices } from './split-indices.js'

/** Options of {@link trainTestSplit}. */
export interface SplitOptions {
  /** The test part: a share in (0, 1), rounded up, or a number of rows. Default: 0.25. */
  readonly test?: number
  /**
   * Keeps the classes' shares in both parts: the name of a column (of an array, for arrays) or one label a row. For a
   * table, a column named here is also the target unless `target` says otherwise.
   */
  readonly stratify?: string | Labels
  /** Any whole number; 0 is a seed like any other. Default: 0. */
  readonly seed?: number
  /** Default: true. With false the last rows are the test part. */
  readonly shuffle?: boolean
}

/** Options of {@link trainTestSplit} for a table. */
export interface TableSplitOptions extends SplitOptions {
  /** The column to be predicted: `features` of both parts leave it out. */
  readonly target?: string
}

/** Two parts of a table, with the rows that each was made from. */
export interface TableSplit extends SplitIndices {
  readonly train: Table
  readonly test: Table
}

/** Two parts of arrays, with the rows that each was made from. */
export interface ArraysSplit<T extends Arrays> extends SplitIndices {
  readonly train: RowsOf<T>
  readonly test: RowsOf<T>
}

const WHERE = 'trainTestSplit'
const OPTIONS = ['test', 'stratify', 'seed', 'shuffle']

/**
 * Parts rows at random into those to train with and those to test with. Rows are shuffled first; the same seed gives the
 * same parts everywhere. The indices of the rows are part of the result.
 *
 * With `stratify` each part has the classes in proportion, rounded by the largest remainder, as in scikit-learn; each class
 * needs two rows, and each part as many rows as there are classes.
 *
 * @param data - a table, or arrays with equal numbers of rows such as `{ x, y }`
 * @param options - `test` (default 0.25), `stratify`, `target` (tables), `seed` (default 0), `shuffle` (default true)
 * @throws NeuriteError `INVALID_ARGUMENT` for parts or classes that are too small, `SHAPE_MISMATCH` for unequal numbers of
 * rows, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { Table, trainTestSplit } from '@neurite/data'
 * const table = Table.fromColumns({
 *   length: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
 *   kind: ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'],
 * })
 * const split = trainTestSplit(table, { test: 0.5, stratify: 'kind', seed: 7 })
 * split.train.features.shape // => [5, 1]
 * split.test.column('kind').filter((kind) => kind === 'b').length // => 2
 * ```
 * @example
 * ```ts
 * import { trainTestSplit } from '@neurite/data'
 * const x = { shape: [4, 1], data: Float64Array.of(1, 2, 3, 4) }
 * const y = { shape: [4], data: Int32Array.of(0, 0, 1, 1) }
 * const { train, test } = trainTestSplit({ x, y }, { test: 2, stratify: 'y' })
 * train.x.shape // => [2, 1]
 * test.y.shape // => [2]
 * ```
 */
export function trainTestSplit(data: Table, options?: TableSplitOptions): TableSplit
export function trainTestSplit<T extends Arrays>(data: T, options?: SplitOptions): ArraysSplit<T>
export function trainTestSplit(
  data: Table | Arrays,
  options: TableSplitOptions = {},
): TableSplit | ArraysSplit<Arrays> {
  return data instanceof Table ? splitTable(data, options) : splitArrays(data, options)
}

function splitTable(table: Table, options: TableSplitOptions): TableSplit {
  checkOptions(WHERE, options, [...OPTIONS, 'target'])
  const { stratify } = options
  const named = typeof stratify === 'string' ? stratify : undefined
  const target = options.target ?? table.target ?? named
  const labels = typeof stratify === 'string' ? table.column(stratify) : stratify
  const indices = splitIndices(WHERE, table.numRows, plan(options, labels))
  const whole = target === undefined ? table : table.withTarget(target)
  return { train: whole.rows(indices.trainIndices), test: whole.rows(indices.testIndices), ...indices }
}

function splitArrays<T extends Arrays>(arrays: T, options: SplitOptions): ArraysSplit<T> {
  checkOptions(WHERE, options, OPTIONS)
  const rows = commonRows(WHERE, arrays)
  const { stratify } = options
  const indices = splitIndices(
    WHERE,
    rows,
    plan(options, typeof stratify === 'string' ? arrayNamed(arrays, stratify) : stratify),
  )
  return {
    train: takeRowsOfAll(arrays, indices.trainIndices),
    test: takeRowsOfAll(arrays, indices.testIndices),
    ...indices,
  }
}

function plan(
  { test = 0.25, seed = 0, shuffle = true }: SplitOptions,
  stratify: Labels | undefined,
): Parameters<typeof splitIndices>[2] {
  return { test, seed, shuffle, stratify }
}

function arrayNamed(arrays: Arrays, name: string): Labels {
  const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined
  if (array !== undefined) return array
  const names = Object.keys(arrays)
  const message = `${WHERE}: stratify names '${name}', the arrays are ${names.join(', ')}.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { stratify: name, names })
}
