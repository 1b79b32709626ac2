import { checkOptions, fold, key, NeuriteError, randomPermutation, type Key } from '@neurite/core'
import type { Labels } from '../encode/labels.js'
import type { SplitIndices } from './split-indices.js'
import { shuffled, strataOf } from './strata.js'

/** Options of {@link kFold}. */
export interface KFoldOptions {
  /** Default: 5. */
  readonly folds?: number
  /** One label a row: every fold then has the classes in proportion. */
  readonly stratify?: Labels
  /** Any whole number. Default: 0. */
  readonly seed?: number
  /** Default: true. */
  readonly shuffle?: boolean
}

/**
 * Splits rows into folds: each fold is the test part once, the others train. Sizes differ by one row at most; with
 * `stratify` so do the numbers of each class.
 *
 * @param rows - how many rows there are
 * @param options - `folds` (default 5), `stratify`, `seed` (default 0), `shuffle` (default true)
 * @returns for each fold the indices of its rows and of all others, both ascending
 * @throws NeuriteError `INVALID_ARGUMENT` for fewer rows (or rows of a class) than folds, `SHAPE_MISMATCH` unless there is
 * one label a row, `UNKNOWN_OPTION`
 * @example
 * ```ts
 * import { kFold } from '@neurite/data'
 * const folds = kFold(6, { folds: 3, shuffle: false })
 * folds.map(({ testIndices }) => testIndices) // => [[0, 1], [2, 3], [4, 5]]
 * folds[0]?.trainIndices // => [2, 3, 4, 5]
 * ```
 */
export function kFold(rows: number, options: KFoldOptions = {}): SplitIndices[] {
  checkOptions('kFold', options, ['folds', 'stratify', 'seed', 'shuffle'])
  const { folds = 5, stratify, seed = 0, shuffle = true } = options
  if (!Number.isInteger(rows) || !Number.isInteger(folds) || folds < 2 || folds > rows) {
    const message = `kFold: folds must be a whole number from 2 to the number of rows, got ${folds} folds of ${rows} rows.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { folds, rows })
  }
  const random = shuffle ? key(seed) : undefined
  const foldOf =
    stratify === undefined ? plainFolds(rows, folds, random) : stratifiedFolds(rows, folds, stratify, random)
  const all = Int32Array.from({ length: rows }, (_, i) => i)
  return Array.from({ length: folds }, (_, k) => ({
    trainIndices: all.filter((i) => foldOf[i] !== k),
    testIndices: all.filter((i) => foldOf[i] === k),
  }))
}

/** The fold of each row: runs of rows (shuffled first), the first folds one longer. */
function plainFolds(rows: number, folds: number, random: Key | undefined): Int32Array {
  const order = random === undefined ? undefined : randomPermutation(random, rows)
  const foldOf = new Int32Array(rows)
  const long = rows % folds
  const size = Math.floor(rows / folds)
  for (let i = 0; i < rows; i++) {
    const k = i < long * (size + 1) ? Math.floor(i / (size + 1)) : long + Math.floor((i - long * (size + 1)) / size)
    foldOf[order === undefined ? i : order[i]!] = k
  }
  return foldOf
}

/**
 * The fold of each row: rows sorted by class are dealt out in turn, as cards, which gives every fold its share of each
 * class and of all (scikit-learn's allocation); which row of a class goes where is then up to the key.
 */
function stratifiedFolds(rows: number, folds: number, labels: Labels, random: Key | undefined): Int32Array {
  const foldOf = new Int32Array(rows)
  let dealt = 0
  for (const [c, stratum] of strataOf('kFold', labels, rows).entries()) {
    if (stratum.rows.length < folds) {
      const message = `kFold: the class '${stratum.label}' has ${stratum.rows.length} rows for ${folds} folds; stratify needs one a fold.`
      throw new NeuriteError('INVALID_ARGUMENT', message, { class: stratum.label, rows: stratum.rows.length, folds })
    }
    const members = random === undefined ? stratum.rows : shuffled(stratum, fold(random, c))
    for (const row of members) foldOf[row] = dealt++ % folds
  }
  return foldOf
}
