import { aString, mustBe, optional, readOptions, type Reader } from '@neurite/core/arguments'
import { readArrays, takeRowsOfAll, type Arrays, type RowsOf } from '../array/take-rows.js'
import { missing } from '../check/errors.js'
import { aLabelList, toLabels, type LabelList, type Labels } from '../encode/labels.js'
import { isTable } from '../table/columns.js'
import type { Table } from '../table/table.js'
import { partRows, splitOptions, type SplitIndices } from './split-indices.js'

/** Options of {@link trainTestSplit}. */
export interface SplitOptions {
  /** The test part: a share in (0, 1), rounded up, or a number of rows. Default: 0.25. */
  readonly test?: number
  /**
   * Keeps the classes' shares in both parts: the name of a column (of an array, for arrays) or one label a row. For a
   * table, a column named here is also the target unless `target` says otherwise.
   */
  readonly stratify?: string | Labels
  /**
   * Keeps rows that belong together on one side, such as all pictures of one person: the name of a column (of an array, for
   * arrays) or one label a row. `test` then counts groups. Not together with `stratify`.
   */
  readonly groups?: string | Labels
  /** Any whole number; 0 is a seed like any other. Default: 0. */
  readonly seed?: number
  /** Default: true. With false the last rows are the test part, as time series want it; of groups the last in order. */
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

const aNameOrLabels: Reader<string | LabelList> = (where, name, value) =>
  typeof value === 'string' ? value : aLabelList(where, name, value)

const noTarget: Reader<never> = (where, name, value) => {
  throw mustBe(where, name, 'left out: arrays have no columns', value)
}

/**
 * Parts rows at random into those to train with and those to test with. Rows are shuffled first; the same seed gives the
 * same parts everywhere. The indices of the rows are part of the result.
 *
 * With `stratify` each part has the classes in proportion, rounded by the largest remainder, as in scikit-learn; each class
 * needs two rows, and each part as many rows as there are classes.
 *
 * With `groups` no group has rows in both parts, as with scikit-learn's GroupShuffleSplit: groups are drawn, not rows, and
 * the rows of a part stay in their order.
 *
 * @param data - a table, or arrays with equal numbers of rows such as `{ x, y }`
 * @param options - `test` (default 0.25), `stratify`, `groups`, `target` (tables), `seed` (default 0), `shuffle` (default
 * true; false: the last rows are the test part)
 * @throws NeuriteError `INVALID_ARGUMENT` for parts or classes that are too small, or both `stratify` and `groups`;
 * `SHAPE_MISMATCH` for unequal numbers of rows, `UNKNOWN_OPTION`
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
 * trainTestSplit({ x: [[1, 2], [3, 4]], y: [0, 1] }, { test: 1, shuffle: false }).test.x // => { shape: [1, 2], data: [3, 4] }
 * trainTestSplit({ x }, { groups: ['ann', 'ann', 'bob', 'cyd'], test: 1, shuffle: false }).testIndices // => [3]
 * ```
 */
export function trainTestSplit(data: Table, options?: TableSplitOptions): TableSplit
export function trainTestSplit<T extends Arrays>(data: T, options?: SplitOptions): ArraysSplit<T>
export function trainTestSplit(
  data: Table | Arrays,
  options: TableSplitOptions = {},
): TableSplit | ArraysSplit<Arrays> {
  const { target, stratify, groups, ...plan } = readOptions(WHERE, options, {
    ...splitOptions,
    stratify: optional(aNameOrLabels),
    groups: optional(aNameOrLabels),
    target: optional(isTable(data) ? aString : noTarget),
  })
  const { arrays, rows } = isTable(data) ? { arrays: undefined, rows: data.numRows } : readArrays(WHERE, data)
  const labels = (given: string | LabelList | undefined): LabelList | undefined => {
    if (typeof given !== 'string') return given
    if (isTable(data)) return toLabels(`${WHERE}: '${given}'`, data.column(given))
    if (Object.hasOwn(data, given)) return toLabels(`${WHERE}: '${given}'`, data[given]!)
    throw missing(WHERE, 'array', given, Object.keys(data))
  }
  const indices = partRows(WHERE, rows, { ...plan, stratify: labels(stratify), groups: labels(groups) })
  const { trainIndices, testIndices } = indices
  if (!isTable(data)) {
    return { train: takeRowsOfAll(arrays!, trainIndices), test: takeRowsOfAll(arrays!, testIndices), ...indices }
  }
  const predicted = target ?? data.target ?? (typeof stratify === 'string' ? stratify : undefined)
  const parts = predicted === undefined ? data : data.withTarget(predicted)
  return { train: parts.rows(trainIndices), test: parts.rows(testIndices), ...indices }
}
