import type { Guard } from '../aims.js'
import type { Outcome } from '../harness/measure.js'
import { formatRatio, formatSeconds } from '../report/format.js'

/** What came of a guard. */
export interface Verdict {
  readonly guard: Guard
  readonly ok: boolean
  /** The best round's time by the floor's best; undefined where one of them was not measured. */
  readonly ratio: number | undefined
  /** For people: the figures, or why there are none. */
  readonly text: string
}

/**
 * Holds a guard against one interleaved run. Of many short rounds the best counts: what else runs on the machine only ever makes a round
 * longer, and some round is left alone.
 */
export function judgeGuard(guard: Guard, outcomes: ReadonlyMap<string, Outcome>): Verdict {
  const { workload, subject, floor, atMost } = guard
  const [own, base] = [outcomes.get(subject), outcomes.get(floor)]
  if (own?.status !== 'measured' || base?.status !== 'measured') {
    const reasons = [subject, floor].flatMap((name) => {
      const outcome = outcomes.get(name)
      if (outcome?.status === 'measured') return []
      return [`${name} ${outcome === undefined ? 'did not start' : `${outcome.status}: ${outcome.reason}`}`]
    })
    return { guard, ok: false, ratio: undefined, text: `${workload}: ${reasons.join('; ')}` }
  }
  const [time, best] = [Math.min(...own.samples), Math.min(...base.samples)]
  const ratio = time / best
  const figures = `${formatSeconds(time)}, ${formatRatio(ratio)} of ${floor}'s ${formatSeconds(best)}, limit ${formatRatio(atMost)}`
  return { guard, ok: ratio <= atMost, ratio, text: `${workload} on ${subject}: ${figures}` }
}

/** The better of two verdicts on the same guard. */
export const better = (a: Verdict, b: Verdict): Verdict => ((b.ratio ?? Infinity) < (a.ratio ?? Infinity) ? b : a)

/** What to do about those that do not hold. */
export function advice(verdicts: readonly Verdict[]): string {
  const failed = verdicts.filter(({ ok }) => !ok).map(({ guard }) => guard)
  if (failed.length === 0) return ''
  const workloads = [...new Set(failed.map(({ workload }) => workload))].join(',')
  const subjects = [...new Set(failed.flatMap(({ subject, floor }) => [subject, floor]))].join(',')
  return [
    'Something became several times slower than it was, or computes something else. What to do:',
    `  1. npx -y pnpm@10 bench --only ${workloads} --subjects ${subjects}   shows the same beside each other, with spreads`,
    '  2. git stash, or git bisect, with that line: is it this change?',
    '  3. on wasm, printWasm(compile(f).program(...)) of @neurite/backend-wasm shows what the step became: what is no longer one nest, or calls a kernel?',
    'The limits stand in tooling/benchmarks/src/aims.ts (GUARDS). They are wide: raise one only where the change is worth that much time, and say why there.',
  ].join('\n')
}
