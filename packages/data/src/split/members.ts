import { fold, randomPermutation, type Key } from '@neurite/core'
import { aBoolean, aSeed, optional, or } from '@neurite/core/arguments'
import { invalid, unequal } from '../check/errors.js'
import { aLabelList, distinct, type Category, type LabelList } from '../encode/labels.js'

/** The options that all ways of parting rows at random share. */
export const partOptions = {
  stratify: /* @__PURE__ */ optional(aLabelList),
  groups: /* @__PURE__ */ optional(aLabelList),
  seed: /* @__PURE__ */ or(0, aSeed),
  shuffle: /* @__PURE__ */ or(true, aBoolean),
}

/** The rows of one label, a class or a group, in order. */
export interface Members {
  readonly label: Category
  readonly rows: Int32Array
}

/**
 * Rows by label, labels in order.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` unless there is one label a row
 */
export function membersOf(where: string, option: string, labels: LabelList, rows: number): readonly Members[] {
  if (labels.length !== rows) throw unequal(`${where}: ${option}`, labels.length, 'labels', `${rows} rows`)
  const rowsOf = new Map<Category, number[]>(distinct<Category>(labels).map((label) => [label, []]))
  labels.forEach((label, row) => rowsOf.get(label)!.push(row))
  return Array.from(rowsOf, ([label, of]) => ({ label, rows: Int32Array.from(of) }))
}

/** The rows of some of the members, ascending. */
export function rowsOfAll(members: readonly Members[], chosen: Int32Array): Int32Array {
  return Int32Array.from(Array.from(chosen).flatMap((i) => Array.from(members[i]!.rows))).sort()
}

/** @throws NeuriteError `INVALID_ARGUMENT` for both: groups that stay whole cannot also have every class in proportion */
export function checkOneOf(where: string, stratify: LabelList | undefined, groups: LabelList | undefined): void {
  if (stratify === undefined || groups === undefined) return
  throw invalid(`${where}: stratify and groups exclude each other; leave out one.`)
}

/** @throws NeuriteError `INVALID_ARGUMENT` unless there are as many as those that need one */
export function checkEnough(where: string, count: number, things: string, needed: number, places: string): void {
  if (Number.isInteger(count) && needed <= count) return
  throw invalid(`${where}: ${count} ${things} for ${needed} ${places}; each needs at least one.`, { count, needed })
}

/**
 * How many of `total` rows come from each class: in proportion, rounded by the largest remainder (Hamilton's method);
 * between equal remainders the key decides.
 */
export function allocate(strata: readonly Members[], total: number, key: Key): readonly number[] {
  const rows = strata.reduce((sum, stratum) => sum + stratum.rows.length, 0)
  // Whole numbers throughout: shares are fractions of the same denominator, so remainders compare exactly.
  const quotas = strata.map((stratum) => stratum.rows.length * total)
  const counts = quotas.map((quota) => Math.floor(quota / rows))
  const left = total - counts.reduce((sum, count) => sum + count, 0)
  const rank = randomPermutation(fold(key, 'ties'), strata.length)
  const byRemainder = [...strata.keys()].sort(
    (a, b) => (quotas[b]! % rows) - (quotas[a]! % rows) || rank[a]! - rank[b]!,
  )
  for (const i of byRemainder.slice(0, left)) counts[i]!++
  return counts
}
