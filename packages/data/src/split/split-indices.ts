import { fold, key, NeuriteError, randomPermutation, type Key } from '@neurite/core'
import type { Labels } from '../encode/labels.js'
import { allocate, shuffled, strataOf } from './strata.js'

/** Which rows are for training and which for testing: together all, each once. */
export interface SplitIndices {
  readonly trainIndices: Int32Array
  readonly testIndices: Int32Array
}

export interface SplitPlan {
  readonly test: number
  readonly stratify: Labels | undefined
  readonly seed: number
  readonly shuffle: boolean
}

/** Decides the rows of a split. */
export function splitIndices(where: string, rows: number, { test, stratify, seed, shuffle }: SplitPlan): SplitIndices {
  const testCount = countTest(where, rows, test)
  if (stratify !== undefined) {
    if (!shuffle) {
      const message = `${where}: stratify needs shuffle; leave out shuffle: false, or stratify.`
      throw new NeuriteError('INVALID_ARGUMENT', message)
    }
    return stratified(where, rows, testCount, stratify, key(seed))
  }
  const order = shuffle ? randomPermutation(key(seed), rows) : Int32Array.from({ length: rows }, (_, i) => i)
  return { trainIndices: order.slice(0, rows - testCount), testIndices: order.slice(rows - testCount) }
}

/** A share is rounded up, as in scikit-learn, but not for the last bits of a product such as 0.07 * 100. */
function countTest(where: string, rows: number, test: number): number {
  const isCount = Number.isInteger(test) && test >= 1
  if (!isCount && !(test > 0 && test < 1)) {
    const message = `${where}: test must be a share in (0, 1) or a number of rows, got ${String(test)}.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { test })
  }
  const count = isCount ? test : Math.ceil(test * rows - 1e-9 * rows)
  if (count >= 1 && count < rows) return count
  const message = `${where}: test ${test} of ${rows} rows leaves ${Math.max(0, rows - count)} to train with; both parts need at least one.`
  throw new NeuriteError('INVALID_ARGUMENT', message, { test, rows })
}

function stratified(where: string, rows: number, testCount: number, labels: Labels, root: Key): SplitIndices {
  const strata = strataOf(where, labels, rows)
  const lonely = strata.find((stratum) => stratum.rows.length < 2)
  if (lonely !== undefined) {
    const message = `${where}: the class '${lonely.label}' has one row; stratify needs at least two of each, one for each part.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { class: lonely.label })
  }
  const smaller = Math.min(testCount, rows - testCount)
  if (smaller < strata.length) {
    const message = `${where}: the smaller part has ${smaller} rows for ${strata.length} classes; stratify needs a row of each there.`
    throw new NeuriteError('INVALID_ARGUMENT', message, { rows: smaller, classes: strata.length })
  }
  const counts = allocate(strata, testCount, root)
  const members = strata.map((stratum, i) => shuffled(stratum, fold(fold(root, 'members'), i)))
  const gather = (part: string, take: (member: Int32Array, count: number) => Int32Array): Int32Array => {
    const indices = Int32Array.from(members.flatMap((member, i) => Array.from(take(member, counts[i]!))))
    return randomPermutation(fold(root, part), indices.length).map((i) => indices[i]!)
  }
  return {
    trainIndices: gather('train', (member, count) => member.subarray(count)),
    testIndices: gather('test', (member, count) => member.subarray(0, count)),
  }
}
