import { fold, key, type Key } from '@neurite/core'
import { or, readOptions, whole } from '@neurite/core/arguments'
import type { LabelList, Labels } from '../encode/labels.js'
import { checkEnough, checkOneOf, membersOf, partOptions } from './members.js'
import { firstIntegers, shuffled } from './order.js'
import type { SplitIndices } from './split-indices.js'

/** Options of {@link kFold}. */
export interface KFoldOptions {
  /** Default: 5. */
  readonly folds?: number
  /** One label a row: every fold then has the classes in proportion. */
  readonly stratify?: Labels
  /** One label a row: rows of one label are then in one fold, such as all pictures of one person. Not with `stratify`. */
  readonly groups?: Labels
  /** Any whole number. Default: 0. */
  readonly seed?: number
  /** Default: true. */
  readonly shuffle?: boolean
}

/**
 * Splits rows into folds: each fold is the test part once, the others train. Sizes differ by one row at most; with
 * `stratify` so do the numbers of each class. With `groups` no group is in two folds, as in scikit-learn's GroupKFold, and
 * sizes are as near as the groups' sizes allow. For rows in the order of time see {@link timeSeriesSplit}.
 *
 * @param rows - how many rows there are
 * @param options - `folds` (default 5), `stratify`, `groups`, `seed` (default 0), `shuffle` (default true)
 * @returns for each fold the indices of its rows and of all others, both ascending
 * @throws NeuriteError `INVALID_ARGUMENT` for fewer rows (rows of a class, groups) than folds, or both `stratify` and
 * `groups`; `SHAPE_MISMATCH` unless there is one label a row, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { kFold } from '@neurite/data'
 * const folds = kFold(6, { folds: 3, shuffle: false })
 * folds.map(({ testIndices }) => testIndices) // => [[0, 1], [2, 3], [4, 5]]
 * folds[0]?.trainIndices // => [2, 3, 4, 5]
 * const people = kFold(5, { folds: 2, groups: ['ann', 'bob', 'ann', 'bob', 'ann'], shuffle: false })
 * people.map(({ testIndices }) => testIndices) // => [[0, 2, 4], [1, 3]]
 * ```
 */
export function kFold(rows: number, options: KFoldOptions = {}): SplitIndices[] {
  const { folds, stratify, groups, seed, shuffle } = readOptions('kFold', options, {
    ...partOptions,
    folds: or(5, whole(2)),
  })
  whole(1)('kFold', 'rows', rows)
  checkEnough('kFold', rows, 'rows', folds, 'folds')
  checkOneOf('kFold', stratify, groups)
  const foldOf = new Int32Array(rows)
  const random = shuffle ? key(seed) : undefined
  if (stratify !== undefined) dealClasses(foldOf, folds, stratify, random)
  else if (groups !== undefined) dealGroups(foldOf, folds, groups, random)
  else dealRows(foldOf, folds, random)
  const all = firstIntegers(rows)
  return Array.from({ length: folds }, (_, k) => ({
    trainIndices: all.filter((i) => foldOf[i] !== k),
    testIndices: all.filter((i) => foldOf[i] === k),
  }))
}

/** Runs of rows (shuffled first), the first folds one longer. */
function dealRows(foldOf: Int32Array, folds: number, random: Key | undefined): void {
  const rows = foldOf.length
  const order = shuffled(firstIntegers(rows), random)
  let end = 0
  for (let k = 0; k < folds; k++) {
    const start = end
    end += Math.floor(rows / folds) + (k < rows % folds ? 1 : 0)
    for (const row of order.subarray(start, end)) foldOf[row] = k
  }
}

/**
 * Rows sorted by class are dealt out in turn, as cards, which gives every fold its share of each class and of all
 * (scikit-learn's allocation); which row of a class goes where is then up to the key.
 */
function dealClasses(foldOf: Int32Array, folds: number, labels: LabelList, random: Key | undefined): void {
  let dealt = 0
  for (const [c, { label, rows }] of membersOf('kFold', 'stratify', labels, foldOf.length).entries()) {
    checkEnough('kFold', rows.length, `rows of the class '${label}'`, folds, 'folds')
    for (const row of shuffled(rows, random && fold(random, c))) foldOf[row] = dealt++ % folds
  }
}

/**
 * Each group goes to the fold that has the fewest rows so far: the largest first, as in scikit-learn's GroupKFold, or in an
 * order of the key's.
 */
function dealGroups(foldOf: Int32Array, folds: number, labels: LabelList, random: Key | undefined): void {
  const groups = membersOf('kFold', 'groups', labels, foldOf.length)
  checkEnough('kFold', groups.length, 'groups', folds, 'folds')
  const order = firstIntegers(groups.length)
  if (random === undefined) order.sort((a, b) => groups[b]!.rows.length - groups[a]!.rows.length || b - a)
  const sizes = new Array<number>(folds).fill(0)
  for (const g of shuffled(order, random)) {
    const { rows } = groups[g]!
    const smallest = sizes.indexOf(Math.min(...sizes))
    sizes[smallest]! += rows.length
    for (const row of rows) foldOf[row] = smallest
  }
}
