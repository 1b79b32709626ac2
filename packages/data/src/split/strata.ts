import { fold, NeuriteError, randomPermutation, type Key } from '@neurite/core'
import { byOrder, distinct, toLabels, type Category, type Labels } from '../encode/labels.js'

/** The rows of one class, in order. */
export interface Stratum {
  readonly label: Category
  readonly rows: Int32Array
}

/**
 * Rows by class, classes in order.
 *
 * @throws NeuriteError `SHAPE_MISMATCH` unless there is one label a row
 */
export function strataOf(where: string, labels: Labels, rows: number): readonly Stratum[] {
  const values = toLabels(`${where}: stratify`, labels)
  if (values.length !== rows) {
    const message = `${where}: stratify has ${values.length} labels for ${rows} rows.`
    throw new NeuriteError('SHAPE_MISMATCH', message, { labels: values.length, rows })
  }
  const order = Int32Array.from(values.keys()).sort((a, b) => byOrder(values[a]!, values[b]!) || a - b)
  let start = 0
  return distinct(values).map((label) => {
    let end = start
    while (end < rows && values[order[end]!] === label) end++
    const stratum = { label, rows: order.slice(start, end) }
    start = end
    return stratum
  })
}

/**
 * How many of `total` rows come from each class: in proportion, rounded by the largest remainder (Hamilton's method);
 * between equal remainders the key decides.
 */
export function allocate(strata: readonly Stratum[], total: number, key: Key): readonly number[] {
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

/** A stratum's rows in an order of the key's. */
export function shuffled({ rows }: Stratum, key: Key): Int32Array {
  return randomPermutation(key, rows.length).map((i) => rows[i]!)
}
