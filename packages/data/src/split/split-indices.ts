import { fold, key, type Key } from '@neurite/core'
import { firstIntegers } from '../array/take-rows.js'
import { invalid } from '../check/errors.js'
import type { LabelList } from '../encode/labels.js'
import { allocate, checkEnough, checkOneOf, membersOf, rowsOfAll, shuffled } from './members.js'

/** Which rows are for training and which for testing: together all, each once. */
export interface SplitIndices {
  readonly trainIndices: Int32Array
  readonly testIndices: Int32Array
}

export interface SplitPlan {
  readonly test: number
  readonly stratify: LabelList | undefined
  readonly groups: LabelList | undefined
  readonly seed: number
  readonly shuffle: boolean
}

/** Decides the rows of a split. */
export function splitIndices(where: string, rows: number, plan: SplitPlan): SplitIndices {
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
  const count = test < 1 ? Math.ceil(test * rows - 1e-9 * rows) : test
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
