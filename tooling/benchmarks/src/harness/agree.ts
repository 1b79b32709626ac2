/** What a subject computed in the check: for each step, its numbers. */
export type Trace = readonly (readonly (number | null)[])[]

/** float32 sums in another order differ by less; a wrong gradient, bias or update by far more. */
export const TOLERANCE = 1e-3

/** Where two traces first differ by more than the tolerance (relative to 1 + the larger magnitude); undefined if nowhere. */
export function firstDifference(a: Trace, b: Trace): { readonly step: number; readonly index: number } | undefined {
  for (let step = 0; step < Math.max(a.length, b.length); step++) {
    const [left = [], right = []] = [a[step], b[step]]
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      // JSON writes NaN and the infinities as null: they agree with nothing.
      const [x, y] = [left[index] ?? NaN, right[index] ?? NaN]
      const near = Math.abs(x - y) <= TOLERANCE * (1 + Math.max(Math.abs(x), Math.abs(y)))
      if (!near) return { step, index }
    }
  }
  return undefined
}

/**
 * Compares every subject with the one that most agree with, and says of each that differs where it does.
 *
 * @returns messages by subject; empty if all agree, or if there is only one
 */
export function disagreements(traces: ReadonlyMap<string, Trace>): ReadonlyMap<string, string> {
  const entries = [...traces]
  const support = entries.map(
    ([, trace]) => entries.filter(([, other]) => firstDifference(trace, other) === undefined).length,
  )
  const reference = entries[support.indexOf(Math.max(...support))]
  const messages = new Map<string, string>()
  if (reference === undefined) return messages
  const [name, trace] = reference
  for (const [subject, own] of entries) {
    const at = subject === name ? undefined : firstDifference(trace, own)
    if (at === undefined) continue
    const [expected, got] = [trace[at.step]?.[at.index], own[at.step]?.[at.index]]
    messages.set(
      subject,
      `value ${at.index} after run ${at.step + 1} is ${String(got)}, where ${name} has ${String(expected)}`,
    )
  }
  return messages
}
