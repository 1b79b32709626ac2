import { fold, key, type Key } from '@neurite/core'
import { either, number, or, readOptions, whole } from '@neurite/core/arguments'
import { invalid } from '../check/errors.js'
import type { LabelList, Labels } from '../encode/labels.js'
import { allocate, checkEnough, checkOneOf, membersOf, partOptions, rowsOfAll } from './members.js'
import { firstIntegers, shuffled } from './order.js'

/** Which rows are for training and which for testing: together all, each once. */
export interface SplitIndices {
  readonly trainIndices: Int32Array
  readonly testIndices: Int32Array
}

/** Options of {@link splitIndices}. */
export interface SplitIndicesOptions {
  /** The test part: a share in (0, 1), rounded up, or a number of rows. Default: 0.25. */
  readonly test?: number
  /** Keeps the classes' shares in both parts: one label a row. */
  readonly stratify?: Labels
  /** Keeps rows that belong together on one side: one label a row. `test` then counts groups. Not together with `stratify`. */
  readonly groups?: Labels
  /** Any whole number; 0 is a seed like any other. Default: 0. */
  readonly seed?: number
  /** Default: true. With false the last rows are the test part; of groups the last in order. */
  readonly shuffle?: boolean
}

/** A reader for each option that parts rows in two. */
export const splitOptions = {
  ...partOptions,
  test: /* @__PURE__ */ or(
    0.25,
    /* @__PURE__ */ either(
      'a share in (0, 1) or a whole number >= 1',
      /* @__PURE__ */ number('(0, 1)'),
      /* @__PURE__ */ whole(1),
    ),
  ),
}

/**
 * The rows of `trainTestSplit` alone, for rows that are kept in some other way than in a table or arrays.
 *
 * @param rows - how many there are, at least 2
 * @param options - `test` (default 0.25), `stratify`, `groups`, `seed` (default 0), `shuffle` (default true)
 * @throws NeuriteError `INVALID_ARGUMENT` for parts or classes that are too small, or both `stratify` and `groups`;
 * `SHAPE_MISMATCH` unless there is one label a row, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { splitIndices } from '@neurite/data'
 * splitIndices(4, { test: 0.5, shuffle: false }) // => { trainIndices: [0, 1], testIndices: [2, 3] }
 * splitIndices(4, { test: 2, stratify: ['a', 'b', 'a', 'b'] }).testIndices.length // => 2
 * ```
 */
export function splitIndices(rows: number, options: SplitIndicesOptions = {}): SplitIndices {
  const count = whole(2)('splitIndices', 'rows', rows)
  return partRows('splitIndices', count, readOptions('splitIndices', options, splitOptions))
}

export interface SplitPlan {
  readonly test: number
  readonly stratify: LabelList | undefined
  readonly groups: LabelList | undefined
  readonly seed: number
  readonly shuffle: boolean
}

/** Decides the rows of a split. */
export function partRows(where: string, rows: number, plan: SplitPlan): SplitIndices {
  const { test, stratify, groups, seed, shuffle } = plan
  checkOneOf(where, stratify, groups)
  const random = shuffle ? key(seed) : undefined
  if (stratify !== undefined) {
    if (random !== undefined) return stratified(where, rows, countTest(where, rows, test), stratify, random)
    throw invalid(`${where}: stratify needs shuffle: true.`)
  }
  const units = groups === undefined ? undefined : membersOf(where, 'groups', groups, rows)
  const count = units?.length ?? rows
  const cut = count - countTest(where, count, test, units && 'groups')
  const order = shuffled(firstIntegers(count), random)
  const [trainIndices, testIndices] = [order.slice(0, cut), order.slice(cut)]
  if (units === undefined) return { trainIndices, testIndices }
  return { trainIndices: rowsOfAll(units, trainIndices), testIndices: rowsOfAll(units, testIndices) }
}

/** A share is rounded up, as in scikit-learn, but not for the last bits of a product such as 0.07 * 100. */
function countTest(where: string, rows: number, test: number, unit = 'rows'): number {
  const count = test < 1 ? Math.max(1, Math.ceil(test * rows - 1e-9 * rows)) : test
  if (count < rows) return count
  throw invalid(`${where}: test ${test} of ${rows} ${unit} leaves none for one of both parts.`, { test, rows })
}

function stratified(where: string, rows: number, testCount: number, labels: LabelList, root: Key): SplitIndices {
  const strata = membersOf(where, 'stratify', labels, rows)
  for (const { label, rows: own } of strata) checkEnough(where, own.length, `rows of the class '${label}'`, 2, 'parts')
  checkEnough(where, Math.min(testCount, rows - testCount), 'rows of the smaller part', strata.length, 'classes')
  const counts = allocate(strata, testCount, root)
  const members = strata.map((stratum, i) => shuffled(stratum.rows, fold(fold(root, 'members'), i)))
  const gather = (part: string, take: (member: Int32Array, count: number) => Int32Array): Int32Array => {
    const indices = Int32Array.from(members.flatMap((member, i) => Array.from(take(member, counts[i]!))))
    return shuffled(indices, fold(root, part))
  }
  return {
    trainIndices: gather('train', (member, count) => member.subarray(count)),
    testIndices: gather('test', (member, count) => member.subarray(0, count)),
  }
}
